import { useNowMs } from "../time/ClockContext";
import { clockText, countdown } from "../time/countdown";

/** 2:14:36 left until `endMs`, or +0:18:00 past it. Renders every second, alone. */
export function CountdownText({ endMs, testId }: { endMs: number; testId: string }) {
  const left = countdown(endMs, useNowMs());
  return (
    <span
      role="timer"
      data-testid={testId}
      data-overrun={left.isOverrun}
      className={`num text-lg font-semibold ${left.isOverrun ? "text-bad" : "text-ink"}`}
    >
      {clockText(left)}
    </span>
  );
}
