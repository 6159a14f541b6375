// ./pit bench ingest: messages a second from publish to the committed row, at saturation,
// beside what Mosquitto alone and PostgreSQL alone can do. bench/README.md says what
// exactly is measured.
import { main, type NumberOption, program, type Result, say } from "./support/bench.ts";
import { makeFleet } from "./support/bulkFleet.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import { run, type Stack } from "./support/stack.ts";
import { besideTarget, count, percent, table } from "./support/table.ts";
import { type CpuShares, coresUsed, disturbance, type Process, usEach } from "./support/usage.ts";

const help = `usage: ./pit bench ingest [--seconds 25] [--workshops 700] [--connections 40]

  --seconds N     how long is measured, of Mosquitto alone and of the whole way
  --warm-up N     at full speed before that
  --workshops N   with three devices each
  --connections N to the broker, which the devices share
  --window N      messages on the way at once at most
  --queue-limits  with the product's max_queued_messages and max_queued_bytes (bench/README.md)`;

const numbers = {
  seconds: { least: 1, most: 3600, default: 25 },
  "warm-up": { least: 0, most: 600, default: 5 },
  workshops: { least: 1, most: 5000, default: 700 },
  connections: { least: 1, most: 5000, default: 40 },
  window: { least: 1, most: 45_000, default: 12_000 },
} satisfies Record<string, NumberOption>;
const switches = { "queue-limits": false };
type Options = Record<keyof typeof numbers, number> & Record<keyof typeof switches, boolean>;

// ingest/src/saturation.h and copy_rows.h.
interface Saturated {
  sent: number;
  confirmed: number;
  done: number;
  measured: number;
  batches: number;
  cpu: CpuShares;
  lost: string;
}
interface Copied {
  rows: number;
  batches: number;
  cpu: CpuShares;
}

interface Stored {
  rows: number;
  different: number;
}

const bootId = 4711;
const copyBatch = 2000;
const copyRows = 600_000;
const targetShare = 0.7;
const targetServerUs = 25;

async function storedRows(stack: Stack): Promise<Stored> {
  const [rows, different] = (
    await stack.sql(
      `SELECT sum(n), count(*) FROM (
         SELECT count(*) AS n FROM sensor_data WHERE boot_id = ${bootId} GROUP BY device_key, seq) one`,
    )
  ).split("|");
  return { rows: Number(rows), different: Number(different) };
}

/** A table like sensor_data in everything that costs, columns, index, checks, partitions. */
async function twinOfSensorData(stack: Stack): Promise<string> {
  await stack.sql(`
    DO $$
    DECLARE part record;
    BEGIN
      CREATE SCHEMA bench;
      EXECUTE format('CREATE TABLE bench.sensor_data (LIKE public.sensor_data INCLUDING ALL) PARTITION BY %s',
                     pg_get_partkeydef('public.sensor_data'::regclass));
      FOR part IN SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bound
                  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                  WHERE i.inhparent = 'public.sensor_data'::regclass LOOP
        EXECUTE format('CREATE TABLE bench.%I PARTITION OF bench.sensor_data %s', part.relname, part.bound);
      END LOOP;
    END $$;
    CHECKPOINT`);
  return "bench.sensor_data";
}

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  if (!options["queue-limits"])
    await stack.withoutBrokerSettings(["max_queued_messages", "max_queued_bytes"], signal);
  const { devices } = await makeFleet(stack, options.workshops, 3, signal);
  const status = await stack.status();
  const input = JSON.stringify({ ...status, devices });
  const tool = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(await run(program("ingest"), args, { input, signal })) as T;
  const flood = ["--broker-password-file", stack.brokerPasswordFile, "--boot-id", String(bootId)];
  for (const name of ["seconds", "warm-up", "connections", "window"] as const)
    flood.push(`--${name}`, String(options[name]));

  say(`Mosquitto alone for ${options.seconds} s`);
  const broker = await tool<Saturated>("broker", ...flood);
  say(`publish to committed row for ${options.seconds} s`);
  const ingest = await tool<Saturated>("ingest", ...flood);
  const stored = await storedRows(stack);
  say("binary COPY of the same rows");
  const copy = await tool<Copied>(
    ...["copy", "--url", status.postgres.superuser_url, "--table", await twinOfSensorData(stack)],
    ...["--batch", String(copyBatch)],
    ...[
      "--rows",
      `SELECT * FROM sensor_data WHERE boot_id = ${bootId} ORDER BY received_at, seq LIMIT ${copyRows}`,
    ],
  );
  return report(options, devices.length, { broker, ingest, stored, copy });
}

interface Runs {
  broker: Saturated;
  ingest: Saturated;
  stored: Stored;
  copy: Copied;
}

function complaints({ broker, ingest, stored }: Runs): string[] {
  const found: string[] = [];
  const say = (wrong: boolean, sentence: string) => wrong && found.push(sentence);
  say(ingest.lost !== "", `A connection to Mosquitto was lost: ${ingest.lost}.`);
  say(
    ingest.confirmed < ingest.sent,
    `${count(ingest.sent - ingest.confirmed)} messages were not confirmed by Mosquitto.`,
  );
  say(
    stored.different < ingest.sent,
    `${count(ingest.sent - stored.different)} messages were lost.`,
  );
  say(
    stored.rows > stored.different,
    `${count(stored.rows - stored.different)} messages were stored twice.`,
  );
  say(
    broker.done < broker.sent,
    `${count(broker.sent - broker.done)} messages did not reach the plain subscriber.`,
  );
  return found;
}

async function report(options: Options, devices: number, runs: Runs): Promise<Result> {
  const { broker, ingest, stored, copy } = runs;
  const where = await conditions();
  const rate = (messages: number, cpu: CpuShares) => messages / cpu.seconds;
  const rates = {
    broker: rate(broker.measured, broker.cpu),
    ingest: rate(ingest.measured, ingest.cpu),
    copy: rate(copy.rows, copy.cpu),
  };
  const row = (name: string, messages: number, cpu: CpuShares, processes: Process[]) => [
    name,
    count(rate(messages, cpu)),
    ...(["server", "postgres", "mosquitto", "bench"] as const).map((process) =>
      processes.includes(process) ? usEach(cpu, process, messages).toFixed(1) : "–",
    ),
  ];
  const ofLimit = rates.ingest / Math.min(rates.broker, rates.copy);
  const serverUs = usEach(ingest.cpu, "server", ingest.measured);
  const wrong = complaints(runs);
  const text = [
    `## ingest: ${options.seconds} s at saturation, ${where.date}`,
    `${sentenceOf(where)} Senders, broker, server and database on this one machine. ${count(devices)} devices, ` +
      `${options.connections} connections, at most ${count(options.window)} messages on the way.` +
      (options["queue-limits"] ? "" : " Mosquitto without bounds of its queue."),
    ...disturbance([broker.cpu, ingest.cpu, copy.cpu]),
    table(
      ["", "messages/s", "server µs each", "PostgreSQL", "Mosquitto", "this benchmark"],
      [
        row("Mosquitto alone: publish → plain subscriber", broker.measured, broker.cpu, [
          "mosquitto",
          "bench",
        ]),
        row(`binary COPY alone, ${count(copyBatch)} rows each`, copy.rows, copy.cpu, [
          "postgres",
          "bench",
        ]),
        row("PitView: publish → committed row", ingest.measured, ingest.cpu, [
          "server",
          "postgres",
          "mosquitto",
          "bench",
        ]),
      ],
    ),
    [
      besideTarget(
        `PitView reaches ${percent(ofLimit)} of the lower limit`,
        `≥ ${percent(targetShare)}`,
        ofLimit >= targetShare,
      ),
      `${besideTarget(
        `the server takes ${serverUs.toFixed(1)} µs of processor time per message`,
        `≤ ${targetServerUs} µs`,
        serverUs <= targetServerUs,
      )}.`,
    ].join("; "),
    `Sent ${count(ingest.sent)} with the warm-up; confirmed by Mosquitto ${count(ingest.confirmed)}; in the database ` +
      `${count(stored.rows)} rows, ${count(stored.different)} of them different. ` +
      `${(ingest.batches / ingest.cpu.seconds).toFixed(1)} commits a second of ` +
      `${count(ingest.measured / Math.max(ingest.batches, 1))} rows on average.`,
    coresUsed([
      ["Mosquitto alone", broker.cpu],
      ["COPY alone", copy.cpu],
      ["PitView", ingest.cpu],
    ]),
    ...wrong,
  ].join("\n\n");
  return { text, complete: wrong.length === 0 };
}

await main<keyof typeof numbers, keyof typeof switches>({
  name: "ingest",
  help,
  numbers,
  switches,
  programs: ["ingest"],
  measure,
});
