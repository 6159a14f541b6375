import type { ServerReport } from "../../shared/api/model";

/** What the page has seen of each server, and what that says about its course. */

export interface Watched {
  report: ServerReport;
  /** The report before; null at first. */
  before: ServerReport | null;
  /** The reports of the last minute, oldest first, ending with `report`. */
  minute: readonly ServerReport[];
  /** No longer in the answer. */
  isGone: boolean;
  /** How old the report was when the last answer came. */
  silentMs: number;
}

export type Count = (report: ServerReport) => number;

const minuteMs = 60_000;
/** A server that nobody has heard of for so long has been taken away. */
const forgottenAfterMs = 15 * minuteMs;

const reportedMs = (report: ServerReport): number => Date.parse(report.reported_at);

/** Takes in an answer; its first report is of the server that gave it, and so tells the time. */
export function observe(known: readonly Watched[], answer: readonly ServerReport[]): Watched[] {
  const own = answer[0];
  if (own === undefined) return [];
  const silentMs = (report: ServerReport) => Math.max(0, reportedMs(own) - reportedMs(report));
  const present = answer.map((report) => {
    const before = known.find((other) => other.report.name === report.name);
    return { ...advance(before, report), isGone: false, silentMs: silentMs(report) };
  });
  const gone = known
    .filter(({ report }) => !answer.some(({ name }) => name === report.name))
    .map((server) => ({ ...server, isGone: true, silentMs: silentMs(server.report) }))
    .filter((server) => server.silentMs < forgottenAfterMs);
  return [...present, ...gone];
}

function advance(
  known: Watched | undefined,
  report: ServerReport,
): Pick<Watched, "report" | "before" | "minute"> {
  if (known === undefined) return { report, before: null, minute: [report] };
  // Other servers report in their own rhythm: the same report can come twice.
  if (reportedMs(report) === reportedMs(known.report)) return known;
  const isRecent = (past: ServerReport) => reportedMs(past) >= reportedMs(report) - minuteMs;
  return { report, before: known.report, minute: [...known.minute.filter(isRecent), report] };
}

/** By how much a count grew; all of it where the server was started in between. */
function growth(before: ServerReport, after: ServerReport, count: Count): number {
  const base = before.started_at === after.started_at ? count(before) : 0;
  return Math.max(0, count(after) - base);
}

/** Since the report before. */
export const rise = ({ before, report }: Watched, count: Count): number =>
  before === null ? 0 : growth(before, report, count);

export function riseInMinute({ minute }: Watched, count: Count): number {
  let sum = 0;
  minute.forEach((report, index) => {
    const before = minute[index - 1];
    if (before !== undefined) sum += growth(before, report, count);
  });
  return sum;
}

/** Null until there are two reports. */
export function ratePerSecond({ before, report, isGone }: Watched, count: Count): number | null {
  if (before === null || isGone) return null;
  const fromMs = Math.max(reportedMs(before), Date.parse(report.started_at));
  const ms = reportedMs(report) - fromMs;
  return ms <= 0 ? null : (growth(before, report, count) * 1000) / ms;
}
