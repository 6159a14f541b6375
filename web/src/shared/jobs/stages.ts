import type { Job } from "../api/model";

/** How full each segment of the stage bar is, 0 to 1, in the order of the stages. */
export function segmentFills(job: Job): number[] {
  const total = job.stages.reduce((sum, stage) => sum + stage.weight, 0);
  let before = 0;
  return job.stages.map((stage) => {
    const share = total > 0 ? stage.weight / total : 0;
    const fill = share > 0 ? (job.progress - before) / share : 0;
    before += share;
    if (job.status === "completed" || stage.state === "done") return 1;
    if (stage.state === "next") return 0;
    // A stage that has begun shows that it has, and is not full before it is done.
    return Math.min(0.95, Math.max(0.08, fill));
  });
}

export interface Step {
  name: string;
  sentence: string;
  /** 1-based place among the stages. */
  number: number;
  total: number;
}

/** The stage in work; for a finished job the last one; null before the first. */
export function currentStep(job: Job): Step | null {
  const total = job.stages.length;
  const at = job.stages.findIndex((stage) => stage.position === job.current_stage);
  const index = at >= 0 ? at : job.status === "completed" ? total - 1 : -1;
  const stage = job.stages[index];
  if (stage === undefined) return null;
  return { name: stage.name, sentence: stage.sentence, number: index + 1, total };
}

/** The stage that comes after the current one (the first, when none has begun). */
export function nextStage(job: Job): Job["stages"][number] | null {
  const at = job.stages.findIndex((stage) => stage.position === job.current_stage);
  return job.stages[at + 1] ?? null;
}
