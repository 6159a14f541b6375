import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";

interface Props {
  pit: Pit;
  isChosen: boolean;
  onChoose: () => void;
}

/** One pit to choose: the whole card is the target. */
export function PitOption({ pit, isChosen, onChoose }: Props) {
  const text = useText();
  const name = text("pit.name", { n: pit.pit_number });
  return (
    <label
      data-testid={`claim-pit-${pit.pit_number}`}
      className="flex min-h-16 cursor-pointer items-center gap-3.5 rounded-card bg-surface px-4 py-3 shadow-card has-checked:ring-2 has-checked:ring-accent"
    >
      <input
        type="radio"
        name="pit"
        className="size-5 shrink-0 accent-accent"
        checked={isChosen}
        onChange={onChoose}
      />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-semibold">
          {saysMore(pit) ? `${name} · ${pit.name}` : name}
        </span>
        <span className="block truncate text-sm text-ink-3">
          {pit.device === null ? text("claim.noSensor") : pit.device.device_id}
        </span>
      </span>
      {pit.status !== "active" && (
        <span className="shrink-0 text-sm text-ink-2">{text(`pit.${pit.status}`)}</span>
      )}
      {pit.device !== null && (
        <span className="shrink-0 rounded-chip bg-warn-soft px-2 py-1 text-xs font-semibold text-warn">
          {text("claim.replace")}
        </span>
      )}
    </label>
  );
}

/** A name that somebody gave; the one that a pit is made with only repeats its number. */
const saysMore = ({ name, pit_number }: Pit): boolean =>
  name.trim() !== "" && name !== `Pit ${pit_number}`;
