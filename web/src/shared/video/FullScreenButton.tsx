import { Maximize } from "lucide-react";
import type { RefObject } from "react";
import { useText } from "../i18n/I18nContext";

interface VideoOfPhones extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

/** Fills the screen with the container, so that what lies over the video stays there. */
export function FullScreenButton({
  container,
  className = "",
}: {
  container: RefObject<HTMLElement | null>;
  className?: string;
}) {
  const text = useText();
  const toggle = () => {
    const element = container.current;
    if (element === null) return;
    if (document.fullscreenElement !== null) {
      void document.exitFullscreen();
    } else if (typeof element.requestFullscreen === "function") {
      void element.requestFullscreen().catch(() => {});
    } else {
      // iPhones fill the screen with a video only.
      element.querySelector<VideoOfPhones>("video")?.webkitEnterFullscreen?.();
    }
  };
  return (
    <button
      type="button"
      data-testid="full-screen"
      aria-label={text("video.fullScreen")}
      onClick={toggle}
      className={`inline-flex items-center justify-center rounded-[8px] border border-chip-line bg-chip text-on-video ${className}`}
    >
      <Maximize aria-hidden="true" className="size-4" />
    </button>
  );
}
