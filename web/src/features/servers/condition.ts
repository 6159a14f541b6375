import { refusedAs, refusedFor } from "./refusals";
import { type Count, rise, riseInMinute, type Watched } from "./watched";

/** What a person should know about the servers at a glance. */

export type Tone = "ok" | "warn" | "bad";

export type ServerCondition = "well" | "ill" | "silent";

/** Servers report every 5 s. */
const silentAfterMs = 15_000;
/** More than this waits only when the database does not keep up; a commit takes 2,000 at most. */
const muchWaiting = 5_000;

export function conditionOf({ isGone, silentMs, report }: Watched): ServerCondition {
  if (isGone || silentMs > silentAfterMs) return "silent";
  return report.healthy ? "well" : "ill";
}

/** Why readings are left to their devices; "over" when that has ended within the last minute. */
export type LeftCause = "away" | "full" | "over";

export type Finding =
  | { kind: "lost" | "tooMany" | "behind" | "setAside" | "refused"; count: number }
  | { kind: "left"; count: number; cause: LeftCause }
  | { kind: "unhealthy" | "adopted"; name: string }
  | { kind: "silent"; name: string; silentMs: number }
  | { kind: "noIngest" };

export function toneOf(findings: readonly Finding[]): Tone {
  const isBad = (finding: Finding): boolean => {
    switch (finding.kind) {
      case "lost":
      case "noIngest":
      case "unhealthy":
      case "silent":
        return true;
      case "left":
        return finding.cause === "away";
      default:
        return false;
    }
  };
  if (findings.length === 0) return "ok";
  return findings.some(isBad) ? "bad" : "warn";
}

/** All that is not as it should be, the worst first; counts are of the last minute. */
export function findingsOf(servers: readonly Watched[]): Finding[] {
  const heard = servers.filter((server) => conditionOf(server) !== "silent");
  const inMinute = (count: Count, of = heard): number =>
    of.reduce((sum, server) => sum + riseInMinute(server, count), 0);
  const counted = (
    kind: "lost" | "tooMany" | "behind" | "setAside" | "refused",
    count: number,
  ): Finding[] => (count > 0 ? [{ kind, count }] : []);

  const leftToDevice = refusedFor("left_to_device");
  const left = inMinute(leftToDevice);
  const ill = heard.filter((server) => conditionOf(server) === "ill");
  const isLeaving = (server: Watched) => riseInMinute(server, leftToDevice) > 0;
  const leavingIll = ill.filter(isLeaving);
  const takesReadings = heard.some(({ report }) => report.roles.includes("ingest"));
  const isStillLeaving = heard.some((server) => rise(server, leftToDevice) > 0);
  const cause: LeftCause = leavingIll.length > 0 ? "away" : isStillLeaving ? "full" : "over";
  const waiting = heard.reduce((sum, { report }) => sum + report.readings_waiting, 0);
  return [
    ...counted("lost", inMinute(refusedAs("lost"))),
    ...(takesReadings ? [] : [{ kind: "noIngest" } as const]),
    ...(left > 0 ? [{ kind: "left", count: left, cause } as const] : []),
    // Of those that leave readings to devices it is said already.
    ...ill
      .filter((server) => !leavingIll.includes(server))
      .map(({ report }) => ({ kind: "unhealthy", name: report.name }) as const),
    ...servers
      .filter((server) => conditionOf(server) === "silent")
      .map(({ report, silentMs }) => ({ kind: "silent", name: report.name, silentMs }) as const),
    ...counted("behind", waiting > muchWaiting ? waiting : 0),
    ...counted("tooMany", inMinute(refusedFor("too_many"))),
    ...counted(
      "setAside",
      inMinute(({ readings_set_aside }) => readings_set_aside),
    ),
    ...counted("refused", inMinute(refusedAs("faulty"))),
    ...heard
      .filter(({ report }) => report.sessions_adopted > 0)
      .map(({ report }) => ({ kind: "adopted", name: report.name }) as const),
  ];
}
