import type { Span } from "../../shared/api/model";

const hourMs = 3_600_000;
const leastMs = 2 * hourMs;

/** What the bar shows of a day: whole hours around what was recorded, at least two of them. */
export function shownHours(day: Span, spans: readonly Span[]): Span {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return day;
  const hours = (ms: number, round: (value: number) => number) =>
    day.fromMs + round((ms - day.fromMs) / hourMs) * hourMs;
  let fromMs = Math.max(day.fromMs, hours(first.fromMs, Math.floor));
  let toMs = Math.min(day.toMs, hours(last.toMs, Math.ceil));
  const missing = leastMs - (toMs - fromMs);
  if (missing > 0) {
    fromMs = Math.max(day.fromMs, fromMs - Math.ceil(missing / 2 / hourMs) * hourMs);
    toMs = Math.min(day.toMs, fromMs + leastMs);
  }
  return { fromMs, toMs };
}

/** The next moment from `atMs` on of which there is a picture; null: there is none. */
export function nextRecorded(spans: readonly Span[], atMs: number): number | null {
  // The last second of a span may not have been written yet.
  const span = spans.find(({ toMs }) => toMs - 1000 > atMs);
  return span === undefined ? null : Math.max(atMs, span.fromMs);
}

/** Seconds of the range that were recorded. */
export function recordedSeconds(spans: readonly Span[], range: Span): number {
  return spans.reduce(
    (sum, span) =>
      sum +
      Math.max(0, Math.min(span.toMs, range.toMs) - Math.max(span.fromMs, range.fromMs)) / 1000,
    0,
  );
}

/** Hours to write below the bar, so that they have room. */
export function ticksOf(shown: Span, most: number): number[] {
  const hours = Math.round((shown.toMs - shown.fromMs) / hourMs);
  const step = [1, 2, 3, 4, 6, 12].find((wide) => hours / wide <= most) ?? 12;
  const ticks: number[] = [];
  for (let at = shown.fromMs; at <= shown.toMs; at += step * hourMs) ticks.push(at);
  return ticks;
}
