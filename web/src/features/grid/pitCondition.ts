import type { Pit } from "../../shared/api/model";
import { isDueWithin, isOverEstimate } from "../../shared/jobs/deadline";
import { isFinished, isRunning } from "../../shared/jobs/jobStatus";
import { hasPoorLevel, isStale } from "../../shared/sensors/levels";

/** What a person should know about a pit at a glance, from its data and the time. */

export type Urgency = "none" | "warn" | "bad";

export function urgencyOf(pit: Pit, nowMs: number): Urgency {
  if (pit.status !== "active") return "none";
  const stale = isStale(pit.latest, nowMs);
  const isWorkedIn = pit.job !== null && isRunning(pit.job.status);
  if (isOverEstimate(pit.job, nowMs)) return "bad";
  if (isWorkedIn && !stale && hasPoorLevel(pit.latest)) return "bad";
  const deviceIsSilent = pit.device !== null && (pit.device.status === "offline" || stale);
  return deviceIsSilent || pit.camera.status === "offline" ? "warn" : "none";
}

/** The job that occupies a pit; a finished one leaves it free. */
export function jobIn(pit: Pit): Pit["job"] {
  return pit.job !== null && !isFinished(pit.job.status) ? pit.job : null;
}

export type Feed = "fresh" | "stale" | "offline" | "noReading" | "noDevice";

/** How current the readings of a pit are. */
export function feedOf(pit: Pit, nowMs: number): Feed {
  if (pit.device === null) return "noDevice";
  if (pit.device.status === "offline") return "offline";
  if (pit.latest === null) return "noReading";
  return isStale(pit.latest, nowMs) ? "stale" : "fresh";
}

export interface Summary {
  total: number;
  attention: number;
  inWork: number;
  free: number;
  dueSoon: number;
  overTime: number;
}

const soonMs = 60 * 60 * 1000;

export function summaryOf(pits: readonly Pit[], nowMs: number): Summary {
  const count = (is: (pit: Pit) => boolean): number => pits.filter(is).length;
  return {
    total: pits.length,
    attention: count((pit) => urgencyOf(pit, nowMs) !== "none"),
    inWork: count((pit) => jobIn(pit) !== null),
    free: count((pit) => pit.status === "active" && jobIn(pit) === null),
    dueSoon: count((pit) => isDueWithin(pit.job, nowMs, soonMs)),
    overTime: count((pit) => isOverEstimate(pit.job, nowMs)),
  };
}

const rank: Record<Urgency, number> = { bad: 0, warn: 1, none: 2 };

/** Ids of the pits that need attention. */
export function attentionIds(pits: readonly Pit[], nowMs: number): number[] {
  return pits.filter((pit) => urgencyOf(pit, nowMs) !== "none").map((pit) => pit.id);
}

/** All ids, the urgent ones first; a stable order otherwise. */
export function idsByUrgency(pits: readonly Pit[], nowMs: number): number[] {
  return [...pits]
    .sort((a, b) => rank[urgencyOf(a, nowMs)] - rank[urgencyOf(b, nowMs)])
    .map((pit) => pit.id);
}
