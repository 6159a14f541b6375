import { Clapperboard, Download, Film, Link2, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Failure, ignoreAnswer, outcomeOf } from "../../shared/api/failure";
import { type Clip, type Playback, parsePlayback } from "../../shared/api/model";
import { useI18n, useText } from "../../shared/i18n/I18nContext";
import { usePit } from "../../shared/live/LiveContext";
import { useSession, useTimeZone } from "../../shared/session/SessionContext";
import { useTimed } from "../../shared/time/ClockContext";
import { dayAndTime, spanText } from "../../shared/time/format";
import { Button, IconButton } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import { Skeleton } from "../../shared/ui/Skeleton";
import { RecordingVideo } from "../../shared/video/RecordingVideo";
import { ShareDialog } from "./ShareDialog";
import type { Clips } from "./useClips";

type Open =
  | { kind: "nothing" }
  | { kind: "playing"; clip: Clip; playback: Playback }
  | { kind: "sharing"; clip: Clip }
  | { kind: "removing"; clip: Clip };

/** What is kept of the recordings. */
export function ClipList({ clips }: { clips: Clips }) {
  const text = useText();
  const session = useSession();
  const [open, setOpen] = useState<Open>({ kind: "nothing" });
  const [failure, setFailure] = useState<Failure | null>(null);
  const close = () => setOpen({ kind: "nothing" });

  const withPlayback = async (clip: Clip, then: (playback: Playback) => void) => {
    const path = { id: clip.id };
    const outcome = await outcomeOf(
      session.api.GET("/api/clips/{id}/playback", { params: { path } }),
      parsePlayback,
    );
    setFailure(outcome.ok ? null : outcome.failure);
    if (outcome.ok) then(outcome.data);
  };
  const remove = async (clip: Clip) => {
    const path = { id: clip.id };
    const outcome = await outcomeOf(
      session.api.DELETE("/api/clips/{id}", { params: { path } }),
      ignoreAnswer,
    );
    setFailure(outcome.ok ? null : outcome.failure);
    close();
    clips.reload();
  };
  const shown = failure ?? clips.failure;

  return (
    <section aria-labelledby="clips" className="min-w-0">
      <h2 id="clips" className="mb-3 text-lg font-semibold">
        {text("recordings.clips")}
      </h2>
      {shown !== null && (
        <div className="mb-3">
          <Notice kind="bad">{failureText(shown, text)}</Notice>
        </div>
      )}
      {clips.list === null ? (
        <Skeleton className="h-24 w-full rounded-card" />
      ) : clips.list.length === 0 ? (
        <div className="rounded-card bg-surface px-5 py-8 text-center shadow-card">
          <Film aria-hidden="true" className="mx-auto mb-3 size-6 text-ink-3" />
          <p className="text-sm font-semibold">{text("recordings.noClips")}</p>
          <p className="mt-1 text-sm text-ink-2">{text("recordings.noClipsMore")}</p>
        </div>
      ) : (
        <ul className="flex flex-col gap-2.5">
          {clips.list.map((clip) => (
            <ClipItem
              key={clip.id}
              clip={clip}
              onPlay={() =>
                void withPlayback(clip, (playback) => setOpen({ kind: "playing", clip, playback }))
              }
              onDownload={() =>
                void withPlayback(clip, ({ mp4Url }) => {
                  if (mp4Url !== null) window.location.assign(mp4Url);
                })
              }
              onShare={() => setOpen({ kind: "sharing", clip })}
              onRemove={() => setOpen({ kind: "removing", clip })}
            />
          ))}
        </ul>
      )}
      {open.kind === "playing" && (
        <Dialog title={open.clip.title} onClose={close}>
          <div className="overflow-hidden rounded-ctl">
            <RecordingVideo playback={open.playback} label={open.clip.title} onLost={close} />
          </div>
        </Dialog>
      )}
      {open.kind === "sharing" && (
        <ShareDialog clip={open.clip} onChanged={clips.reload} onClose={close} />
      )}
      {open.kind === "removing" && (
        <Dialog title={text("recordings.removeTitle")} onClose={close}>
          <p className="text-base text-ink-2">
            {text("recordings.removeAsk", { title: open.clip.title })}
          </p>
          <div className="mt-4 flex gap-2">
            <Button className="flex-1" onClick={() => void remove(open.clip)}>
              {text("recordings.removeYes")}
            </Button>
            <Button kind="secondary" className="flex-1" data-autofocus onClick={close}>
              {text("recordings.removeNo")}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

interface ItemProps {
  clip: Clip;
  onPlay: () => void;
  onDownload: () => void;
  onShare: () => void;
  onRemove: () => void;
}

function ClipItem({ clip, onPlay, onDownload, onShare, onRemove }: ItemProps) {
  const { text, language } = useI18n();
  const timeZone = useTimeZone();
  const pit = usePit(clip.pitId);
  const when = useTimed((nowMs) => dayAndTime(clip.fromMs, nowMs, language, text, timeZone));
  const Icon = clip.kind === "time_lapse" ? Clapperboard : Film;
  const isReady = clip.status === "ready";
  return (
    <li className="rounded-card bg-surface p-3 shadow-card" data-testid={`clip-${clip.id}`}>
      <div className="flex items-start gap-3">
        <span className="flex size-9 shrink-0 items-center justify-center rounded-ctl bg-sunken text-ink-2">
          <Icon aria-hidden="true" className="size-[18px]" />
        </span>
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-semibold">{clip.title}</p>
          <p className="num text-xs text-ink-3">
            {text("pit.name", { n: pit?.pit_number ?? "" })} · {when} ·{" "}
            {spanText(clip.toMs - clip.fromMs, text)} · {sizeText(clip.sizeBytes)}
          </p>
          {clip.status === "pending" && (
            <p className="mt-1 text-xs text-ink-2" role="status">
              {text("recordings.making")}
            </p>
          )}
          {clip.status === "failed" && (
            <p className="mt-1 text-xs text-bad">{clip.failure ?? text("recordings.failed")}</p>
          )}
          {clip.shareExpiresAt !== null && (
            <p className="mt-1 inline-flex items-center gap-1 text-xs font-medium text-accent">
              <Link2 aria-hidden="true" className="size-3.5" />
              {text("recordings.shared")}
            </p>
          )}
        </div>
      </div>
      <div className="mt-2 flex items-center">
        <Button kind="quiet" disabled={!isReady} onClick={onPlay}>
          <Play aria-hidden="true" className="size-4" />
          {text("recordings.play")}
        </Button>
        <span className="flex-1" />
        <IconButton label={text("recordings.download")} disabled={!isReady} onClick={onDownload}>
          <Download aria-hidden="true" className="size-[18px]" />
        </IconButton>
        <IconButton label={text("recordings.share")} disabled={!isReady} onClick={onShare}>
          <Link2 aria-hidden="true" className="size-[18px]" />
        </IconButton>
        <IconButton label={text("recordings.remove")} onClick={onRemove}>
          <Trash2 aria-hidden="true" className="size-[18px]" />
        </IconButton>
      </div>
    </li>
  );
}

function sizeText(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}
