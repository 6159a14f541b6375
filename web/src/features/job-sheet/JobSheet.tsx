import { useState } from "react";
import { type Failure, ignoreAnswer, outcomeOf } from "../../shared/api/failure";
import type { Job } from "../../shared/api/model";
import { useI18n, useText } from "../../shared/i18n/I18nContext";
import { stageName, workTypeName } from "../../shared/i18n/stageName";
import { usePit } from "../../shared/live/LiveContext";
import { useSession, useTimeZone } from "../../shared/session/SessionContext";
import { useTimed } from "../../shared/time/ClockContext";
import { dayAndTime } from "../../shared/time/format";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import { PlateTag } from "../../shared/ui/PlateTag";
import { type JobAction, jobActions } from "./jobActions";
import { StagePicker } from "./StagePicker";

/** The job of one pit: what it is, how far it is, and its next step. Follows the live data. */
export function JobSheet({ pitId, onClose }: { pitId: number; onClose: () => void }) {
  const text = useText();
  const pit = usePit(pitId);
  const job = pit?.job ?? null;
  const pitName = text("pit.name", { n: pit?.pit_number ?? job?.pit_number ?? "" });
  const title = job === null ? pitName : text("sheet.title", { pit: pitName, car: job.car_model });
  return (
    <Dialog title={title} onClose={onClose}>
      {job === null ? (
        <p className="py-4 text-base text-ink-2">{text("sheet.gone")}</p>
      ) : (
        <Sheet job={job} />
      )}
    </Dialog>
  );
}

function Sheet({ job }: { job: Job }) {
  const text = useText();
  const session = useSession();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isAsking, setAsking] = useState(false);

  const perform = async (action: JobAction) => {
    setBusy(true);
    setFailure(null);
    const path = { id: job.job_id };
    const outcome =
      action.kind === "stage"
        ? await outcomeOf(
            session.api.PATCH("/api/jobs/{id}/stage", {
              params: { path },
              body: { stage: action.stage.position },
            }),
            ignoreAnswer,
          )
        : await outcomeOf(
            session.api.PATCH("/api/jobs/{id}/status", {
              params: { path },
              body: { status: action.status },
            }),
            ignoreAnswer,
          );
    setBusy(false);
    setAsking(false);
    // The new state itself arrives over the live connection, as for everybody else.
    if (!outcome.ok) setFailure(outcome.failure);
  };

  const choose = (action: JobAction) => {
    if (action.kind === "status" && action.status === "completed") setAsking(true);
    else void perform(action);
  };

  return (
    <div className="flex flex-col gap-4">
      <Facts job={job} />
      <div>
        <h3 className="mb-1.5 text-sm font-semibold">{text("sheet.stages")}</h3>
        <StagePicker
          job={job}
          isBusy={isBusy}
          onPick={(stage) => void perform({ kind: "stage", stage })}
        />
      </div>
      {failure !== null && <Notice kind="bad">{failureText(failure, text)}</Notice>}
      {isAsking ? (
        <div className="rounded-ctl bg-sunken p-3">
          <p className="text-sm font-medium">{text("sheet.completeAsk", { car: job.car_model })}</p>
          <div className="mt-3 flex gap-2">
            <Button
              autoFocus
              busy={isBusy}
              className="flex-1"
              onClick={() =>
                void perform({ kind: "status", status: "completed", label: "complete" })
              }
            >
              {text("sheet.completeYes")}
            </Button>
            <Button kind="secondary" className="flex-1" onClick={() => setAsking(false)}>
              {text("sheet.completeNo")}
            </Button>
          </div>
        </div>
      ) : (
        <Actions job={job} isBusy={isBusy} onChoose={choose} />
      )}
    </div>
  );
}

interface ActionsProps {
  job: Job;
  isBusy: boolean;
  onChoose: (action: JobAction) => void;
}

function Actions({ job, isBusy, onChoose }: ActionsProps) {
  const { text, lookup } = useI18n();
  const actions = jobActions(job);
  return (
    <div className="flex flex-wrap gap-2 empty:hidden">
      {actions.map((action, index) => (
        <Button
          key={action.kind === "stage" ? "stage" : action.label}
          kind={index === 0 ? "primary" : "secondary"}
          busy={isBusy}
          className="flex-auto"
          data-testid={action.kind === "stage" ? "job-next-stage" : `job-${action.label}`}
          onClick={() => onChoose(action)}
        >
          {action.kind === "stage"
            ? text("sheet.nextStage", { stage: stageName(action.stage.name, lookup) })
            : text(`sheet.${action.label}`)}
        </Button>
      ))}
    </div>
  );
}

function Facts({ job }: { job: Job }) {
  const { text, lookup, language } = useI18n();
  const timeZone = useTimeZone();
  const ready = useTimed((nowMs) =>
    job.estimated_end_time === null
      ? text("sheet.noReady")
      : dayAndTime(Date.parse(job.estimated_end_time), nowMs, language, text, timeZone),
  );
  const facts = [
    { label: text("sheet.customer"), value: job.customer_name },
    { label: text("sheet.work"), value: workTypeName(job.work_type, lookup) },
    { label: text("sheet.status"), value: text(`job.${job.status}`) },
    { label: text("sheet.ready"), value: ready },
  ];
  return (
    <div>
      <PlateTag plate={job.car_plate} />
      <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-3">
        {facts.map(({ label, value }) => (
          <div key={label} className="min-w-0">
            <dt className="text-xs text-ink-3">{label}</dt>
            <dd className="truncate text-base font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
