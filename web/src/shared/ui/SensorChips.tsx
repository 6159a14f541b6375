import type { Reading } from "../api/model";
import { useText } from "../i18n/I18nContext";
import type { TextKey } from "../i18n/i18n";
import {
  isStale,
  type Mark,
  markOf,
  type Quantity,
  quantities,
  valueText,
} from "../sensors/levels";
import { useTimed } from "../time/ClockContext";
import { sensorIcons } from "./icons";
import { LevelMark } from "./LevelMark";

type Size = "grid" | "customer";

const sizes: Record<Size, string> = {
  grid: "h-6 gap-1 px-1.5 text-xs",
  customer: "h-8 gap-1.5 px-2.5 text-sm",
};

const units: Record<Quantity, TextKey | null> = {
  temperature: "unit.celsius",
  humidity: "unit.percent",
  aqi: null,
};

interface Props {
  reading: Reading | null;
  size: Size;
  testId: (quantity: Quantity) => string;
}

/** The three readings laid over the video. */
export function SensorChips({ reading, size, testId }: Props) {
  const stale = useTimed((nowMs) => isStale(reading, nowMs));
  return (
    <ul className={`flex flex-wrap ${size === "grid" ? "gap-1" : "gap-1.5"}`}>
      {quantities.map((quantity) => (
        <SensorChip
          key={quantity}
          quantity={quantity}
          value={valueText(quantity, reading)}
          mark={markOf(quantity, reading, stale)}
          size={size}
          testId={testId(quantity)}
        />
      ))}
    </ul>
  );
}

interface ChipProps {
  quantity: Quantity;
  value: string | null;
  mark: Mark;
  size: Size;
  testId: string;
}

function SensorChip({ quantity, value, mark, size, testId }: ChipProps) {
  const text = useText();
  const Icon = sensorIcons[quantity];
  const unit = units[quantity];
  const look = mark === "poor" ? "border-transparent bg-video-bad" : "border-chip-line bg-chip";
  return (
    <li
      data-level={mark}
      className={`inline-flex items-center rounded-[8px] border font-semibold text-on-video ${sizes[size]} ${look}`}
    >
      <Icon aria-hidden="true" className="size-[1.15em] shrink-0 text-on-video-2" />
      <span className="sr-only">{text(`sensor.${quantity}`)}</span>
      <span className="num mr-0.5">
        {quantity === "aqi" && <span aria-hidden="true">{text("sensor.aqiShort")} </span>}
        <span data-testid={testId}>{value ?? text("sensor.none")}</span>
        {unit !== null && value !== null && (
          <span className="ml-px font-medium text-on-video-2">{text(unit)}</span>
        )}
      </span>
      <LevelMark mark={mark} on="video" />
      <span className="sr-only">{text(`level.${mark}`)}</span>
    </li>
  );
}
