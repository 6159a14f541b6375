import { type PointerEvent, useId } from "react";
import type { Span } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { useTimeZone } from "../../shared/session/SessionContext";
import { clockTime } from "../../shared/time/format";
import { useMediaQuery } from "../../shared/ui/useMediaQuery";
import { ticksOf } from "./recordedDay";

interface Props {
  shown: Span;
  spans: readonly Span[];
  /** Of the picture that is shown; null: none is. */
  atMs: number | null;
  marked: Partial<Span>;
  onSeek: (atMs: number) => void;
}

const minuteMs = 60_000;

/** A day's recordings as a bar with honest gaps. A tap plays from there. */
export function DayTimeline({ shown, spans, atMs, marked, onSeek }: Props) {
  const text = useText();
  const timeZone = useTimeZone();
  const hintId = useId();
  const isWide = useMediaQuery("(min-width: 48rem)");
  const length = shown.toMs - shown.fromMs;
  const left = (ms: number) =>
    `${(Math.min(1, Math.max(0, (ms - shown.fromMs) / length)) * 100).toFixed(3)}%`;
  const width = (span: Span) =>
    `${((Math.max(0, Math.min(span.toMs, shown.toMs) - Math.max(span.fromMs, shown.fromMs)) / length) * 100).toFixed(3)}%`;
  const seek = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(shown.fromMs + ((event.clientX - box.left) / box.width) * length);
  };
  const now = atMs ?? spans[0]?.fromMs ?? shown.fromMs;
  return (
    <div>
      <div
        role="slider"
        tabIndex={0}
        aria-label={text("recordings.timeline")}
        aria-describedby={hintId}
        aria-valuemin={0}
        aria-valuemax={Math.round(length / minuteMs)}
        aria-valuenow={Math.round((now - shown.fromMs) / minuteMs)}
        aria-valuetext={clockTime(now, timeZone)}
        data-testid="timeline"
        onPointerDown={seek}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          onSeek(now + step * minuteMs);
        }}
        className="relative h-14 cursor-pointer touch-manipulation rounded-ctl bg-track"
      >
        {spans.map((span) => (
          <span
            key={span.fromMs}
            data-testid="recorded-span"
            className="absolute inset-y-0 min-w-0.5 bg-accent/70"
            style={{ left: left(span.fromMs), width: width(span) }}
          />
        ))}
        {marked.fromMs !== undefined && marked.toMs !== undefined && (
          <span
            className="absolute inset-y-0 border-x-2 border-warn-fill bg-warn-fill/40"
            style={{
              left: left(marked.fromMs),
              width: width({ fromMs: marked.fromMs, toMs: marked.toMs }),
            }}
          />
        )}
        {marked.fromMs !== undefined && marked.toMs === undefined && (
          <span
            className="absolute inset-y-0 w-0.5 bg-warn-fill"
            style={{ left: left(marked.fromMs) }}
          />
        )}
        {atMs !== null && (
          <span
            data-testid="playhead"
            className="absolute -inset-y-1 w-1 -translate-x-1/2 rounded-full bg-ink"
            style={{ left: left(atMs) }}
          />
        )}
      </div>
      <div aria-hidden="true" className="relative mt-1.5 h-5 text-xs text-ink-3">
        {ticksOf(shown, isWide ? 12 : 4).map((tick) => (
          <span
            key={tick}
            className={`num absolute whitespace-nowrap ${tick === shown.fromMs ? "" : tick >= shown.toMs ? "-translate-x-full" : "-translate-x-1/2"}`}
            style={{ left: left(tick) }}
          >
            {clockTime(tick, timeZone).replace(":00", "")}
          </span>
        ))}
      </div>
      <p id={hintId} className="mt-1 text-xs text-ink-3">
        {text("recordings.timelineHint")}
      </p>
    </div>
  );
}
