// What processes used between two moments, as the C++ tools print it (support/src/usage.h).
import { readFileSync } from "node:fs";
import { share, table } from "./table.ts";

const ticksPerSecond = 100; // USER_HZ, which Linux promises to programs

/** Seconds of processor a process has used; proc(5): the fields behind its name. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export interface CpuShares {
  seconds: number;
  server: number;
  mosquitto: number;
  postgres: number;
  bench: number;
  others: number;
  stolen: number;
}

export type Process = "server" | "mosquitto" | "postgres" | "bench";

/** Processor time of each of so many messages (requests, rows, …). */
export const usEach = (cpu: CpuShares, process: Process, messages: number): number =>
  messages > 0 ? (cpu[process] * cpu.seconds * 1e6) / messages : 0;

/** Above this share of a core the run was not alone on the machine. */
const quietShare = 0.1;

/** A sentence when other work disturbed one of the runs. */
export function disturbance(runs: CpuShares[]): string[] {
  const most = Math.max(...runs.map((cpu) => cpu.others + cpu.stolen));
  return most > quietShare
    ? [`Provisional: other work took up to ${share(most)} cores meanwhile.`]
    : [];
}

export const coresUsed = (rows: [name: string, cpu: CpuShares][]): string =>
  table(
    ["cores used", "server", "Mosquitto", "PostgreSQL", "this benchmark", "all else", "stolen"],
    rows.map(([name, { server, mosquitto, postgres, bench, others, stolen }]) => [
      name,
      ...[server, mosquitto, postgres, bench, others, stolen].map(share),
    ]),
  );
