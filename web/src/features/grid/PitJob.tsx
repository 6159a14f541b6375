import type { Job } from "../../shared/api/model";
import { useI18n, useText } from "../../shared/i18n/I18nContext";
import { stageName, workTypeName } from "../../shared/i18n/stageName";
import { deadlineMs, isOverEstimate } from "../../shared/jobs/deadline";
import { plateText } from "../../shared/jobs/plate";
import { currentStep } from "../../shared/jobs/stages";
import { useTimed } from "../../shared/time/ClockContext";
import { CountdownText } from "../../shared/ui/CountdownText";
import { StageBar } from "../../shared/ui/StageBar";

/** The job in a pit. The car's name is a button that covers the whole card. */
export function PitJob({ job, onOpen }: { job: Job; onOpen: () => void }) {
  const { text, lookup } = useI18n();
  const step = currentStep(job);
  return (
    <>
      <div className="flex gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold">
            <button
              type="button"
              aria-label={text("pit.open", {
                pit: text("pit.name", { n: job.pit_number }),
                car: job.car_model,
              })}
              onClick={onOpen}
              className="block max-w-full truncate text-left after:absolute after:inset-0 after:rounded-card focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            >
              {job.car_model}
            </button>
          </h2>
          <p className="truncate text-sm text-ink-3">
            {plateText(job.car_plate)} · {workTypeName(job.work_type, lookup)}
          </p>
        </div>
        <Time job={job} />
      </div>
      <div className="mt-auto pt-2.5">
        <StageBar job={job} />
      </div>
      <div className="mt-2.5 flex min-h-6 items-center justify-between gap-3">
        <p
          data-testid={`pit-${job.pit_number}-stage`}
          className="min-w-0 truncate text-sm font-medium text-ink-2"
        >
          {step === null ? text("stage.notStarted") : stageName(step.name, lookup)}
        </p>
        <Staff job={job} />
      </div>
    </>
  );
}

function Time({ job }: { job: Job }) {
  const text = useText();
  const isOver = useTimed((nowMs) => isOverEstimate(job, nowMs));
  const deadline = deadlineMs(job);
  const testId = `pit-${job.pit_number}-countdown`;
  if (deadline !== null) {
    return (
      <div className="shrink-0 text-right">
        <CountdownText endMs={deadline} testId={testId} />
        <p className={`text-sm ${isOver ? "text-bad" : "text-ink-3"}`}>
          {text(isOver ? "pit.overEstimate" : "pit.remaining")}
        </p>
      </div>
    );
  }
  const words =
    job.status === "on_hold"
      ? "pit.onHold"
      : job.status === "waiting"
        ? "pit.waiting"
        : "pit.noEstimate";
  return (
    <p
      data-testid={testId}
      className={`shrink-0 pt-0.5 text-sm font-medium ${job.status === "on_hold" ? "text-warn" : "text-ink-3"}`}
    >
      {text(words)}
    </p>
  );
}

const shownStaff = 3;

function Staff({ job }: { job: Job }) {
  const text = useText();
  if (job.assigned_staff.length === 0) return null;
  const names = job.assigned_staff.map((member) => member.name).join(", ");
  return (
    <span
      role="img"
      aria-label={text("pit.staff", { names })}
      title={names}
      className="flex -space-x-1"
    >
      {job.assigned_staff.slice(0, shownStaff).map((member) => (
        <span
          key={member.id}
          className="flex size-6 items-center justify-center rounded-full bg-sunken text-2xs font-semibold text-ink-2 ring-1 ring-surface"
        >
          {initials(member.name)}
        </span>
      ))}
    </span>
  );
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0] ?? "")
    .join("")
    .toUpperCase();
}
