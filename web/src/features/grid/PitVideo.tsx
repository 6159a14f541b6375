import { Video, VideoOff } from "lucide-react";
import { useRef } from "react";
import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import type { Text } from "../../shared/i18n/i18n";
import { useTimed } from "../../shared/time/ClockContext";
import { spanText } from "../../shared/time/format";
import { SensorChips } from "../../shared/ui/SensorChips";
import { FullScreenButton } from "../../shared/video/FullScreenButton";
import { LivePicture } from "../../shared/video/LivePicture";
import type { PlayerState } from "../../shared/video/livePlayer";
import { showsPicture } from "../../shared/video/pictureText";
import { useLivePlayer } from "../../shared/video/useLivePlayer";
import { useOnScreen } from "../../shared/video/useOnScreen";
import { FeedBadge } from "./FeedBadge";
import { PictureBadge } from "./PictureBadge";

/** The pit's live picture, as long as the card can be seen; in plain words why there is none. */
export function PitVideo({ pit }: { pit: Pit }) {
  const text = useText();
  const container = useRef<HTMLDivElement>(null);
  const isOnScreen = useOnScreen(container);
  const hasCamera = pit.camera.status !== "none" && pit.status !== "disabled";
  const { ref, state } = useLivePlayer(pit.id, pit.camera.status, hasCamera && isOnScreen);
  const isShown = showsPicture(state);
  return (
    <div
      ref={container}
      className="relative isolate flex aspect-video flex-col bg-video text-on-video [&:fullscreen]:aspect-auto"
    >
      {hasCamera && <LivePicture video={ref} state={state} />}
      <div className="relative flex items-start gap-1.5 p-2.5">
        <span className="inline-flex h-6 items-center rounded-chip bg-white px-2 text-xs font-bold text-[#0d1420]">
          {text("pit.name", { n: pit.pit_number })}
        </span>
        <PictureBadge state={state} />
        <span className="ml-auto">
          <FeedBadge pit={pit} />
        </span>
      </div>
      <div className="relative flex flex-1 flex-col items-center justify-center px-4 text-center">
        {!isShown && <CameraWords pit={pit} state={state} />}
      </div>
      <div className="relative flex items-end justify-between gap-2 p-2.5">
        <SensorChips
          reading={pit.latest}
          size="grid"
          testId={(quantity) => `pit-${pit.pit_number}-${quantity}`}
        />
        {isShown && (
          <FullScreenButton container={container} className="relative z-10 size-11 lg:size-8" />
        )}
      </div>
    </div>
  );
}

function CameraWords({ pit, state }: { pit: Pit; state: PlayerState }) {
  const text = useText();
  const { status } = pit.camera;
  const words = useTimed((nowMs) => wordsOf(pit, state, nowMs, text).join("\n"));
  const [title, more] = words.split("\n");
  const Icon = status === "none" || status === "offline" ? VideoOff : Video;
  return (
    <>
      <Icon
        aria-hidden="true"
        className={`mb-1.5 size-5 ${status === "offline" ? "text-video-warn" : "text-on-video-2"}`}
      />
      <p className="text-sm font-semibold">{title}</p>
      {more !== undefined && <p className="text-xs text-on-video-2">{more}</p>}
    </>
  );
}

function wordsOf(pit: Pit, state: PlayerState, nowMs: number, text: Text): string[] {
  const { status, since } = pit.camera;
  if (status === "none") return [text("pit.cameraNone"), text("pit.cameraNoneMore")];
  if (state.kind === "ended") return [text("pit.cameraClosed"), text("pit.cameraClosedMore")];
  if (status === "offline") {
    const title =
      since === null
        ? text("pit.cameraOffline")
        : text("pit.cameraOfflineFor", { span: spanText(nowMs - Date.parse(since), text) });
    return [title, text("pit.cameraOfflineMore")];
  }
  if (state.kind === "offline") return [text("pit.cameraAway"), text("pit.cameraOfflineMore")];
  return [text("pit.cameraConnecting")];
}
