import { expect, test } from "vitest";
import { nextRecorded, recordedSeconds, shownHours, ticksOf } from "./recordedDay";

const hour = 3_600_000;
const day = { fromMs: 0, toMs: 24 * hour };
const spans = [
  { fromMs: 9.5 * hour, toMs: 11 * hour },
  { fromMs: 13 * hour, toMs: 16.2 * hour },
];

test("the bar shows whole hours around what was recorded", () => {
  expect(shownHours(day, spans)).toEqual({ fromMs: 9 * hour, toMs: 17 * hour });
  expect(shownHours(day, [])).toEqual(day);
});

test("a short recording has two hours around it, within the day", () => {
  expect(shownHours(day, [{ fromMs: 10 * hour, toMs: 10.1 * hour }])).toEqual({
    fromMs: 9 * hour,
    toMs: 11 * hour,
  });
  const late = shownHours(day, [{ fromMs: 23.5 * hour, toMs: 23.6 * hour }]);
  expect(late.toMs).toBe(24 * hour);
  const early = shownHours(day, [{ fromMs: 0, toMs: 1000 }]);
  expect(early).toEqual({ fromMs: 0, toMs: 2 * hour });
});

test("a moment in a gap leads to the end of the gap", () => {
  expect(nextRecorded(spans, 10 * hour)).toBe(10 * hour);
  expect(nextRecorded(spans, 12 * hour)).toBe(13 * hour);
  expect(nextRecorded(spans, 0)).toBe(9.5 * hour);
  expect(nextRecorded(spans, 17 * hour)).toBeNull();
});

test("of a range across a gap only what was recorded counts", () => {
  expect(recordedSeconds(spans, { fromMs: 10 * hour, toMs: 14 * hour })).toBe(2 * 3600);
});

test("as many hours are written as have room", () => {
  expect(ticksOf(day, 8).map((at) => at / hour)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24]);
  expect(ticksOf({ fromMs: 9 * hour, toMs: 13 * hour }, 8).map((at) => at / hour)).toEqual([
    9, 10, 11, 12, 13,
  ]);
});
