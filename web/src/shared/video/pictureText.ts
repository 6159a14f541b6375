import type { Text } from "../i18n/i18n";
import type { PlayerState } from "./livePlayer";

/** Beyond it a viewer is told how far behind the picture is. */
const noticeableMs = 1_500;

/** One or two words for the badge; null: nothing is to be said of the picture. */
export function pictureBadge(state: PlayerState, text: Text): string | null {
  switch (state.kind) {
    case "live":
      return state.latencyMs !== null && state.latencyMs > noticeableMs
        ? text("video.behind", { n: Math.round(state.latencyMs / 1000) })
        : text("video.live");
    case "stills":
      return text("video.stills");
    case "frozen":
      return text("video.frozen");
    case "connecting":
      return text("video.connecting");
    case "reconnecting":
      return text("video.reconnecting");
    case "offline":
      return text("video.offline");
    case "idle":
    case "ended":
      return null;
  }
}

export const showsPicture = (state: PlayerState): boolean =>
  state.kind === "live" || state.kind === "stills" || state.kind === "frozen";
