import { useText } from "../../shared/i18n/I18nContext";
import { usePitsValue } from "../../shared/live/LiveContext";
import { summaryOf } from "./pitCondition";

const shown = ["inWork", "free", "dueSoon", "overTime"] as const;

/** Number, then label; no boxes. */
export function Kpis() {
  const text = useText();
  const summary = usePitsValue(summaryOf);
  return (
    <dl className="grid w-full grid-cols-4 gap-2 sm:ml-auto sm:flex sm:w-auto sm:gap-6">
      {shown.map((name) => {
        const isBad = name === "overTime" && summary.overTime > 0;
        return (
          <div
            key={name}
            className="flex flex-col-reverse sm:flex-row-reverse sm:items-baseline sm:gap-2"
          >
            <dt className="text-sm text-ink-3">{text(`grid.${name}`)}</dt>
            <dd className={`num text-xl font-semibold ${isBad ? "text-bad" : "text-ink"}`}>
              {summary[name]}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
