import type { JobStatus } from "../api/model";

export const isFinished = (status: JobStatus): boolean =>
  status === "completed" || status === "cancelled";

/** Work is going on, so the countdown runs and sensor levels matter. */
export const isRunning = (status: JobStatus): boolean =>
  status === "in_progress" || status === "quality_check";
