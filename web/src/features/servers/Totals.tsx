import { useText } from "../../shared/i18n/I18nContext";
import { conditionOf } from "./condition";
import { countText, rateText } from "./figures";
import { refusedAs } from "./refusals";
import { type Count, ratePerSecond, riseInMinute, type Watched } from "./watched";

/** Of all servers together, those that are silent left out. Number, then label; no boxes. */
export function Totals({ servers }: { servers: readonly Watched[] }) {
  const text = useText();
  const heard = servers.filter((server) => conditionOf(server) !== "silent");
  const sum = (of: (server: Watched) => number): number =>
    heard.reduce((total, server) => total + of(server), 0);
  const rate = (count: Count): number | null => {
    const rates = heard.map((server) => ratePerSecond(server, count)).filter((r) => r !== null);
    return rates.length === 0 ? null : rates.reduce((total, one) => total + one, 0);
  };
  const shed = sum((server) => riseInMinute(server, refusedAs("lost", "shed")));
  const refused = sum((server) => riseInMinute(server, refusedAs("faulty")));
  const figures = [
    {
      name: "rateAccepted",
      value: rateText(
        rate((r) => r.readings_accepted),
        text,
      ),
    },
    {
      name: "rateStored",
      value: rateText(
        rate((r) => r.readings_stored),
        text,
      ),
    },
    { name: "waitingNow", value: countText(sum(({ report }) => report.readings_waiting)) },
    { name: "shedMinute", value: countText(shed), isBad: shed > 0 },
    { name: "refusedMinute", value: countText(refused), isWarn: refused > 0 },
    { name: "liveNow", value: countText(sum(({ report }) => report.live_connections)) },
  ] as const;
  return (
    <dl className="grid grid-cols-3 gap-x-2 gap-y-3 border-t border-line pt-4 sm:flex sm:flex-wrap sm:gap-x-8 lg:gap-x-10">
      {figures.map((figure) => (
        <div key={figure.name} className="flex min-w-0 flex-col-reverse justify-end">
          <dt className="text-xs text-ink-3">{text(`servers.${figure.name}`)}</dt>
          <dd
            data-testid={`servers-${figure.name}`}
            className={`num text-xl font-semibold ${
              "isBad" in figure && figure.isBad
                ? "text-bad"
                : "isWarn" in figure && figure.isWarn
                  ? "text-warn"
                  : "text-ink"
            }`}
          >
            {figure.value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
