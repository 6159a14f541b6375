import { expect, test } from "vitest";
import { backoffMs } from "./backoff";

test("back-off doubles from half a second and never exceeds twenty seconds", () => {
  const longest = [0, 1, 2, 3, 10, 1000].map((attempt) => backoffMs(attempt, 0.999999));
  expect(longest).toEqual([500, 1000, 2000, 4000, 20_000, 20_000]);
});

test("jitter spreads a delay over the upper half of its step", () => {
  expect(backoffMs(3, 0)).toBe(2000);
  expect(backoffMs(3, 0.5)).toBe(3000);
});
