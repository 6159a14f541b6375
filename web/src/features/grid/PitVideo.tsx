import { Video, VideoOff } from "lucide-react";
import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import { SensorChips } from "../../shared/ui/SensorChips";
import { FeedBadge } from "./FeedBadge";

type CameraWords = { title: TextKey; more: TextKey };

/** The picture comes with the camera gateway; until then the area says what is missing. */
const words: Record<Pit["camera"]["status"], CameraWords> = {
  none: { title: "pit.cameraNone", more: "pit.cameraNoneMore" },
  offline: { title: "pit.cameraOffline", more: "pit.cameraOfflineMore" },
  online: { title: "pit.cameraSoon", more: "pit.cameraSoonMore" },
  unknown: { title: "pit.cameraSoon", more: "pit.cameraSoonMore" },
};

export function PitVideo({ pit }: { pit: Pit }) {
  const text = useText();
  const { status } = pit.camera;
  const isAway = status === "none" || status === "offline";
  const Icon = isAway ? VideoOff : Video;
  return (
    <div className="flex aspect-video flex-col bg-video text-on-video">
      <div className="flex items-start justify-between gap-2 p-2.5">
        <span className="inline-flex h-6 items-center rounded-chip bg-white px-2 text-xs font-bold text-[#0d1420]">
          {text("pit.name", { n: pit.pit_number })}
        </span>
        <FeedBadge pit={pit} />
      </div>
      <div className="flex flex-1 flex-col items-center justify-center px-4 text-center">
        <Icon
          aria-hidden="true"
          className={`mb-1.5 size-5 ${status === "offline" ? "text-video-warn" : "text-on-video-2"}`}
        />
        <p className="text-sm font-semibold">{text(words[status].title)}</p>
        <p className="text-xs text-on-video-2">{text(words[status].more)}</p>
      </div>
      <div className="p-2.5">
        <SensorChips
          reading={pit.latest}
          size="grid"
          testId={(quantity) => `pit-${pit.pit_number}-${quantity}`}
        />
      </div>
    </div>
  );
}
