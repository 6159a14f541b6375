import type { Reading } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import { isStale, markOf, type Quantity, quantities, valueText } from "../../shared/sensors/levels";
import { useTimed } from "../../shared/time/ClockContext";
import { sensorIcons } from "../../shared/ui/icons";
import { LevelMark } from "../../shared/ui/LevelMark";
import { ReadingAge } from "../../shared/ui/ReadingAge";

const units: Record<Quantity, TextKey | null> = {
  temperature: "unit.celsius",
  humidity: "unit.percent",
  aqi: null,
};

/** The values as they come in, large enough to read from a ladder. */
export function FirstReading({ reading }: { reading: Reading }) {
  const text = useText();
  const stale = useTimed((nowMs) => isStale(reading, nowMs));
  return (
    <>
      <ReadingAge reading={reading} className="mt-1 text-sm font-medium text-warn" />
      <dl className="mt-4 grid grid-cols-3 gap-3">
        {quantities.map((quantity) => {
          const Icon = sensorIcons[quantity];
          const value = valueText(quantity, reading);
          const mark = markOf(quantity, reading, stale);
          const unit = units[quantity];
          return (
            <div key={quantity} className="flex min-w-0 flex-col justify-between">
              <dt className="flex items-start gap-1.5 text-xs text-ink-3">
                <Icon aria-hidden="true" className="size-4 shrink-0 max-sm:hidden" />
                {text(`sensor.${quantity}`)}
              </dt>
              <dd className="mt-1">
                <span className="num text-2xl font-semibold">
                  <span data-testid={`claim-${quantity}`}>{value ?? text("sensor.none")}</span>
                  {unit !== null && value !== null && (
                    <span className="ml-0.5 text-base font-medium text-ink-3">{text(unit)}</span>
                  )}
                </span>
                <span className="mt-0.5 flex items-center gap-1.5 text-sm text-ink-2">
                  <LevelMark mark={mark} on="page" />
                  {text(`level.${mark}`)}
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}
