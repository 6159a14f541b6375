// Percentiles in whole microseconds, as the C++ tools print them (support/src/arrivals.h).
import { ms, type Row } from "./table.ts";

export interface Percentiles {
  samples: number;
  p50_us: number;
  p99_us: number;
  p999_us: number;
  max_us: number;
}

const columns = ["p50_us", "p99_us", "p999_us", "max_us"] as const;

export const latencyHead: Row = ["ms", "p50", "p99", "p99.9", "max", "samples"];

export const latencies = (name: string, latency: Percentiles, format = ms): Row => [
  name,
  ...columns.map((column) => (latency.samples === 0 ? "–" : format(latency[column]))),
  latency.samples.toLocaleString("en-US"),
];

export const latencyRatio = (name: string, ours: Percentiles, limit: Percentiles): Row => [
  name,
  ...columns.map((column) =>
    limit[column] > 0 ? `${(ours[column] / limit[column]).toFixed(1)} ×` : "–",
  ),
  "",
];

/** Nearest rank, as in arrivals.cpp. */
export function percentilesOf(latenciesUs: number[]): Percentiles {
  const sorted = Float64Array.from(latenciesUs).sort();
  const rank = (perMille: number) =>
    sorted[Math.max(Math.ceil((sorted.length * perMille) / 1000), 1) - 1] ?? 0;
  return {
    samples: sorted.length,
    p50_us: rank(500),
    p99_us: rank(990),
    p999_us: rank(999),
    max_us: rank(1000),
  };
}
