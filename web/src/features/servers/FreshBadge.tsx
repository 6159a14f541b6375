import { useText } from "../../shared/i18n/I18nContext";
import { spanText } from "../../shared/time/format";

/** Whether the figures on the page are of now. */
export function FreshBadge({ staleFor }: { staleFor: number | null }) {
  const text = useText();
  const isFresh = staleFor === null;
  const dot = isFresh ? "bg-ok-fill animate-live" : "border-2 border-warn-fill";
  return (
    <span
      data-testid="servers-fresh"
      data-state={isFresh ? "fresh" : "stale"}
      className="inline-flex h-8 items-center gap-2 text-sm font-semibold text-ink-2"
    >
      <span aria-hidden="true" className={`size-2.5 rounded-full ${dot}`} />
      <span className="num">
        {isFresh
          ? text("servers.fresh")
          : text("servers.stale", { span: spanText(staleFor, text) })}
      </span>
    </span>
  );
}
