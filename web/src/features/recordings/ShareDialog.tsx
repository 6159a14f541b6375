import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { type Failure, ignoreAnswer, outcomeOf } from "../../shared/api/failure";
import { type Clip, parseClipShare } from "../../shared/api/model";
import { useI18n } from "../../shared/i18n/I18nContext";
import { useSession, useTimeZone } from "../../shared/session/SessionContext";
import { useTimed } from "../../shared/time/ClockContext";
import { dayAndTime } from "../../shared/time/format";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { FormField } from "../../shared/ui/FormField";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";

interface Props {
  clip: Clip;
  onChanged: () => void;
  onClose: () => void;
}

const lives = [1, 7, 30] as const;

/** A link by which anybody sees a clip, for some days. */
export function ShareDialog({ clip, onChanged, onClose }: Props) {
  const { text, language } = useI18n();
  const session = useSession();
  const timeZone = useTimeZone();
  const [days, setDays] = useState<number>(7);
  const [url, setUrl] = useState<string | null>(null);
  const [isCopied, setCopied] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const path = { id: clip.id };
  const until = useTimed((nowMs) =>
    clip.shareExpiresAt === null
      ? null
      : dayAndTime(Date.parse(clip.shareExpiresAt), nowMs, language, text, timeZone),
  );

  const share = async () => {
    setBusy(true);
    const outcome = await outcomeOf(
      session.api.POST("/api/clips/{id}/share", { params: { path }, body: { days } }),
      parseClipShare,
    );
    setBusy(false);
    setFailure(outcome.ok ? null : outcome.failure);
    if (outcome.ok) setUrl(outcome.data);
    onChanged();
  };
  const unshare = async () => {
    setBusy(true);
    const outcome = await outcomeOf(
      session.api.DELETE("/api/clips/{id}/share", { params: { path } }),
      ignoreAnswer,
    );
    setBusy(false);
    onChanged();
    if (outcome.ok) onClose();
    else setFailure(outcome.failure);
  };
  const copy = async (link: string) => {
    await navigator.clipboard?.writeText(link).then(
      () => setCopied(true),
      () => {},
    );
  };

  return (
    <Dialog title={text("recordings.shareTitle", { title: clip.title })} onClose={onClose}>
      <div className="flex flex-col gap-4">
        {url === null ? (
          <>
            <p className="text-base text-ink-2">{text("recordings.shareLead")}</p>
            {until !== null && (
              <Notice kind="info">{text("recordings.shareUntil", { until })}</Notice>
            )}
            <FormField label={text("recordings.shareFor")}>
              {(control) => (
                <select
                  {...control}
                  value={days}
                  onChange={(event) => setDays(Number(event.target.value))}
                >
                  {lives.map((life) => (
                    <option key={life} value={life}>
                      {life === 1
                        ? text("recordings.oneDay")
                        : text("recordings.days", { n: life })}
                    </option>
                  ))}
                </select>
              )}
            </FormField>
            <div className="flex flex-wrap gap-2">
              <Button
                busy={isBusy}
                className="flex-1"
                data-testid="make-link"
                onClick={() => void share()}
              >
                {text(until === null ? "recordings.makeLink" : "recordings.makeOther")}
              </Button>
              {until !== null && (
                <Button
                  kind="secondary"
                  busy={isBusy}
                  className="flex-1"
                  onClick={() => void unshare()}
                >
                  {text("recordings.endLink")}
                </Button>
              )}
            </div>
          </>
        ) : (
          <>
            <FormField label={text("recordings.link")} hint={text("recordings.linkHint")}>
              {(control) => (
                <input
                  {...control}
                  readOnly
                  value={url}
                  data-testid="share-link"
                  onFocus={(event) => event.target.select()}
                />
              )}
            </FormField>
            <Button onClick={() => void copy(url)}>
              {isCopied ? (
                <Check aria-hidden="true" className="size-4" />
              ) : (
                <Copy aria-hidden="true" className="size-4" />
              )}
              {text(isCopied ? "recordings.copied" : "recordings.copy")}
            </Button>
          </>
        )}
        {failure !== null && <Notice kind="bad">{failureText(failure, text)}</Notice>}
      </div>
    </Dialog>
  );
}
