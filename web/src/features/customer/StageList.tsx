import { Check } from "lucide-react";
import type { Job, JobStage } from "../../shared/api/model";
import { useI18n } from "../../shared/i18n/I18nContext";
import { stageName } from "../../shared/i18n/stageName";
import { isRunning } from "../../shared/jobs/jobStatus";
import { useTimeZone } from "../../shared/session/SessionContext";
import { clockTime } from "../../shared/time/format";

/** All steps of the work, with the times of those that are done. */
export function StageList({ job }: { job: Job }) {
  const { text } = useI18n();
  return (
    <ol aria-label={text("customer.stages")} className="mt-3.5">
      {job.stages.map((stage, index) => (
        <Stage
          key={stage.position}
          stage={job.status === "completed" ? { ...stage, state: "done" } : stage}
          isWorkedOn={isRunning(job.status)}
          isLast={index === job.stages.length - 1}
        />
      ))}
    </ol>
  );
}

interface StageProps {
  stage: JobStage;
  isWorkedOn: boolean;
  isLast: boolean;
}

function Stage({ stage, isWorkedOn, isLast }: StageProps) {
  const { text, lookup, language } = useI18n();
  const timeZone = useTimeZone();
  const isCurrent = stage.state === "current";
  const name = stageName(stage.name, lookup);
  // The sentence is written by the workshop in one language; next to a translated name it would
  // repeat it in the other.
  const showSentence = isCurrent && stage.sentence !== "" && language === "en";
  return (
    <li aria-current={isCurrent ? "step" : undefined} className="flex gap-3">
      <div className="flex flex-col items-center">
        <Dot state={stage.state} />
        {!isLast && (
          <span className={`w-0.5 flex-1 ${stage.state === "done" ? "bg-accent" : "bg-line"}`} />
        )}
      </div>
      <div className={`min-w-0 flex-1 ${isLast ? "" : "pb-4"}`}>
        <div className="flex min-h-6 items-center justify-between gap-3">
          <span className={nameLook[stage.state]}>
            {name}
            {!isCurrent && (
              <span className="sr-only">
                , {text(`stage.${stage.state === "done" ? "done" : "next"}`)}
              </span>
            )}
          </span>
          {stage.state === "done" && stage.finished_at !== null && (
            <time dateTime={stage.finished_at} className="num shrink-0 text-sm text-ink-3">
              {clockTime(Date.parse(stage.finished_at), timeZone)}
            </time>
          )}
          {isCurrent && isWorkedOn && (
            <span className="shrink-0 text-sm font-semibold text-accent">{text("stage.now")}</span>
          )}
        </div>
        {showSentence && <p className="mt-0.5 text-sm text-ink-3">{stage.sentence}</p>}
      </div>
    </li>
  );
}

const nameLook: Record<JobStage["state"], string> = {
  done: "text-base text-ink-2",
  current: "text-base font-semibold text-ink",
  next: "text-base text-ink-3",
};

function Dot({ state }: { state: JobStage["state"] }) {
  if (state === "done") {
    return (
      <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent">
        <Check aria-hidden="true" className="size-3.5" strokeWidth={3} />
      </span>
    );
  }
  if (state === "current") {
    return (
      <span className="flex size-6 shrink-0 items-center justify-center rounded-full border-2 border-accent bg-accent-soft">
        <span className="size-2 rounded-full bg-accent" />
      </span>
    );
  }
  return <span className="size-6 shrink-0 rounded-full border-2 border-line" />;
}
