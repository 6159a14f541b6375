import { CircleCheck, CircleHelp, type LucideIcon, TriangleAlert } from "lucide-react";
import { useText } from "../../shared/i18n/I18nContext";
import { spanText } from "../../shared/time/format";
import { findingsOf, type Tone, toneOf } from "./condition";
import { findingText } from "./findingText";
import { Totals } from "./Totals";
import type { Watched } from "./watched";

type Look = Tone | "unknown";

const looks: Record<Look, { icon: LucideIcon; badge: string; ring: string }> = {
  ok: { icon: CircleCheck, badge: "bg-ok-soft text-ok", ring: "" },
  warn: {
    icon: TriangleAlert,
    badge: "bg-warn-soft text-warn",
    ring: "ring-2 ring-warn-fill ring-inset",
  },
  bad: {
    icon: TriangleAlert,
    badge: "bg-bad-soft text-bad",
    ring: "ring-2 ring-bad-fill ring-inset",
  },
  unknown: {
    icon: CircleHelp,
    badge: "bg-sunken text-ink-2",
    ring: "ring-2 ring-line-strong ring-inset",
  },
};

const toneTexts = {
  ok: "servers.toneOk",
  warn: "servers.toneWarn",
  bad: "servers.toneBad",
  unknown: "servers.toneUnknown",
} as const;

interface Props {
  servers: readonly Watched[];
  /** Null while the figures are fresh. */
  staleFor: number | null;
}

/** One look: is all well? Then what is not, and the figures of all servers together. */
export function Overview({ servers, staleFor }: Props) {
  const text = useText();
  const findings = findingsOf(servers);
  const [worst, ...others] = findings;
  const look: Look = staleFor !== null ? "unknown" : toneOf(findings);
  const { icon: Icon, badge, ring } = looks[look];
  const headline =
    staleFor !== null
      ? {
          title: text("servers.unknown"),
          more: text("servers.unknownMore", { span: spanText(staleFor, text) }),
        }
      : worst === undefined
        ? { title: text("servers.allWell"), more: text("servers.allWellMore") }
        : findingText(worst, text);
  return (
    <section
      data-testid="servers-overview"
      data-tone={look}
      className={`flex flex-col gap-4 rounded-card bg-surface p-4 shadow-card lg:p-5 ${ring}`}
    >
      {/* The figures change with every look; only the change of the whole is announced. */}
      <span role="status" className="sr-only">
        {text(toneTexts[look])}
      </span>
      <div className="flex items-start gap-3 lg:gap-4">
        <span
          className={`flex size-10 shrink-0 items-center justify-center rounded-full lg:size-12 ${badge}`}
        >
          <Icon aria-hidden="true" className="size-5 lg:size-6" />
        </span>
        <div className="min-w-0">
          <h2 data-testid="servers-headline" className="text-xl font-semibold text-ink">
            {headline.title}
          </h2>
          <p className="mt-0.5 text-base text-ink-2">{headline.more}</p>
          {staleFor === null && others.length > 0 && (
            <ul className="mt-2 flex flex-col gap-1 text-sm font-medium text-ink">
              {others.map((finding, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no state
                <li key={index} className="flex items-baseline gap-2">
                  <span aria-hidden="true" className="size-1.5 -translate-y-px bg-ink-3" />
                  {findingText(finding, text).title}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
      <Totals servers={servers} />
    </section>
  );
}
