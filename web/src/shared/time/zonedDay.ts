/** Days of a workshop's calendar: they begin and end where it is, not where the browser is. */

/** "2026-11-27", as a date input has it. */
export function dayOf(atMs: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(atMs);
}

/** From midnight to midnight, in ms since 1970; 23 to 25 hours where clocks are changed. */
export function boundsOfDay(
  day: string,
  timeZone: string | undefined,
): { fromMs: number; toMs: number } {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const dayMs = 86_400_000;
  const next = new Date(noon + dayMs).toISOString().slice(0, 10);
  return { fromMs: midnight(day, timeZone), toMs: midnight(next, timeZone) };
}

function midnight(day: string, timeZone: string | undefined): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  // The offset at about that moment, and once more at the moment that it leads to.
  const first = utc - offsetMs(utc, timeZone);
  return utc - offsetMs(first, timeZone);
}

/** How far the zone's clocks are ahead of UTC. */
function offsetMs(atMs: number, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(atMs);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((part) => part.type === type)?.value ?? "00";
  const local = Date.parse(
    `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:${of("second")}Z`,
  );
  return local - Math.floor(atMs / 1000) * 1000;
}
