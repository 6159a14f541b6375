// ./pit bench scale: thousands of workshops at their usual rate and at ten times that rate:
// processor, memory, latency, and what a reading costs on disk. bench/README.md says what
// exactly is measured.
import { type Disk, diskOf, packedDisk } from "./scale/disk.ts";
import { main, type NumberOption, program, type Result, say } from "./support/bench.ts";
import { makeFleet } from "./support/bulkFleet.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import { latencies, latencyHead, type Percentiles } from "./support/percentiles.ts";
import { signIn } from "./support/sessions.ts";
import { run, type Stack } from "./support/stack.ts";
import { besideTarget, count, table } from "./support/table.ts";
import { type CpuShares, coresUsed, disturbance, usEach } from "./support/usage.ts";

const help = `usage: ./pit bench scale [--seconds 600] [--workshops 1000] [--known 10000]

  --seconds N     how long each of the two rates is measured
  --workshops N   whose three devices send, and whose owner watches
  --known N       devices in the database; those beyond the senders are silent`;

const numbers = {
  seconds: { least: 20, most: 86_400, default: 600 },
  workshops: { least: 1, most: 3000, default: 1000 },
  known: { least: 3, most: 50_000, default: 10_000 },
} satisfies Record<string, NumberOption>;
type Options = Record<keyof typeof numbers, number>;

const pitsOfEach = 3;
const periodsMs = [10_000, 1000];
const targetCore = 0.05;
const targetServerMb = 150;
const targetBytes = 60;

// scale/main.cpp.
interface Report {
  sent: number;
  confirmed: number;
  stored: number;
  refused: number;
  sockets: number;
  received: number;
  measured: number;
  measured_from: string;
  late: Percentiles;
  live: Percentiles;
  cpu: CpuShares;
  memory: { server: number; mosquitto: number; postgres: number };
  lost: string;
}
interface Run {
  periodMs: number;
  report: Report;
  committed: Percentiles;
  rows: number;
  different: number;
}
async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  // Says of each row when its transaction was committed.
  await stack.sql("ALTER SYSTEM SET track_commit_timestamp = on");
  await stack.restart("postgres", signal);
  const workshops = Math.max(options.workshops, Math.ceil(options.known / pitsOfEach));
  const { devices, owners } = await makeFleet(stack, workshops, pitsOfEach, signal);
  const senders = options.workshops * pitsOfEach;
  const runs: Run[] = [];
  for (const periodMs of periodsMs) {
    say(`${senders} devices, a reading each ${periodMs / 1000} s, for ${options.seconds} s`);
    const bootId = periodMs;
    const tokens = await signIn(stack, owners.slice(0, options.workshops));
    const input = JSON.stringify({ ...(await stack.status()), devices, tokens });
    // One period more, in which everything begins.
    const readings = Math.ceil((1000 * options.seconds) / periodMs) + 1;
    const args = ["--devices", String(senders), "--period-ms", String(periodMs)];
    args.push("--readings", String(readings), "--boot-id", String(bootId));
    const report = JSON.parse(await run(program("scale"), args, { input, signal })) as Report;
    runs.push({ periodMs, report, ...(await storedOf(stack, bootId, report.measured_from)) });
  }
  return tables(
    options,
    devices.length,
    runs,
    await diskOf(stack),
    await packedDisk(stack, devices),
  );
}

async function storedOf(
  stack: Stack,
  bootId: number,
  from: string,
): Promise<Omit<Run, "periodMs" | "report">> {
  const text = await stack.sql(
    `WITH late AS (
       SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - measured_at) * 1e6 AS us
       FROM sensor_data WHERE boot_id = ${bootId} AND measured_at >= '${from}')
     SELECT json_build_object(
       'committed', (SELECT json_build_object('samples', count(*), 'p50_us', percentile_disc(0.5) WITHIN GROUP (ORDER BY us),
          'p99_us', percentile_disc(0.99) WITHIN GROUP (ORDER BY us),
          'p999_us', percentile_disc(0.999) WITHIN GROUP (ORDER BY us), 'max_us', max(us)) FROM late),
       'rows', count(*),
       'different', count(DISTINCT (device_key, seq)))
     FROM sensor_data WHERE boot_id = ${bootId}`,
  );
  return JSON.parse(text) as Omit<Run, "periodMs" | "report">;
}

function complaintsOf({ report, rows, different }: Run): string[] {
  const found: string[] = [];
  const say = (wrong: boolean, sentence: string) => wrong && found.push(sentence);
  const { sent, confirmed, refused, received } = report;
  say(report.lost !== "", `A connection was refused or lost: ${report.lost.slice(0, 200)}.`);
  say(confirmed < sent, `${count(sent - confirmed)} readings were not confirmed by Mosquitto.`);
  say(refused > 0, `${count(refused)} readings were refused by the server.`);
  say(different < sent, `${count(sent - different)} readings were lost.`);
  say(rows > different, `${count(rows - different)} readings were stored twice.`);
  say(received < sent, `${count(sent - received)} readings did not reach a WebSocket.`);
  return found;
}

const mb = (bytes: number) => Math.round(bytes / 2 ** 20);

function section({ periodMs, ...run }: Run, senders: number): string {
  const { report, committed } = run;
  const { cpu, memory } = report;
  const rate = senders / (periodMs / 1000);
  const usual = periodMs === periodsMs[0];
  const share = `The server takes ${(100 * cpu.server).toFixed(1)} % of a core`;
  const serverMb = mb(memory.server);
  const held = `${serverMb} MB with ${count(report.sockets)} sockets open`;
  return [
    `${count(rate)} readings/s, each device every ${periodMs / 1000} s:`,
    table(latencyHead, [
      latencies("publish → committed", committed),
      latencies("publish → WebSocket", report.live),
      latencies("the sender was late by", report.late),
    ]),
    `${usual ? besideTarget(share, `≤ ${100 * targetCore} %`, cpu.server <= targetCore) : share}, ` +
      `${usEach(cpu, "server", report.measured).toFixed(0)} µs a reading, and ` +
      `${besideTarget(held, `≤ ${targetServerMb} MB`, serverMb <= targetServerMb)}; ` +
      `Mosquitto ${mb(memory.mosquitto)} MB, PostgreSQL ${mb(memory.postgres)} MB.`,
    coresUsed([["", cpu]]),
    `Sent ${count(report.sent)}, confirmed by Mosquitto ${count(report.confirmed)}, in the database ${count(run.rows)} rows, ` +
      `${count(run.different)} of them different; over WebSockets ${count(report.received)}.`,
    ...complaintsOf({ periodMs, ...run }),
  ].join("\n\n");
}

function diskTable(disk: Disk, packed: Disk | null): string {
  const row = (name: string, { rows, table: heap, index }: Disk) => [
    name,
    count(rows),
    (heap / rows).toFixed(1),
    (index / rows).toFixed(1),
    ((heap + index) / rows).toFixed(1),
  ];
  const last = packed ?? disk;
  const bytes = (last.table + last.index) / last.rows;
  return [
    table(
      ["bytes on disk per reading", "readings", "table", "index", "both"],
      [row("as stored", disk), ...(packed === null ? [] : [row("packed", packed)])],
    ),
    `${besideTarget(`${bytes.toFixed(1)} bytes of table and index per reading`, `≤ ${targetBytes}`, bytes <= targetBytes)}.`,
  ].join("\n\n");
}

async function tables(
  options: Options,
  known: number,
  runs: Run[],
  disk: Disk,
  packed: Disk | null,
): Promise<Result> {
  const where = await conditions();
  const senders = options.workshops * pitsOfEach;
  const text = [
    `## scale: ${count(options.workshops)} workshops, ${count(senders)} devices for ${options.seconds} s, ${where.date}`,
    `${sentenceOf(where)} Devices, broker, server, database and all sockets on this one machine. ` +
      `${count(known)} devices known.`,
    ...disturbance(runs.map(({ report }) => report.cpu)),
    ...runs.map((run) => section(run, senders)),
    diskTable(disk, packed),
  ].join("\n\n");
  const complete = runs.every(
    ({ report, rows, different }) => different >= report.sent && rows === different,
  );
  return { text, complete };
}

await main<keyof typeof numbers, never>({
  name: "scale",
  help,
  numbers,
  switches: {},
  programs: ["scale"],
  measure,
});
