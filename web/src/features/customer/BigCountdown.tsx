import { useText } from "../../shared/i18n/I18nContext";
import { useNowMs } from "../../shared/time/ClockContext";
import { countdown } from "../../shared/time/countdown";

/** The page's largest number: 2h 14m 36s, red with a plus once the time is over. */
export function BigCountdown({ endMs }: { endMs: number }) {
  const text = useText();
  const { isOverrun, hours, minutes, seconds } = countdown(endMs, useNowMs());
  return (
    <p
      role="timer"
      data-testid="customer-countdown"
      data-overrun={isOverrun}
      className={`num text-num font-semibold tracking-[-0.03em] ${isOverrun ? "text-bad" : "text-ink"}`}
    >
      {isOverrun && <span>+</span>}
      {hours > 0 && <Part value={hours} unit={text("unit.hour")} />}
      <Part value={minutes} unit={text("unit.minute")} padded={hours > 0} />
      <Part value={seconds} unit={text("unit.second")} padded />
    </p>
  );
}

function Part({ value, unit, padded = false }: { value: number; unit: string; padded?: boolean }) {
  return (
    <span className="mr-2.5 whitespace-nowrap">
      {padded ? String(value).padStart(2, "0") : value}
      <span className="ml-0.5 text-xl font-medium tracking-normal text-ink-3">{unit}</span>
    </span>
  );
}
