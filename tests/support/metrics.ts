import { call } from "./http.ts";

/** A value of /metrics: metric("pitview_ingest_refused_total", { reason: "too_old" }). */
export async function metric(name: string, labels: Record<string, string> = {}): Promise<number> {
  const { text } = await call("GET", "/metrics");
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  for (const line of text.split("\n")) {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match?.[1] !== name) continue;
    const found = (match[2] ?? "").split(",");
    if (wanted.every((label) => found.includes(label))) return Number(match[3]);
  }
  throw new Error(`/metrics has no ${name} {${wanted.join(",")}}`);
}

export const refused = (reason: string): Promise<number> =>
  metric("pitview_ingest_refused_total", { reason });
