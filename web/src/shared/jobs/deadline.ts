import type { Job } from "../api/model";
import { isRunning } from "./jobStatus";

/** When the running work should be done; null when nothing counts down. */
export function deadlineMs(job: Job | null): number | null {
  if (job === null || !isRunning(job.status) || job.estimated_end_time === null) return null;
  return Date.parse(job.estimated_end_time);
}

export function isOverEstimate(job: Job | null, nowMs: number): boolean {
  const deadline = deadlineMs(job);
  return deadline !== null && nowMs >= deadline + 1000;
}

export function isDueWithin(job: Job | null, nowMs: number, spanMs: number): boolean {
  const deadline = deadlineMs(job);
  return deadline !== null && deadline >= nowMs && deadline - nowMs <= spanMs;
}
