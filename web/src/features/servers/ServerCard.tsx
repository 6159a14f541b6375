import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import type { Mark } from "../../shared/sensors/levels";
import { spanText } from "../../shared/time/format";
import { LevelMark } from "../../shared/ui/LevelMark";
import { conditionOf, type ServerCondition } from "./condition";
import { memoryText, nameText } from "./figures";
import { Refusals } from "./Refusals";
import { ServerFigures } from "./ServerFigures";
import type { Watched } from "./watched";

const looks: Record<ServerCondition, { mark: Mark; chip: string; ring: string; text: TextKey }> = {
  well: { mark: "good", chip: "bg-ok-soft text-ok", ring: "", text: "servers.well" },
  ill: {
    mark: "poor",
    chip: "bg-bad-soft text-bad",
    ring: "ring-2 ring-bad-fill ring-inset",
    text: "servers.ill",
  },
  silent: {
    mark: "poor",
    chip: "bg-bad-soft text-bad",
    ring: "ring-2 ring-bad-fill ring-inset",
    text: "servers.silentChip",
  },
};

const roleTexts: Readonly<Record<string, TextKey>> = {
  api: "servers.roleApi",
  ingest: "servers.roleIngest",
};

interface Props {
  server: Watched;
  /** The figures are old: what they say about its state may not be true any more. */
  isStale: boolean;
}

/** One server: what it does, how it is, what it takes in and what it refuses. */
export function ServerCard({ server, isStale }: Props) {
  const text = useText();
  const { report, silentMs } = server;
  const condition = conditionOf(server);
  const look = looks[condition];
  const name = nameText(report.name, text);
  const upMs = Date.parse(report.reported_at) - Date.parse(report.started_at);
  const more = [
    ...report.roles.map((role) => {
      const key = Object.hasOwn(roleTexts, role) ? roleTexts[role] : undefined;
      return key === undefined ? role : text(key);
    }),
    condition === "silent"
      ? text("servers.lastReport", { span: spanText(silentMs, text) })
      : text("servers.running", { span: spanText(upMs, text) }),
    memoryText(report.memory_bytes, text),
  ];
  return (
    <article
      aria-label={name}
      data-testid={`server-${report.name}`}
      data-state={condition}
      className={`rounded-card bg-surface p-4 shadow-card lg:p-5 ${isStale ? "" : look.ring}`}
    >
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
        <h2 className="text-lg font-semibold text-ink">{name}</h2>
        {isStale ? (
          <Chip mark="stale" look="bg-sunken text-ink-2">
            {text("servers.notKnown")}
          </Chip>
        ) : (
          <Chip mark={look.mark} look={look.chip}>
            {text(look.text)}
          </Chip>
        )}
        {report.sessions_adopted > 0 && (
          <Chip mark="fair" look="bg-warn-soft text-warn">
            {text("servers.adoptedChip", { n: report.sessions_adopted })}
          </Chip>
        )}
        <p className="num flex w-full flex-wrap gap-x-1 text-sm text-ink-3 sm:ml-auto sm:w-auto">
          {more.map((part, index) => (
            <span key={part}>{index < more.length - 1 ? `${part} ·` : part}</span>
          ))}
        </p>
      </div>
      <div className="mt-4 grid gap-x-10 gap-y-5 lg:grid-cols-2">
        <ServerFigures server={server} />
        <Refusals server={server} />
      </div>
    </article>
  );
}

function Chip({ mark, look, children }: { mark: Mark; look: string; children: string }) {
  return (
    <span
      className={`num inline-flex h-6 items-center gap-1.5 rounded-chip px-2 text-xs font-semibold ${look}`}
    >
      <LevelMark mark={mark} on="page" />
      {children}
    </span>
  );
}
