import type { Job } from "../api/model";
import { useI18n } from "../i18n/I18nContext";
import { stageName } from "../i18n/stageName";
import { currentStep, segmentFills } from "../jobs/stages";

/** One segment for each stage; the current one is partly filled. */
export function StageBar({ job }: { job: Job }) {
  const { text, lookup } = useI18n();
  const step = currentStep(job);
  const label =
    step === null
      ? text("stage.notStarted")
      : text("stage.progress", {
          n: step.number,
          total: step.total,
          name: stageName(step.name, lookup),
        });
  const fills = segmentFills(job);
  return (
    <div role="img" aria-label={label} className="flex gap-1.5">
      {job.stages.map((stage, index) => (
        <span key={stage.position} className="h-1.5 flex-1 overflow-hidden rounded-full bg-track">
          <span
            className="block h-full rounded-full bg-accent"
            style={{ width: `${Math.round((fills[index] ?? 0) * 100)}%` }}
          />
        </span>
      ))}
    </div>
  );
}
