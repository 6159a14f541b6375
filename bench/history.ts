// ./pit bench history: charts of a day to 90 days over months of readings of many pits, beside the
// query alone. bench/README.md says what exactly is measured.
import { makeMonths, type Pit, type Sizes, sizesOf } from "./history/data.ts";
import { chartSql } from "./history/sql.ts";
import { main, type NumberOption, program, type Result, say } from "./support/bench.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import type { Percentiles } from "./support/percentiles.ts";
import { run, type Stack } from "./support/stack.ts";
import { besideTarget, count, ms, type Row, table } from "./support/table.ts";
import { type CpuShares, coresUsed, disturbance, usEach } from "./support/usage.ts";

const help = `usage: ./pit bench history [--pits 300] [--days 90] [--seconds 8]

  --pits N      with a reading every 10 s
  --days N      of readings, the last three of them open
  --seconds N   how long each chart is measured, after 2 s of warm-up`;

const numbers = {
  pits: { least: 1, most: 3000, default: 300 },
  days: { least: 10, most: 90, default: 90 },
  seconds: { least: 1, most: 60, default: 8 },
} satisfies Record<string, NumberOption>;
type Options = Record<keyof typeof numbers, number>;

const targetMs = 50;
const dayMs = 86_400_000;
const connections = [1, 4]; // the server draws four charts at a time

// api/src/http_loop.h.
interface Figures {
  requests: number;
  refused: number;
  first_refusal: string;
  answer_bytes: number;
  latency: Percentiles;
  cpu: CpuShares;
}

interface Chart {
  name: string;
  fromDays: number;
  toDays: number;
  source: "minutes" | "quarters";
  /** As telemetry/history_rules.cpp plans it. */
  bucketS: number;
}

const charts = (days: number): Chart[] => [
  { name: "last day", fromDays: 1, toDays: 0, source: "minutes", bucketS: 120 },
  { name: "a packed day", fromDays: 7, toDays: 6, source: "minutes", bucketS: 120 },
  { name: "7 days", fromDays: 7, toDays: 0, source: "quarters", bucketS: 900 },
  ...(days >= 31
    ? [{ name: "30 days", fromDays: 30, toDays: 0, source: "quarters" as const, bucketS: 3600 }]
    : []),
  ...(days >= 90
    ? [{ name: "90 days", fromDays: 90, toDays: 0, source: "quarters" as const, bucketS: 10_800 }]
    : []),
];

interface Line {
  chart: Chart;
  connections: number;
  alone: Figures;
  served: Figures;
}

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  const began = Date.now();
  const pits = await makeMonths(stack, options.pits, options.days, signal);
  const seconds = Math.round((Date.now() - began) / 1000);
  const sizes = await sizesOf(stack);
  say(`${count(sizes.readings)} readings in ${seconds} s`);
  const status = await stack.status();
  const tool = async (what: string, input: object, atOnce: number): Promise<Figures> => {
    const args = [what, "--ms", String(1000 * options.seconds), "--connections", String(atOnce)];
    return JSON.parse(
      await run(program("api"), args, { input: JSON.stringify({ ...status, ...input }), signal }),
    ) as Figures;
  };
  const lines: Line[] = [];
  for (const chart of charts(options.days)) {
    const now = Date.now();
    const [from, to] = [chart.fromDays, chart.toDays].map((days) =>
      new Date(now - days * dayMs).toISOString(),
    ) as [string, string];
    const calls = pits.map(({ id, workshop }) => ({
      workshop,
      parameters: [String(id), from, to, String(chart.bucketS)],
    }));
    const query = { url: status.postgres.app_url, sql: chartSql(chart.source), calls };
    const requests = requestsOf(pits, `from=${from}&to=${to}`);
    for (const atOnce of connections) {
      say(`${chart.name}, ${atOnce} at once`);
      const alone = await tool("query", query, atOnce);
      lines.push({
        chart,
        connections: atOnce,
        alone,
        served: await tool("http", { requests }, atOnce),
      });
    }
  }
  return report(options, sizes, seconds, lines);
}

/** Every pit in turn, and every session of its workshop, so that none comes near its limit. */
function requestsOf(pits: Pit[], query: string) {
  const sessions = pits[0]?.tokens.length ?? 0;
  return Array.from({ length: sessions }, (_, round) =>
    pits.map(({ id, tokens }, i) => ({
      method: "GET",
      target: `/api/pits/${id}/sensors/history?${query}`,
      bearer: tokens[(i + round) % sessions] ?? "",
      body: "",
    })),
  ).flat();
}

function rowsOf({ chart, connections, alone, served }: Line): Row[] {
  const row = (name: string, { latency, requests, cpu }: Figures, more: string[]): Row => [
    name,
    ms(latency.p50_us),
    ms(latency.p99_us),
    count(requests / cpu.seconds),
    usEach(cpu, "server", requests).toFixed(0),
    usEach(cpu, "postgres", requests).toFixed(0),
    ...more,
  ];
  const name = `${chart.name}, ${connections} at once`;
  const ratio = served.latency.p50_us / alone.latency.p50_us;
  return [
    row(`${name}: the query alone`, alone, ["", ""]),
    row(name, served, [
      `${ratio.toFixed(2)} ×`,
      count(served.answer_bytes),
    ]),
  ];
}

async function report(
  options: Options,
  sizes: Sizes,
  seconds: number,
  lines: Line[],
): Promise<Result> {
  const where = await conditions();
  const figures = lines.flatMap(({ alone, served }) => [alone, served]);
  const longest = lines.filter((line) => line.connections === 1).at(-1);
  const p99 = longest?.served.latency.p99_us ?? 0;
  const refused = lines.filter(({ served }) => served.refused > 0);
  const mb = (bytes: number) => count(bytes / 2 ** 20);
  const text = [
    `## history: ${count(options.pits)} pits, ${options.days} days at 10 s, ${options.seconds} s each, ${where.date}`,
    `${sentenceOf(where)} Client, server and database on this one machine. ${count(sizes.readings)} readings, made in ` +
      `${seconds} s: packed ${mb(sizes.hours)} MB, open ${mb(sizes.open)} MB, rollups ${mb(sizes.rollups)} MB ` +
      `(${(sizes.rollups / sizes.readings).toFixed(2)} bytes a reading).`,
    ...disturbance(figures.map(({ cpu }) => cpu)),
    table(
      ["", "p50 ms", "p99 ms", "a second", "server µs each", "PostgreSQL", "of the query", "bytes"],
      lines.flatMap(rowsOf),
    ),
    `${besideTarget(`${longest?.chart.name} in ${ms(p99)} ms (p99)`, `≤ ${targetMs} ms`, p99 <= 1000 * targetMs)}.`,
    coresUsed(
      lines.map(({ chart, connections, served }) => [`${chart.name}, ${connections}`, served.cpu]),
    ),
    ...refused.map(
      ({ chart, served }) =>
        `${count(served.refused)} answers of '${chart.name}' were refusals: ${served.first_refusal.split("\r\n")[0]}.`,
    ),
  ].join("\n\n");
  return { text, complete: true };
}

await main<keyof typeof numbers, never>({
  name: "history",
  help,
  numbers,
  switches: {},
  programs: ["api"],
  measure,
});
