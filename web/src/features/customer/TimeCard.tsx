import { CircleCheck, CirclePause, CircleX, Clock, Hourglass, type LucideIcon } from "lucide-react";
import type { Job } from "../../shared/api/model";
import { useI18n, useText } from "../../shared/i18n/I18nContext";
import { stageName } from "../../shared/i18n/stageName";
import { deadlineMs, isOverEstimate } from "../../shared/jobs/deadline";
import { currentStep } from "../../shared/jobs/stages";
import { useTimeZone } from "../../shared/session/SessionContext";
import { useTimed } from "../../shared/time/ClockContext";
import { dayAndTime, durationText } from "../../shared/time/format";
import { StageBar } from "../../shared/ui/StageBar";
import { BigCountdown } from "./BigCountdown";

/** When the car will be ready, and how far the work is. */
export function TimeCard({ job }: { job: Job }) {
  return (
    <section className="px-4 pt-5 pb-5 lg:px-6 lg:pb-6">
      <TimeLine job={job} />
      <div className="mt-6">
        <StageBar job={job} />
        <StepLine job={job} />
      </div>
    </section>
  );
}

function TimeLine({ job }: { job: Job }) {
  const { text, language } = useI18n();
  const timeZone = useTimeZone();
  const isLate = useTimed((nowMs) => isOverEstimate(job, nowMs));
  const deadline = deadlineMs(job);
  const shownTime = job.actual_end_time ?? job.estimated_end_time;
  const time = useTimed((nowMs) =>
    shownTime === null ? "" : dayAndTime(Date.parse(shownTime), nowMs, language, text, timeZone),
  );
  if (deadline !== null) {
    return (
      <>
        <p className={`text-base ${isLate ? "font-semibold text-bad" : "text-ink-2"}`}>
          {text(isLate ? "countdown.overrun" : "countdown.remaining")}
        </p>
        <BigCountdown endMs={deadline} />
        <p className="mt-1 text-base text-ink-2">
          {text(isLate ? "customer.late" : "customer.ready", { time })}
        </p>
      </>
    );
  }
  switch (job.status) {
    case "waiting": {
      const duration = durationText(job.estimated_duration_minutes, text);
      const more = text("customer.waitingMore", { duration });
      return <Sentence icon={Hourglass} title={text("customer.waiting")} more={more} />;
    }
    case "on_hold":
      return (
        <Sentence
          icon={CirclePause}
          tone="text-warn"
          title={text("customer.onHold")}
          more={text("customer.onHoldMore")}
        />
      );
    case "completed":
      return (
        <Sentence
          icon={CircleCheck}
          tone="text-ok"
          title={text("customer.completed")}
          more={text("customer.completedMore", { time })}
        />
      );
    case "cancelled":
      return (
        <Sentence
          icon={CircleX}
          title={text("customer.cancelled")}
          more={text("customer.cancelledMore")}
        />
      );
    case "in_progress":
    case "quality_check":
      return (
        <Sentence
          icon={Clock}
          title={text("customer.noEstimate")}
          more={text("customer.noEstimateMore")}
        />
      );
  }
}

interface SentenceProps {
  icon: LucideIcon;
  tone?: string;
  title: string;
  more: string;
}

function Sentence({ icon: Icon, tone = "text-ink-3", title, more }: SentenceProps) {
  return (
    <div data-testid="customer-countdown">
      <p className="flex items-center gap-2.5 text-2xl font-semibold tracking-[-0.015em]">
        <Icon aria-hidden="true" className={`size-7 shrink-0 ${tone}`} />
        {title}
      </p>
      <p className="mt-1.5 text-base text-ink-2">{more}</p>
    </div>
  );
}

function StepLine({ job }: { job: Job }) {
  const text = useText();
  const { lookup } = useI18n();
  const step = currentStep(job);
  return (
    <div className="mt-3 flex items-baseline justify-between gap-3">
      <p data-testid="customer-stage" className="text-lg font-semibold">
        {step === null ? text("stage.notStarted") : stageName(step.name, lookup)}
      </p>
      {step !== null && (
        <p className="num shrink-0 text-sm text-ink-3">
          {text("stage.step", { n: step.number, total: step.total })}
        </p>
      )}
    </div>
  );
}
