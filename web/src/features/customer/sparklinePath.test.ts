import { expect, test } from "vitest";
import { at, sampleNow } from "../../shared/testing/samples";
import { sparklinePath } from "./sparklinePath";

const box = { width: 59, height: 30 };
const minute = 60_000;
const point = (offsetMs: number, temperature: number | null) => ({
  timestamp: at(offsetMs),
  temperature,
  humidity: null,
  aqi: null,
  pressure: null,
});
const path = (points: ReturnType<typeof point>[]) =>
  sparklinePath(points, "temperature", sampleNow - 60 * minute, sampleNow, box);

test("fewer than two values draw nothing", () => {
  expect(path([])).toBe("");
  expect(path([point(-minute, 24), point(-5 * minute, null)])).toBe("");
});

test("the line goes from left to right, higher for more", () => {
  expect(path([point(-60 * minute, 20), point(-59 * minute, 26)])).toBe("M0.0 30.0L1.0 0.0");
});

test("small noise stays small", () => {
  expect(path([point(-60 * minute, 24), point(-59 * minute, 24.3)])).toBe("M0.0 16.5L1.0 13.5");
});

test("a silence is a gap in the line", () => {
  const line = path([-60, -59, -50, -49].map((minutes) => point(minutes * minute, 24)));
  expect(line.match(/M/g)).toHaveLength(2);
});
