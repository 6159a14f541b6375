import type { Language, Text } from "../i18n/i18n";

const dayMs = 24 * 60 * 60 * 1000;

/** 7:36 pm: clock times are written in the en-IN 12 hour style in both languages. */
export function clockTime(atMs: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat("en-IN", {
    hour: "numeric",
    minute: "2-digit",
    hour12: true,
    timeZone,
  })
    .format(atMs)
    .replace(/[\u202f\u00a0]/g, " ")
    .toLowerCase();
}

function calendarDay(atMs: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(atMs);
}

/** The clock time, with the day in front when it is not today. */
export function dayAndTime(
  atMs: number,
  nowMs: number,
  language: Language,
  text: Text,
  timeZone: string | undefined,
): string {
  const time = clockTime(atMs, timeZone);
  const day = calendarDay(atMs, timeZone);
  if (day === calendarDay(nowMs, timeZone)) return time;
  if (day === calendarDay(nowMs + dayMs, timeZone)) return text("time.tomorrow", { time });
  if (day === calendarDay(nowMs - dayMs, timeZone)) return text("time.yesterday", { time });
  const date = new Intl.DateTimeFormat(`${language}-IN`, {
    day: "numeric",
    month: "short",
    timeZone,
  });
  return text("time.onDay", { day: date.format(atMs), time });
}

/** 40 s, 3 min, 2 h, 4 d: the largest unit that fits, rounded down. */
export function spanText(ms: number, text: Text): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return text("span.seconds", { n: seconds });
  if (seconds < 3600) return text("span.minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 2 * 86_400) return text("span.hours", { n: Math.floor(seconds / 3600) });
  return text("span.days", { n: Math.floor(seconds / 86_400) });
}

/** 45 min, 6 h, 2 h 30 min. */
export function durationText(minutes: number, text: Text): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return text("span.minutes", { n: rest });
  if (rest === 0) return text("span.hours", { n: hours });
  return text("span.hoursMinutes", { hours, minutes: rest });
}
