// ./pit bench fanout: one event to a thousand and to ten thousand WebSockets of one workshop,
// beside a bare loop that writes as many bytes to as many sockets. bench/README.md says what
// exactly is measured.
import { main, type NumberOption, program, type Result, say } from "./support/bench.ts";
import { makeFleet } from "./support/bulkFleet.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import type { Percentiles } from "./support/percentiles.ts";
import { signIn } from "./support/sessions.ts";
import { run, type Stack } from "./support/stack.ts";
import { count, ms, table } from "./support/table.ts";
import { type CpuShares, coresUsed, disturbance } from "./support/usage.ts";

const help = `usage: ./pit bench fanout [--sockets N] [--events 60]

  --sockets N     so many, instead of 1,000 and then 10,000
  --events N      one after the other`;

const numbers = {
  sockets: { least: 0, most: 15_000, default: 0 },
  events: { least: 1, most: 800, default: 60 },
} satisfies Record<string, NumberOption>;
type Options = Record<keyof typeof numbers, number>;

const usualSockets = [1000, 10_000];
const socketsOfSession = 200; // a session may make 600 requests a minute

// fanout/main.cpp.
interface Report {
  sockets: number;
  first_loss: string;
  frame_bytes: number;
  superseded: number;
  rounds: {
    events: number;
    deliveries: number;
    missing: number;
    each: Percentiles;
    last: Percentiles;
  };
  cpu: CpuShares;
  writer: number;
  memory_before: number;
  memory_with_sockets: number;
  memory_after: number;
}
interface Pair {
  wanted: number;
  pitview: Report;
  plain: Report;
}

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  const { devices, owners } = await makeFleet(stack, 1, 1, signal);
  const pairs: Pair[] = [];
  for (const sockets of options.sockets > 0 ? [options.sockets] : usualSockets) {
    const sessions = Array.from({ length: Math.ceil(sockets / socketsOfSession) }, () => owners[0]);
    const tokens = await signIn(
      stack,
      sessions.flatMap((owner) => owner ?? []),
    );
    const input = JSON.stringify({ ...(await stack.status()), devices, tokens });
    // Room for the slowest part to be done with one event before the next is due.
    const interval = Math.max(250, Math.ceil(sockets / 10));
    const tool = async (...args: string[]): Promise<Report> => {
      args.push("--sockets", String(sockets), "--events", String(options.events));
      args.push("--interval-ms", String(interval));
      return JSON.parse(await run(program("fanout"), args, { input, signal })) as Report;
    };
    say(`${options.events} events to ${sockets} WebSockets`);
    const pitview = await tool("websockets");
    say(`and to ${sockets} plain sockets`);
    const bytes = Math.max(pitview.frame_bytes, 1);
    pairs.push({ wanted: sockets, pitview, plain: await tool("plain", "--bytes", String(bytes)) });
  }
  return report(pairs);
}

const lost = ({ rounds, superseded }: Report): number => rounds.missing - superseded;

const deliveriesPerSecond = ({ sockets, rounds }: Report): number =>
  rounds.last.p50_us > 0 ? (sockets * 1e6) / rounds.last.p50_us : 0;

const usPerDelivery = ({ writer, cpu, rounds }: Report): number =>
  rounds.deliveries > 0 ? (writer * cpu.seconds * 1e6) / rounds.deliveries : 0;

function figures({ wanted, pitview, plain }: Pair): string {
  const row = (name: string, one: Report) => [
    name,
    ms(one.rounds.each.p50_us),
    ms(one.rounds.last.p50_us),
    ms(one.rounds.last.p99_us),
    ms(one.rounds.last.max_us),
    count(deliveriesPerSecond(one)),
    usPerDelivery(one).toFixed(1),
  ];
  const ratio = deliveriesPerSecond(pitview) / deliveriesPerSecond(plain);
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  const kib = (pitview.memory_with_sockets - pitview.memory_before) / 1024 / pitview.sockets;
  return [
    `${count(wanted)} sockets, ${count(pitview.rounds.events)} events of ${pitview.frame_bytes} bytes, ms from due to:`,
    table(
      ["", "half of them", "the last (p50)", "p99", "max", "deliveries/s", "µs each"],
      [row("a bare loop over plain sockets", plain), row("PitView: publish → WebSockets", pitview)],
    ),
    `PitView delivers ${(100 * ratio).toFixed(0)} % as fast as the bare loop. Server: ${mb(pitview.memory_before)} MB before, ` +
      `${mb(pitview.memory_with_sockets)} MB with ${count(pitview.sockets)} sockets open (${kib.toFixed(1)} KiB each), ` +
      `${mb(pitview.memory_after)} MB after the events.`,
    coresUsed([["PitView", pitview.cpu]]),
    ...complaintsOf({ wanted, pitview, plain }),
  ].join("\n\n");
}

function complaintsOf({ wanted, pitview, plain }: Pair): string[] {
  const found: string[] = [];
  const say = (wrong: boolean, sentence: string) => wrong && found.push(sentence);
  say(
    pitview.sockets < wanted,
    `${count(wanted - pitview.sockets)} sockets were not let in (${pitview.first_loss.split("\r\n")[0]}).`,
  );
  say(lost(pitview) > 0, `${count(lost(pitview))} deliveries were lost.`);
  say(
    pitview.superseded > 0,
    `${count(pitview.superseded)} deliveries came too late and were left out for a newer one.`,
  );
  say(plain.rounds.missing > 0, `${count(plain.rounds.missing)} plain ones were lost.`);
  return found;
}

async function report(pairs: Pair[]): Promise<Result> {
  const where = await conditions();
  const text = [
    `## fanout: one event to ${pairs.map(({ wanted }) => count(wanted)).join(" and ")} sockets, ${where.date}`,
    `${sentenceOf(where)} Sender, broker, server, database and all sockets on this one machine.`,
    ...disturbance(pairs.flatMap(({ pitview, plain }) => [pitview.cpu, plain.cpu])),
    ...pairs.map(figures),
  ].join("\n\n");
  return { text, complete: pairs.every(({ pitview }) => lost(pitview) <= 0) };
}

await main<keyof typeof numbers, never>({
  name: "fanout",
  help,
  numbers,
  switches: {},
  programs: ["fanout"],
  measure,
});
