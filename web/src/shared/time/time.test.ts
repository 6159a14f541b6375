import { expect, test, vi } from "vitest";
import { common } from "../i18n/en/common";
import { fillIn, type Text } from "../i18n/i18n";
import { clockText, countdown } from "./countdown";
import { clockTime, dayAndTime, durationText, spanText } from "./format";
import { ServerClock } from "./serverClock";
import { TickingClock } from "./tickingClock";

const text: Text = (key, values = {}) =>
  fillIn((common as Record<string, string>)[key] ?? key, values);
const second = 1000;
const hour = 3600 * second;

test.each([
  [2 * hour + 14 * 60 * second + 36 * second, "2:14:36"],
  [30 * hour, "30:00:00"],
  [1, "0:00:01"],
  [0, "0:00:00"],
  [-999, "0:00:00"],
  [-1000, "+0:00:01"],
  [-18 * 60 * second, "+0:18:00"],
])("%i ms before the end reads %s", (left, expected) => {
  expect(clockText(countdown(left, 0))).toBe(expected);
});

test("only a whole second past the end counts as overrun", () => {
  expect(countdown(0, 999).isOverrun).toBe(false);
  expect(countdown(0, 1000).isOverrun).toBe(true);
});

test("clock times are 12 hour times of the workshop's zone", () => {
  expect(clockTime(Date.parse("2026-02-20T14:06:00Z"), "Asia/Kolkata")).toBe("7:36 pm");
  expect(clockTime(Date.parse("2026-02-20T18:30:00Z"), "Asia/Kolkata")).toMatch(/^(12|0):00 am$/);
});

test.each([
  ["2026-02-20T14:06:00Z", "7:36 pm"],
  ["2026-02-20T19:00:00Z", /^tomorrow, (12|0):30 am$/],
  ["2026-02-19T14:06:00Z", "yesterday, 7:36 pm"],
  ["2026-02-25T14:06:00Z", "25 Feb, 7:36 pm"],
])("on 20 February in India, %s is %s", (moment, expected) => {
  const now = Date.parse("2026-02-20T12:00:00Z");
  const shown = dayAndTime(Date.parse(moment), now, "en", text, "Asia/Kolkata");
  expect(shown).toMatch(expected instanceof RegExp ? expected : new RegExp(`^${expected}$`));
});

test.each([
  [-5, "0 s"],
  [40 * second, "40 s"],
  [60 * second, "1 min"],
  [2 * hour, "2 h"],
  [47 * hour, "47 h"],
  [48 * hour, "2 d"],
])("a span of %i ms reads %s", (ms, expected) => {
  expect(spanText(ms, text)).toBe(expected);
});

test("durations are told in hours and minutes", () => {
  expect([45, 360, 150].map((minutes) => durationText(minutes, text))).toEqual([
    "45 min",
    "6 h",
    "2 h 30 min",
  ]);
});

test("the server clock corrects a wrong local clock and ignores slow messages", () => {
  let localMs = 1_000_000;
  const clock = new ServerClock(() => localMs);
  const send = (serverMs: number) => clock.learn(new Date(serverMs).toISOString());
  send(localMs + hour - 40);
  send(localMs + hour - 3000);
  expect(clock.nowMs()).toBe(localMs + hour - 40);
  localMs += 5000;
  expect(clock.nowMs()).toBe(1_005_000 + hour - 40);
  clock.learn("not a time");
  expect(clock.nowMs()).toBe(1_005_000 + hour - 40);
});

test("the server clock follows when the local clock is set back", () => {
  let localMs = 10 * hour;
  const clock = new ServerClock(() => localMs);
  const serverMs = 20 * hour;
  clock.learn(new Date(serverMs).toISOString());
  localMs += hour;
  for (let i = 0; i < 8; i++) clock.learn(new Date(serverMs).toISOString());
  expect(clock.nowMs()).toBe(serverMs);
});

test("the clock beats on full server seconds, and only while somebody listens", () => {
  vi.useFakeTimers({ now: 10_250 });
  const clock = new TickingClock(new ServerClock());
  const heard = vi.fn();
  const stop = clock.subscribe(heard);
  heard.mockClear();
  vi.advanceTimersByTime(749);
  expect(heard).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(clock.tick()).toBe(11_000);
  vi.advanceTimersByTime(2000);
  expect(heard).toHaveBeenCalledTimes(3);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
