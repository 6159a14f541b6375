import { expect, test } from "vitest";
import { boundsOfDay, dayOf } from "./zonedDay";

const iso = (ms: number) => new Date(ms).toISOString();

test("a day in India begins at half past six in the evening before, in UTC", () => {
  const { fromMs, toMs } = boundsOfDay("2026-11-27", "Asia/Kolkata");
  expect(iso(fromMs)).toBe("2026-11-26T18:30:00.000Z");
  expect(iso(toMs)).toBe("2026-11-27T18:30:00.000Z");
  expect(dayOf(fromMs, "Asia/Kolkata")).toBe("2026-11-27");
  expect(dayOf(fromMs - 1, "Asia/Kolkata")).toBe("2026-11-26");
});

test("days on which clocks are changed have 23 and 25 hours", () => {
  const hours = (day: string) => {
    const { fromMs, toMs } = boundsOfDay(day, "Europe/Berlin");
    return (toMs - fromMs) / 3_600_000;
  };
  expect(hours("2026-03-29")).toBe(23);
  expect(hours("2026-10-25")).toBe(25);
  expect(hours("2026-10-26")).toBe(24);
});
