import { useText } from "../../shared/i18n/I18nContext";
import { LevelMark } from "../../shared/ui/LevelMark";
import { countText } from "./figures";
import { inOrder, type RefusalKind, reasonText, refusalKind, refusedFor } from "./refusals";
import { rise, type Watched } from "./watched";

/** Colours only while a count grows: what once happened is no state. */
const rising: Record<RefusalKind, { text: string; chip: string; mark: "fair" | "poor" }> = {
  lost: { text: "text-bad", chip: "bg-bad-soft text-bad", mark: "poor" },
  shed: { text: "text-bad", chip: "bg-bad-soft text-bad", mark: "poor" },
  faulty: { text: "text-warn", chip: "bg-warn-soft text-warn", mark: "fair" },
};

/** Why messages were not stored, and how many for each reason. */
export function Refusals({ server }: { server: Watched }) {
  const text = useText();
  const refused = inOrder(server.report.refused);
  return (
    <div>
      <h3 className="mb-1 text-sm font-semibold text-ink-2">{text("servers.refused")}</h3>
      {refused.length === 0 ? (
        <p className="py-2 text-sm text-ink-3">{text("servers.nothingRefused")}</p>
      ) : (
        <ul>
          {refused.map(({ reason, count }) => {
            const key = reasonText(reason);
            const more = rise(server, refusedFor(reason));
            const look = more > 0 ? rising[refusalKind(reason)] : null;
            return (
              <li
                key={reason}
                data-testid={`refusal-${reason}`}
                data-rising={more > 0}
                className="flex min-h-9 items-center gap-3 border-b border-line py-1 text-sm last:border-b-0"
              >
                <span className={`min-w-0 flex-1 ${look?.text ?? "text-ink-2"}`}>
                  {key === null ? reason : text(key)}
                </span>
                {look !== null && (
                  <span
                    className={`num inline-flex h-6 items-center gap-1.5 rounded-chip px-2 text-xs font-semibold ${look.chip}`}
                  >
                    <LevelMark mark={look.mark} on="page" />
                    <span aria-hidden="true">{text("servers.rose", { n: countText(more) })}</span>
                    <span className="sr-only">
                      {text("servers.roseLong", { n: countText(more) })}
                    </span>
                  </span>
                )}
                <span
                  data-testid={`refusal-${reason}-count`}
                  className={`num min-w-12 text-right font-semibold ${look?.text ?? "text-ink"}`}
                >
                  {countText(count)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
