import type { Text } from "../../shared/i18n/i18n";
import { spanText } from "../../shared/time/format";
import type { Finding } from "./condition";
import { countText, nameText } from "./figures";

export interface FindingText {
  title: string;
  /** What that means, and what happens next. */
  more: string;
}

type Counted = "lost" | "leftAway" | "leftFull" | "leftOver" | "tooMany" | "setAside" | "refused";

const leftWords = { away: "leftAway", full: "leftFull", over: "leftOver" } as const;

/** A finding in plain words. */
export function findingText(finding: Finding, text: Text): FindingText {
  const counted = (what: Counted, count: number): string =>
    count === 1 ? text(`servers.${what}One`) : text(`servers.${what}Many`, { n: countText(count) });
  switch (finding.kind) {
    case "lost":
    case "tooMany":
    case "setAside":
    case "refused":
      return {
        title: counted(finding.kind, finding.count),
        more: text(`servers.${finding.kind}More`),
      };
    case "left":
      return {
        title: counted(leftWords[finding.cause], finding.count),
        more: text("servers.leftMore"),
      };
    case "behind":
      return {
        title: text("servers.behind", { n: countText(finding.count) }),
        more: text("servers.behindMore"),
      };
    case "noIngest":
      return { title: text("servers.noIngest"), more: text("servers.noIngestMore") };
    case "unhealthy":
    case "adopted":
      return {
        title: text(`servers.${finding.kind}`, { name: nameText(finding.name, text) }),
        more: text(`servers.${finding.kind}More`),
      };
    case "silent": {
      const span = spanText(finding.silentMs, text);
      return {
        title: text("servers.silent", { name: nameText(finding.name, text), span }),
        more: text("servers.silentMore"),
      };
    }
  }
}
