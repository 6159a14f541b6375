import type { Text } from "../../shared/i18n/i18n";

/** Figures are grouped in the Indian way in both languages. */

const whole = new Intl.NumberFormat("en-IN", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-IN", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export const countText = (count: number): string => whole.format(count);

/** 0.4, 12.5, 340; a dash while it is not known. Without its unit. */
export function rateText(perSecond: number | null, text: Text): string {
  if (perSecond === null) return text("servers.none");
  return perSecond < 99.95 ? tenths.format(perSecond) : whole.format(perSecond);
}

export const ratePerSecondText = (perSecond: number | null, text: Text): string =>
  perSecond === null
    ? text("servers.none")
    : text("servers.rate", { n: rateText(perSecond, text) });

export function memoryText(bytes: number, text: Text): string {
  if (bytes < 999_500_000) return text("servers.megabytes", { n: whole.format(bytes / 1e6) });
  return text("servers.gigabytes", { n: tenths.format(bytes / 1e9) });
}

/** A server that is the only one may have no name. */
export const nameText = (name: string, text: Text): string =>
  name === "-" ? text("servers.only") : name;
