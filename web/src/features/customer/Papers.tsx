import { FileCheck2, FileText } from "lucide-react";
import { useState } from "react";
import { type Failure, outcomeOf } from "../../shared/api/failure";
import type { Job } from "../../shared/api/model";
import { ParseError } from "../../shared/api/parse";
import { useI18n } from "../../shared/i18n/I18nContext";
import { useSession } from "../../shared/session/SessionContext";
import { Button } from "../../shared/ui/Button";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import { saveFile } from "../../shared/ui/saveFile";

type Paper = "summary" | "certificate";
const icons = { summary: FileText, certificate: FileCheck2 };

/** What is taken home from a job that is over: its summary and its certificate, as PDF. */
export function Papers({ job }: { job: Job }) {
  const { text, language } = useI18n();
  const session = useSession();
  const [busy, setBusy] = useState<Paper | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const fetchPaper = (paper: Paper) => {
    const options = {
      params: { path: { id: job.job_id }, query: { language } },
      parseAs: "blob",
    } as const;
    return paper === "summary"
      ? session.api.GET("/api/jobs/{id}/summary.pdf", options)
      : session.api.GET("/api/jobs/{id}/certificate.pdf", options);
  };
  const save = async (paper: Paper) => {
    setBusy(paper);
    setFailure(null);
    const outcome = await outcomeOf(fetchPaper(paper), readFile);
    setBusy(null);
    if (outcome.ok) saveFile(outcome.data, `${text(`customer.${paper}File`)}-${job.job_id}.pdf`);
    else setFailure(outcome.failure);
  };

  return (
    <section
      aria-labelledby="papers"
      data-testid="papers"
      className="rounded-card bg-surface p-4 shadow-card"
    >
      <h2 id="papers" className="text-base font-semibold">
        {text("customer.papers")}
      </h2>
      <p className="mt-0.5 text-sm text-ink-2">{text("customer.papersMore")}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {(["summary", "certificate"] as const).map((paper) => {
          const Icon = icons[paper];
          return (
            <Button
              key={paper}
              kind="secondary"
              className="flex-1"
              busy={busy === paper}
              data-testid={`paper-${paper}`}
              onClick={() => void save(paper)}
            >
              <Icon aria-hidden="true" className="size-4" />
              {text(`customer.${paper}`)}
            </Button>
          );
        })}
      </div>
      {failure !== null && (
        <div className="mt-3">
          <Notice kind="bad">{failureText(failure, text)}</Notice>
        </div>
      )}
    </section>
  );
}

function readFile(answer: unknown): Blob {
  if (!(answer instanceof Blob)) throw new ParseError("not a file");
  return answer;
}
