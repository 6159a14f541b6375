// What pitview-bench-live prints (bench/live/main.cpp, struct Report).

export interface Percentiles {
  samples: number;
  p50_us: number;
  p99_us: number;
  p999_us: number;
  max_us: number;
}

export interface Receiver {
  received: number;
  missing: number;
  again: number;
  latency: Percentiles;
}

export interface Report {
  rate: number;
  seconds: number;
  sent: number;
  confirmed: number;
  stored: number;
  refused: number;
  first_failure: string;
  live_lost: string;
  measured_from: string;
  measured_to: string;
  generator_late: Percentiles;
  broker: Receiver;
  live: Receiver;
  added: Percentiles;
  cpu: {
    server: number;
    mosquitto: number;
    postgres: number;
    bench: number;
    others: number;
    stolen: number;
  };
  server_us_per_message: number;
}

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
