import type { Mark } from "../sensors/levels";

/**
 * A level as a shape, so that it can be told without colour: round is good, a diamond is fair, a
 * square is poor; an open ring means that there is no judgement.
 */
const shapes: Record<Mark, { page: string; video: string }> = {
  good: { page: "rounded-full bg-ok-fill", video: "rounded-full bg-video-ok" },
  fair: {
    page: "rotate-45 rounded-[1px] bg-warn-fill",
    video: "rotate-45 rounded-[1px] bg-video-warn",
  },
  poor: { page: "rounded-[1px] bg-bad-fill", video: "rounded-[1px] bg-on-video" },
  settling: {
    page: "rounded-full border-2 border-ink-3",
    video: "rounded-full border-2 border-on-video-2",
  },
  stale: {
    page: "rounded-full border-2 border-ink-3",
    video: "rounded-full border-2 border-on-video-2",
  },
  unknown: {
    page: "rounded-full border-2 border-ink-3",
    video: "rounded-full border-2 border-on-video-2",
  },
};

export function LevelMark({ mark, on }: { mark: Mark; on: "page" | "video" }) {
  return <span aria-hidden="true" className={`size-2 shrink-0 ${shapes[mark][on]}`} />;
}
