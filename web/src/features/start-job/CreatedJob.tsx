import { Check, Copy } from "lucide-react";
import { useState } from "react";
import type { CreatedJob as Created, Job } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";

interface Props {
  job: Job;
  credentials: Created["credentials"];
  /** The job exists, but its work could not be begun. */
  notBegun: boolean;
  onDone: () => void;
}

/** The only time that the customer's password is readable. */
export function CreatedJob({ job, credentials, notBegun, onDone }: Props) {
  const text = useText();
  const pit = text("pit.name", { n: job.pit_number });
  return (
    <div className="flex flex-col gap-4">
      <p className="text-base text-ink-2">
        {text("start.createdFor", { car: job.car_model, pit })}
      </p>
      {notBegun && <Notice kind="warn">{text("start.notBegun")}</Notice>}
      {credentials === null ? (
        <p className="text-base">{text("start.returning", { name: job.customer_name })}</p>
      ) : (
        <Login name={job.customer_name} {...credentials} />
      )}
      <Button autoFocus onClick={onDone} data-testid="start-job-done">
        {text("start.done")}
      </Button>
    </div>
  );
}

type CopyState = "not yet" | "copied" | "failed";

function Login({ name, username, password }: { name: string; username: string; password: string }) {
  const text = useText();
  const [copy, setCopy] = useState<CopyState>("not yet");
  const copyLogin = async () => {
    const lines = [
      `${text("login.username")}: ${username}`,
      `${text("login.password")}: ${password}`,
      `${window.location.origin}/`,
    ];
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      setCopy("copied");
    } catch {
      // Not allowed, or no secure context: the text can still be selected by hand.
      setCopy("failed");
    }
  };
  return (
    <div className="rounded-ctl bg-sunken p-4">
      <p className="text-sm text-ink-2">{text("start.credentials", { name })}</p>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-base">
        <dt className="text-ink-3">{text("login.username")}</dt>
        <dd data-testid="credential-username" className="font-semibold break-all select-all">
          {username}
        </dd>
        <dt className="text-ink-3">{text("login.password")}</dt>
        <dd data-testid="credential-password" className="font-semibold break-all select-all">
          {password}
        </dd>
      </dl>
      <Button kind="secondary" className="mt-3" onClick={() => void copyLogin()}>
        {copy === "copied" ? (
          <Check aria-hidden="true" className="size-4 text-ok" />
        ) : (
          <Copy aria-hidden="true" className="size-4" />
        )}
        {text(copy === "copied" ? "start.copied" : "start.copy")}
      </Button>
      <p role="status" className="mt-2 text-xs text-ink-3 empty:hidden">
        {copy === "failed" ? text("start.copyFailed") : null}
      </p>
    </div>
  );
}
