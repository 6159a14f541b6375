import { Check } from "lucide-react";
import type { Job, JobStage } from "../../shared/api/model";
import { useI18n } from "../../shared/i18n/I18nContext";
import { stageName } from "../../shared/i18n/stageName";
import { isRunning } from "../../shared/jobs/jobStatus";

interface Props {
  job: Job;
  isBusy: boolean;
  onPick: (stage: JobStage) => void;
}

/** All stages in order; another than the current one can be set, also to correct a mistake. */
export function StagePicker({ job, isBusy, onPick }: Props) {
  const { text, lookup } = useI18n();
  const canSet = isRunning(job.status) && !isBusy;
  return (
    <ol className="divide-y divide-line rounded-ctl border border-line">
      {job.stages.map((stage) => {
        const name = stageName(stage.name, lookup);
        const isCurrent = stage.state === "current";
        const isSettable = canSet && !isCurrent;
        return (
          <li
            key={stage.position}
            aria-current={isCurrent ? "step" : undefined}
            className="relative flex min-h-11 items-center gap-3 px-3 has-[button:hover]:bg-sunken"
          >
            <StageMark state={stage.state} position={stage.position} />
            {isSettable ? (
              <button
                type="button"
                aria-label={text("sheet.setStage", { stage: name })}
                onClick={() => onPick(stage)}
                className="flex-1 text-left text-sm text-ink-2 after:absolute after:inset-0"
              >
                {name}
              </button>
            ) : (
              <span
                className={`flex-1 text-sm ${isCurrent ? "font-semibold text-ink" : "text-ink-2"}`}
              >
                {name}
              </span>
            )}
            {isCurrent && (
              <span className="text-sm font-semibold text-accent">{text("stage.now")}</span>
            )}
            {stage.state === "done" && <span className="sr-only">{text("stage.done")}</span>}
          </li>
        );
      })}
    </ol>
  );
}

function StageMark({ state, position }: { state: JobStage["state"]; position: number }) {
  const look = {
    done: "bg-accent text-on-accent",
    current: "border-2 border-accent bg-accent-soft text-accent",
    next: "border border-line-strong text-ink-3",
  }[state];
  return (
    <span
      aria-hidden="true"
      className={`num flex size-6 shrink-0 items-center justify-center rounded-full text-xs font-semibold ${look}`}
    >
      {state === "done" ? <Check className="size-3.5" strokeWidth={3} /> : position}
    </span>
  );
}
