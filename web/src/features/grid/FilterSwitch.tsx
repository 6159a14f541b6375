import { useText } from "../../shared/i18n/I18nContext";
import { usePitsValue } from "../../shared/live/LiveContext";
import { summaryOf } from "./pitCondition";

export type Filter = "all" | "attention";

const filters: readonly Filter[] = ["all", "attention"];

export function FilterSwitch(props: { filter: Filter; onChange: (filter: Filter) => void }) {
  const text = useText();
  const summary = usePitsValue(summaryOf);
  const counts: Record<Filter, number> = { all: summary.total, attention: summary.attention };
  return (
    <fieldset className="flex w-full rounded-ctl bg-sunken p-[3px] sm:w-auto">
      <legend className="sr-only">{text("grid.filter")}</legend>
      {filters.map((filter) => (
        <label
          key={filter}
          className="flex h-10 flex-1 cursor-pointer items-center justify-center gap-1.5 rounded-[8px] px-3 text-sm font-medium whitespace-nowrap text-ink-2 has-checked:bg-raised has-checked:font-semibold has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent lg:h-8"
        >
          <input
            type="radio"
            name="pit-filter"
            className="sr-only"
            checked={props.filter === filter}
            onChange={() => props.onChange(filter)}
          />
          {text(`grid.${filter}`)}
          <span className="num text-ink-3">{counts[filter]}</span>
        </label>
      ))}
    </fieldset>
  );
}
