import { useText } from "../../shared/i18n/I18nContext";
import type { PlayerState } from "../../shared/video/livePlayer";
import { pictureBadge, showsPicture } from "../../shared/video/pictureText";

/** Over the picture: that it is live, or that it stands still. */
export function PictureBadge({ state }: { state: PlayerState }) {
  const text = useText();
  if (!showsPicture(state)) return null;
  const dot = state.kind === "live" ? "bg-video-live animate-live" : "border-2 border-video-warn";
  return (
    <span className="inline-flex h-6 items-center gap-1.5 rounded-[8px] border border-chip-line bg-chip px-2 text-xs font-semibold">
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      {pictureBadge(state, text)}
    </span>
  );
}
