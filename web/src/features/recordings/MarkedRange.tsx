import { Bookmark, Download, Scissors } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type Failure, outcomeOf } from "../../shared/api/failure";
import { type Clip, parseClip, parsePlayback, type Span } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { useSession, useTimeZone } from "../../shared/session/SessionContext";
import { clockTime, spanText } from "../../shared/time/format";
import { Button } from "../../shared/ui/Button";
import { FormField } from "../../shared/ui/FormField";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import { recordedSeconds } from "./recordedDay";

export type Marks = Partial<Span>;

interface Props {
  pitId: number;
  spans: readonly Span[];
  atMs: number | null;
  marks: Marks;
  onMarks: (marks: Marks) => void;
  onKept: (clip: Clip) => void;
}

const longestMs = 30 * 60_000;

/** Marks a part of what is seen: to take it home, or to keep it when the recording goes. */
export function MarkedRange({ pitId, spans, atMs, marks, onMarks, onKept }: Props) {
  const text = useText();
  const session = useSession();
  const timeZone = useTimeZone();
  const [title, setTitle] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [kept, setKept] = useState(false);
  const { fromMs, toMs } = marks;
  const range = fromMs !== undefined && toMs !== undefined ? { fromMs, toMs } : null;
  const isTooLong = range !== null && range.toMs - range.fromMs > longestMs;

  const start = () => {
    if (atMs === null) return;
    setKept(false);
    onMarks(toMs !== undefined && toMs > atMs ? { fromMs: atMs, toMs } : { fromMs: atMs });
  };
  const end = () => {
    if (atMs === null || fromMs === undefined || atMs <= fromMs) return;
    onMarks({ fromMs, toMs: atMs });
  };
  const times = (of: Span) => ({
    from: new Date(of.fromMs).toISOString(),
    to: new Date(of.toMs).toISOString(),
  });

  const download = async (of: Span) => {
    setBusy(true);
    const outcome = await outcomeOf(
      session.api.GET("/api/pits/{id}/playback", {
        params: { path: { id: pitId }, query: times(of) },
      }),
      parsePlayback,
    );
    setBusy(false);
    setFailure(outcome.ok ? null : outcome.failure);
    if (outcome.ok && outcome.data.mp4Url !== null) window.location.assign(outcome.data.mp4Url);
  };
  const keep = async (event: FormEvent, of: Span) => {
    event.preventDefault();
    setBusy(true);
    const outcome = await outcomeOf(
      session.api.POST("/api/pits/{id}/clips", {
        params: { path: { id: pitId } },
        body: { ...times(of), title: title.trim() || text("recordings.untitled") },
      }),
      parseClip,
    );
    setBusy(false);
    setFailure(outcome.ok ? null : outcome.failure);
    if (!outcome.ok) return;
    setTitle("");
    setKept(true);
    onMarks({});
    onKept(outcome.data);
  };

  return (
    <div className="mt-4 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-2">
        <Button kind="secondary" disabled={atMs === null} onClick={start} data-testid="mark-start">
          <Scissors aria-hidden="true" className="size-4" />
          {text("recordings.markStart")}
        </Button>
        <Button
          kind="secondary"
          disabled={atMs === null || fromMs === undefined || atMs <= fromMs}
          onClick={end}
          data-testid="mark-end"
        >
          {text("recordings.markEnd")}
        </Button>
        <p className="num text-sm text-ink-2" data-testid="marked">
          {fromMs === undefined
            ? text("recordings.markHint")
            : range === null
              ? text("recordings.markedFrom", { from: clockTime(fromMs, timeZone) })
              : text("recordings.marked", {
                  from: clockTime(range.fromMs, timeZone),
                  to: clockTime(range.toMs, timeZone),
                  span: spanText(recordedSeconds(spans, range) * 1000, text),
                })}
        </p>
      </div>
      {isTooLong && (
        <div className="mt-3">
          <Notice kind="warn">{text("recordings.tooLong")}</Notice>
        </div>
      )}
      {kept && (
        <div className="mt-3">
          <Notice kind="info">{text("recordings.kept")}</Notice>
        </div>
      )}
      {range !== null && !isTooLong && (
        <form
          onSubmit={(event) => void keep(event, range)}
          className="mt-3 flex flex-wrap items-end gap-2"
        >
          <div className="min-w-52 flex-1">
            <FormField label={text("recordings.clipTitle")}>
              {(control) => (
                <input
                  {...control}
                  maxLength={120}
                  value={title}
                  placeholder={text("recordings.clipTitleExample")}
                  onChange={(event) => setTitle(event.target.value)}
                />
              )}
            </FormField>
          </div>
          <Button type="submit" busy={isBusy} data-testid="keep-clip">
            <Bookmark aria-hidden="true" className="size-4" />
            {text("recordings.keep")}
          </Button>
          <Button kind="secondary" busy={isBusy} onClick={() => void download(range)}>
            <Download aria-hidden="true" className="size-4" />
            {text("recordings.download")}
          </Button>
        </form>
      )}
      {failure !== null && (
        <div className="mt-3">
          <Notice kind="bad">{failureText(failure, text)}</Notice>
        </div>
      )}
    </div>
  );
}
