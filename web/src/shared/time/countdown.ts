export interface Countdown {
  isOverrun: boolean;
  hours: number;
  minutes: number;
  seconds: number;
}

/**
 * The time left until `endMs`, or the time past it. Remaining time is rounded up, so that the
 * countdown reaches 0:00:00 exactly when the time is up.
 */
export function countdown(endMs: number, nowMs: number): Countdown {
  const isOverrun = nowMs > endMs;
  const total = isOverrun ? Math.floor((nowMs - endMs) / 1000) : Math.ceil((endMs - nowMs) / 1000);
  return {
    isOverrun: isOverrun && total > 0,
    hours: Math.floor(total / 3600),
    minutes: Math.floor(total / 60) % 60,
    seconds: total % 60,
  };
}

const two = (value: number): string => String(value).padStart(2, "0");

/** 2:14:36, or +0:18:00 past the end. */
export function clockText({ isOverrun, hours, minutes, seconds }: Countdown): string {
  return `${isOverrun ? "+" : ""}${hours}:${two(minutes)}:${two(seconds)}`;
}
