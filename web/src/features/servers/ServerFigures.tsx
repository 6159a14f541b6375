import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import { countText, ratePerSecondText } from "./figures";
import { type Count, ratePerSecond, rise, type Watched } from "./watched";

interface Line {
  label: TextKey;
  count: Count;
  /** Growing is nothing good. */
  isUnwanted?: true;
}

const lines: readonly Line[] = [
  { label: "servers.accepted", count: (report) => report.readings_accepted },
  { label: "servers.stored", count: (report) => report.readings_stored },
  { label: "servers.known", count: (report) => report.readings_known },
  {
    label: "servers.asideCount",
    count: (report) => report.readings_set_aside,
    isUnwanted: true,
  },
  { label: "servers.superseded", count: (report) => report.live_superseded },
];

const now: readonly Line[] = [
  { label: "servers.waiting", count: (report) => report.readings_waiting },
  { label: "servers.live", count: (report) => report.live_connections },
  { label: "servers.adoptedCount", count: (report) => report.sessions_adopted, isUnwanted: true },
];

/** What it took in since its start and how fast that grows, and what it holds now. */
export function ServerFigures({ server }: { server: Watched }) {
  const text = useText();
  return (
    <div>
      <h3 className="mb-1 text-sm font-semibold text-ink-2">{text("servers.sinceStart")}</h3>
      <dl>
        {lines.map((line) => {
          const isRising = line.isUnwanted === true && rise(server, line.count) > 0;
          return (
            <div
              key={line.label}
              className="flex min-h-9 items-center gap-3 border-b border-line text-sm"
            >
              <dt className="min-w-0 flex-1 text-ink-2">{text(line.label)}</dt>
              <dd className="num w-20 text-right text-ink-3">
                {ratePerSecondText(ratePerSecond(server, line.count), text)}
              </dd>
              <dd
                className={`num w-24 text-right font-semibold ${isRising ? "text-warn" : "text-ink"}`}
              >
                {countText(line.count(server.report))}
              </dd>
            </div>
          );
        })}
      </dl>
      <dl className="mt-3 flex gap-x-8">
        {now.map((line) => {
          const value = line.count(server.report);
          const isUnwanted = line.isUnwanted === true && value > 0;
          return (
            <div key={line.label} className="flex min-w-0 flex-col-reverse">
              <dt className="text-xs text-ink-3">{text(line.label)}</dt>
              <dd className={`num text-lg font-semibold ${isUnwanted ? "text-warn" : "text-ink"}`}>
                {countText(value)}
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
