import { useText } from "../i18n/I18nContext";
import { useConnection } from "../live/LiveContext";

interface Props {
  /** For use on the video. */
  overlay?: boolean;
  /** What to say instead while the values are live: how the picture is. */
  words?: string | null;
  /** Whether what `words` say is live too. */
  pulses?: boolean;
}

/** Whether the values on the page are live. */
export function ConnectionBadge({ overlay = false, words = null, pulses = true }: Props) {
  const { state } = useConnection();
  const text = useText();
  const isLive = state === "live";
  const dot =
    isLive && pulses
      ? overlay
        ? "bg-video-live animate-live"
        : "bg-ok-fill animate-live"
      : overlay
        ? "border-2 border-video-warn"
        : "border-2 border-warn-fill";
  const look = overlay
    ? "h-8 border border-chip-line bg-chip px-2.5 text-on-video"
    : "h-8 px-1 text-ink-2";
  return (
    <span
      role="status"
      data-testid="connection-state"
      data-state={state}
      className={`inline-flex items-center gap-2 rounded-[8px] text-sm font-semibold ${look}`}
    >
      <span aria-hidden="true" className={`size-2.5 rounded-full ${dot}`} />
      {isLive && words !== null
        ? words
        : text(isLive && overlay ? "connection.liveReadings" : `connection.${state}`)}
    </span>
  );
}
