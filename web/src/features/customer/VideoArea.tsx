import { Video, VideoOff } from "lucide-react";
import { useRef } from "react";
import type { Job, Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import type { Text } from "../../shared/i18n/i18n";
import { isFinished } from "../../shared/jobs/jobStatus";
import { useTimed } from "../../shared/time/ClockContext";
import { spanText } from "../../shared/time/format";
import { ConnectionBadge } from "../../shared/ui/ConnectionBadge";
import { ReadingAge } from "../../shared/ui/ReadingAge";
import { SensorChips } from "../../shared/ui/SensorChips";
import { FullScreenButton } from "../../shared/video/FullScreenButton";
import { LivePicture } from "../../shared/video/LivePicture";
import type { PlayerState } from "../../shared/video/livePlayer";
import { pictureBadge, showsPicture } from "../../shared/video/pictureText";
import { useLivePlayer } from "../../shared/video/useLivePlayer";

/** The live picture with the readings over it; in plain words why there is none. */
export function VideoArea({ job, pit }: { job: Job; pit: Pit | null }) {
  const isLive = pit !== null && !isFinished(job.status);
  return isLive ? <LiveArea job={job} pit={pit} /> : <QuietArea job={job} pit={pit} />;
}

const frame =
  "relative isolate flex aspect-video w-full flex-col bg-video text-on-video [&:fullscreen]:aspect-auto [&:fullscreen]:h-dvh";

function LiveArea({ job, pit }: { job: Job; pit: Pit }) {
  const text = useText();
  const container = useRef<HTMLElement>(null);
  const hasCamera = pit.camera.status !== "none" && job.status !== "waiting";
  const { ref, state } = useLivePlayer(pit.id, pit.camera.status, hasCamera);
  const isShown = showsPicture(state);
  return (
    <section
      ref={container}
      aria-label={text("customer.video")}
      className={`${frame} ${isShown ? "" : "min-h-[218px]"}`}
    >
      {hasCamera && <LivePicture video={ref} state={state} />}
      <div className="relative flex gap-1.5 p-3">
        <ConnectionBadge
          overlay
          words={hasCamera ? pictureBadge(state, text) : null}
          pulses={!hasCamera || state.kind === "live"}
        />
        <PitTag n={job.pit_number} />
        {isShown && <FullScreenButton container={container} className="ml-auto size-11" />}
      </div>
      <div className="relative flex flex-1 flex-col items-center justify-center px-6 text-center">
        {!isShown && <Words {...liveWords(job, pit, state)} since={pit.camera.since} />}
      </div>
      <div className="relative min-h-14 p-3">
        <ReadingAge reading={pit.latest} className="mb-1.5 text-xs text-on-video-2" />
        <SensorChips
          reading={pit.latest}
          size="customer"
          testId={(quantity) => `customer-${quantity}`}
        />
      </div>
    </section>
  );
}

function QuietArea({ job, pit }: { job: Job; pit: Pit | null }) {
  const text = useText();
  return (
    <section aria-label={text("customer.video")} className={`${frame} min-h-[218px]`}>
      <div className="flex gap-1.5 p-3">
        <PitTag n={job.pit_number} />
      </div>
      <div className="flex flex-1 flex-col items-center justify-center px-6 text-center">
        <Words {...quietWords(job, pit)} since={null} />
      </div>
      <div className="min-h-14 p-3" />
    </section>
  );
}

function PitTag({ n }: { n: number }) {
  const text = useText();
  return (
    <span className="inline-flex h-8 items-center rounded-[8px] border border-chip-line bg-chip px-2.5 text-sm font-semibold">
      {text("pit.name", { n })}
    </span>
  );
}

type Subject =
  | "videoEnded"
  | "videoWaiting"
  | "videoNone"
  | "videoConnecting"
  | "videoAway"
  | "videoClosed";

interface WordsProps {
  subject: Subject;
  isAway: boolean;
}

function Words({ subject, isAway, since }: WordsProps & { since: string | null }) {
  const text = useText();
  const Icon = isAway ? VideoOff : Video;
  const title = useTimed((nowMs) => titleOf(subject, isAway ? since : null, nowMs, text));
  return (
    <>
      <Icon aria-hidden="true" className="mb-2 size-6 text-on-video-2 lg:size-8" />
      <p data-testid="video-words" className="text-base font-semibold lg:text-lg">
        {title}
      </p>
      <p className="mt-0.5 max-w-[36ch] text-sm text-on-video-2">
        {text(`customer.${subject}More`)}
      </p>
    </>
  );
}

function titleOf(subject: Subject, since: string | null, nowMs: number, text: Text): string {
  return subject === "videoAway" && since !== null
    ? text("customer.videoAwayFor", { span: spanText(nowMs - Date.parse(since), text) })
    : text(`customer.${subject}`);
}

function quietWords(job: Job, pit: Pit | null): WordsProps {
  if (isFinished(job.status)) return { subject: "videoEnded", isAway: false };
  if (job.status === "waiting") return { subject: "videoWaiting", isAway: false };
  return { subject: pit === null ? "videoConnecting" : "videoNone", isAway: pit !== null };
}

function liveWords(job: Job, pit: Pit, state: PlayerState): WordsProps {
  if (job.status === "waiting") return { subject: "videoWaiting", isAway: false };
  if (pit.camera.status === "none") return { subject: "videoNone", isAway: true };
  if (state.kind === "ended") return { subject: "videoClosed", isAway: false };
  if (pit.camera.status === "offline" || state.kind === "offline")
    return { subject: "videoAway", isAway: pit.camera.status === "offline" };
  return { subject: "videoConnecting", isAway: false };
}
