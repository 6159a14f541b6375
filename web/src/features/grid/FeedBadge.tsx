import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import type { Text } from "../../shared/i18n/i18n";
import { useConnection } from "../../shared/live/LiveContext";
import { useTimed } from "../../shared/time/ClockContext";
import { spanText } from "../../shared/time/format";
import { type Feed, feedOf } from "./pitCondition";

const dots: Record<Feed, string> = {
  fresh: "bg-video-live animate-live",
  stale: "border-2 border-video-warn",
  offline: "bg-video-warn rotate-45 rounded-[1px]",
  noReading: "border-2 border-on-video-2",
  noDevice: "border-2 border-on-video-2",
};

/** How current the readings of this pit are. */
export function FeedBadge({ pit }: { pit: Pit }) {
  const text = useText();
  const isConnected = useConnection().state === "live";
  // Without connection nothing is live, however young the last reading is.
  const feedAt = (nowMs: number): Feed => {
    const feed = feedOf(pit, nowMs);
    return feed === "fresh" && !isConnected ? "stale" : feed;
  };
  const feed = useTimed(feedAt);
  const words = useTimed((nowMs) => feedText(pit, feedAt(nowMs), nowMs, text));
  return (
    <span
      data-feed={feed}
      className="inline-flex h-6 items-center gap-1.5 rounded-[8px] border border-chip-line bg-chip px-2 text-xs font-semibold text-on-video"
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dots[feed]}`} />
      {words}
    </span>
  );
}

function feedText(pit: Pit, feed: Feed, nowMs: number, text: Text): string {
  const since = (timestamp: string | null | undefined): string | null =>
    timestamp === null || timestamp === undefined
      ? null
      : spanText(nowMs - Date.parse(timestamp), text);
  switch (feed) {
    case "fresh":
      return text("pit.fresh");
    case "stale":
      return text("pit.stale", { span: since(pit.latest?.timestamp) ?? "" });
    case "offline": {
      const span = since(pit.device?.last_seen);
      return span === null ? text("pit.deviceOffline") : text("pit.deviceOfflineFor", { span });
    }
    case "noReading":
      return text("pit.noReading");
    case "noDevice":
      return text("pit.noDevice");
  }
}
