import type { RefObject } from "react";
import { useText } from "../i18n/I18nContext";
import type { PlayerState } from "./livePlayer";
import { showsPicture } from "./pictureText";

/** The <video>, behind everything else of its container; seen once it has a picture. */
export function LivePicture(props: {
  video: RefObject<HTMLVideoElement | null>;
  state: PlayerState;
}) {
  const text = useText();
  const isShown = showsPicture(props.state);
  return (
    <video
      ref={props.video}
      data-testid="live-picture"
      data-state={props.state.kind}
      aria-label={text("video.label")}
      aria-hidden={!isShown}
      muted
      autoPlay
      playsInline
      disablePictureInPicture
      className={`absolute inset-0 size-full bg-video object-contain ${isShown ? "opacity-100" : "opacity-0"} ${props.state.kind === "frozen" ? "brightness-50" : ""}`}
    />
  );
}
