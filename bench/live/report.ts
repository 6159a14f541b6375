// What pitview-bench-live prints (bench/live/main.cpp, struct Report).
import type { Percentiles } from "../support/percentiles.ts";
import type { CpuShares } from "../support/usage.ts";

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
  superseded: number;
  first_failure: string;
  live_lost: string;
  measured_from: string;
  measured_to: string;
  generator_late: Percentiles;
  broker: Receiver;
  live: Receiver;
  added: Percentiles;
  cpu: CpuShares;
  server_us_per_message: number;
}
