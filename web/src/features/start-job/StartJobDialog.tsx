import { useState } from "react";
import type { JobRequest } from "../../shared/api/client";
import { type Failure, ignoreAnswer, outcomeOf } from "../../shared/api/failure";
import { type CreatedJob as Created, parseCreatedJob } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { useSession } from "../../shared/session/SessionContext";
import { Dialog } from "../../shared/ui/Dialog";
import { CreatedJob } from "./CreatedJob";
import { JobFormView } from "./JobFormView";

type Step = { kind: "form" } | ({ kind: "created"; notBegun: boolean } & Created);

/** Creates a job and hands over the customer's login, which exists in clear only here. */
export function StartJobDialog({ pitId, onClose }: { pitId: number | null; onClose: () => void }) {
  const text = useText();
  const session = useSession();
  const [step, setStep] = useState<Step>({ kind: "form" });

  const create = async (request: JobRequest, beginsNow: boolean): Promise<Failure | null> => {
    const created = await outcomeOf(
      session.api.POST("/api/jobs", { body: request }),
      parseCreatedJob,
    );
    if (!created.ok) return created.failure;
    const { job, credentials } = created.data;
    let notBegun = false;
    if (beginsNow && job.status === "waiting") {
      const begun = await outcomeOf(
        session.api.PATCH("/api/jobs/{id}/status", {
          params: { path: { id: job.job_id } },
          body: { status: "in_progress" },
        }),
        ignoreAnswer,
      );
      notBegun = !begun.ok;
    }
    setStep({ kind: "created", job, credentials, notBegun });
    return null;
  };

  return (
    <Dialog title={text(step.kind === "form" ? "start.title" : "start.created")} onClose={onClose}>
      {step.kind === "form" ? (
        <JobFormView pitId={pitId} onCreate={create} onCancel={onClose} />
      ) : (
        <CreatedJob {...step} onDone={onClose} />
      )}
    </Dialog>
  );
}
