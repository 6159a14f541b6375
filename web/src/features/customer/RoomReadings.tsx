import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import {
  bands,
  isStale,
  type Mark,
  markOf,
  type Quantity,
  quantities,
  valueText,
} from "../../shared/sensors/levels";
import { useTimed } from "../../shared/time/ClockContext";
import { sensorIcons } from "../../shared/ui/icons";
import { LevelMark } from "../../shared/ui/LevelMark";
import { ReadingAge } from "../../shared/ui/ReadingAge";
import { Sparkline } from "./Sparkline";
import { type History, useRoomHistory } from "./useRoomHistory";

const units: Record<Quantity, TextKey | null> = {
  temperature: "unit.celsius",
  humidity: "unit.percent",
  aqi: null,
};

const words: Record<Mark, string> = {
  good: "text-ok",
  fair: "text-warn",
  poor: "text-bad",
  settling: "text-ink-3",
  stale: "text-ink-3",
  unknown: "text-ink-3",
};

/** "Inside the bay": each reading with its ideal range, its word and the last two hours. */
export function RoomReadings({ pit }: { pit: Pit }) {
  const text = useText();
  const stale = useTimed((nowMs) => isStale(pit.latest, nowMs));
  const history = useRoomHistory(pit.id, pit.latest);
  const isSilent = pit.device === null || pit.device.status !== "online" || stale;
  return (
    <section className="rounded-card bg-surface p-4 pb-1 shadow-card">
      <h2 className="text-base font-semibold">{text("customer.room")}</h2>
      <p className="mt-0.5 text-sm text-ink-3">
        {text(
          isSilent && pit.latest !== null && stale ? "customer.sensorOffline" : "customer.roomLead",
        )}
      </p>
      <ReadingAge reading={pit.latest} className="mt-1 text-sm font-medium text-warn" />
      <ul className="mt-1.5 divide-y divide-line">
        {quantities.map((quantity) => (
          <SensorRow
            key={quantity}
            quantity={quantity}
            value={valueText(quantity, pit.latest)}
            mark={markOf(quantity, pit.latest, stale)}
            history={history}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  quantity: Quantity;
  value: string | null;
  mark: Mark;
  history: History;
}

function SensorRow({ quantity, value, mark, history }: RowProps) {
  const text = useText();
  const Icon = sensorIcons[quantity];
  const unitKey = units[quantity];
  const unit = unitKey === null ? "" : text(unitKey);
  const { from, to } = bands[quantity].ideal;
  const range = `${from}–${to}${unit === "" ? "" : ` ${unit}`}`;
  return (
    <li className="flex items-center gap-3 py-3">
      <Icon aria-hidden="true" className="mt-[3px] size-[18px] shrink-0 self-start text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium text-ink-2">{text(`sensor.${quantity}`)}</p>
        <p className="num text-xs text-ink-3">{text("customer.ideal", { range })}</p>
      </div>
      <Sparkline history={history} quantity={quantity} mark={mark} />
      <div className="w-[76px] shrink-0 text-right">
        <p className="num text-lg font-semibold">
          {value ?? text("sensor.none")}
          {value !== null && unit !== "" && (
            <span className="ml-px text-sm font-medium text-ink-3">{unit}</span>
          )}
        </p>
        <p className={`flex items-center justify-end gap-1.5 text-xs font-medium ${words[mark]}`}>
          <LevelMark mark={mark} on="page" />
          {text(`level.${mark}`)}
        </p>
      </div>
    </li>
  );
}
