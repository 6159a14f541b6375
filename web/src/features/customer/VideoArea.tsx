import { Video, VideoOff } from "lucide-react";
import type { Job, Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import { isFinished } from "../../shared/jobs/jobStatus";
import { ConnectionBadge } from "../../shared/ui/ConnectionBadge";
import { ReadingAge } from "../../shared/ui/ReadingAge";
import { SensorChips } from "../../shared/ui/SensorChips";

type Words = { title: TextKey; more: TextKey };

/** Where the live picture will be; until then it says so and shows nothing made up. */
export function VideoArea({ job, pit }: { job: Job; pit: Pit | null }) {
  const text = useText();
  const isLive = pit !== null && !isFinished(job.status);
  const words = wordsFor(job, pit);
  const Icon = pit?.camera.status === "none" ? VideoOff : Video;
  return (
    <section
      aria-label={text("customer.video")}
      className="relative flex aspect-video min-h-[218px] w-full flex-col bg-video text-on-video"
    >
      <div className="flex gap-1.5 p-3">
        {isLive && <ConnectionBadge overlay />}
        <span className="inline-flex h-8 items-center rounded-[8px] border border-chip-line bg-chip px-2.5 text-sm font-semibold">
          {text("pit.name", { n: job.pit_number })}
        </span>
      </div>
      <div className="flex flex-1 flex-col items-center justify-center px-6 text-center">
        <Icon aria-hidden="true" className="mb-2 size-6 text-on-video-2 lg:size-8" />
        <p className="text-base font-semibold lg:text-lg">{text(words.title)}</p>
        <p className="mt-0.5 max-w-[36ch] text-sm text-on-video-2">{text(words.more)}</p>
      </div>
      <div className="min-h-14 p-3">
        {isLive && (
          <>
            <ReadingAge reading={pit.latest} className="mb-1.5 text-xs text-on-video-2" />
            <SensorChips
              reading={pit.latest}
              size="customer"
              testId={(quantity) => `customer-${quantity}`}
            />
          </>
        )}
      </div>
    </section>
  );
}

function wordsFor(job: Job, pit: Pit | null): Words {
  if (isFinished(job.status))
    return { title: "customer.videoEnded", more: "customer.videoEndedMore" };
  if (job.status === "waiting") {
    return { title: "customer.videoWaiting", more: "customer.videoWaitingMore" };
  }
  if (pit?.camera.status === "none") {
    return { title: "customer.videoNone", more: "customer.videoNoneMore" };
  }
  return { title: "customer.videoSoon", more: "customer.videoSoonMore" };
}
