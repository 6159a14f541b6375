import type { Job, JobStage, JobStatus } from "../../shared/api/model";
import { nextStage } from "../../shared/jobs/stages";

/** What a person can do with a job next. The server checks each one again. */
export type JobAction =
  | {
      kind: "status";
      status: JobStatus;
      label: "begin" | "hold" | "resume" | "toCheck" | "complete";
    }
  | { kind: "stage"; stage: JobStage };

/** The most likely one first. */
export function jobActions(job: Job): JobAction[] {
  switch (job.status) {
    case "waiting":
      return [{ kind: "status", status: "in_progress", label: "begin" }];
    case "in_progress": {
      const next = nextStage(job);
      const hold: JobAction = { kind: "status", status: "on_hold", label: "hold" };
      if (next !== null) return [{ kind: "stage", stage: next }, hold];
      return [
        { kind: "status", status: "quality_check", label: "toCheck" },
        { kind: "status", status: "completed", label: "complete" },
        hold,
      ];
    }
    case "on_hold":
      return [{ kind: "status", status: "in_progress", label: "resume" }];
    case "quality_check":
      return [
        { kind: "status", status: "completed", label: "complete" },
        { kind: "status", status: "in_progress", label: "resume" },
      ];
    case "completed":
    case "cancelled":
      return [];
  }
}
