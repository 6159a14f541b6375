// ./pit bench video: what it costs to show one camera to 10, 100 and 300 people over WebRTC, beside
// a bare loop that encrypts and sends as much, and beside Janus. bench/README.md says what exactly is
// measured.
import { main, type NumberOption, program, type Result, say } from "./support/bench.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import { run, type Stack } from "./support/stack.ts";
import { besideTarget, count, percent, table } from "./support/table.ts";
import { VideoBench } from "./video/gateway.ts";
import { Janus } from "./video/janus.ts";
import { recording } from "./video/recording.ts";
import { soak } from "./video/soak.ts";

const help = `usage: ./pit bench video [--viewers N] [--seconds 15]

       ./pit bench video --soak 20
       ./pit bench video --cameras 50

  --cameras N     so many cameras, received and recorded, instead of viewers
  --soak N        minutes of viewers who come and go at random: does the gateway hold on to anything?
  --viewers N     so many, instead of 10, 100 and 300
  --seconds N     measured, once all have joined`;

const numbers = {
  viewers: { least: 0, most: 2_000, default: 0 },
  seconds: { least: 2, most: 600, default: 15 },
  soak: { least: 0, most: 2_000, default: 0 },
  cameras: { least: 0, most: 1_000, default: 0 },
} satisfies Record<string, NumberOption>;
type Options = Record<keyof typeof numbers, number>;

const usualViewers = [10, 100, 300];
const ofSession = 8; // the gateway's limit
const targets = { cpuMs: 0.7, firstFrameMs: 150, timesLessThanJanus: 4 };

// video/main.cpp.
interface Watched {
  viewers: number;
  seconds: number;
  server_cpu_seconds: number;
  join_cpu_ms: number;
  packets: number;
  bytes: number;
  frames: number;
  lost: number;
  join_ms_p50: number;
  join_ms_p95: number;
  first_frame_ms_p50: number;
  first_frame_ms_p95: number;
}
interface Plain {
  cpu_seconds: number;
  seconds: number;
  packets: number;
}
interface Round {
  watched: Watched;
  plain: Plain;
  janus: Watched;
}

const tool = async <T>(signal: AbortSignal, ...args: string[]): Promise<T> =>
  JSON.parse(await run(program("video"), args, { signal })) as T;

async function roundOf(
  bench: VideoBench,
  janus: Janus,
  viewers: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Round> {
  say(`${viewers} viewers`);
  const sessions = Array.from({ length: Math.ceil(viewers / ofSession) }, (_, i) => i + 1);
  const many = ["--viewers", String(viewers), "--seconds", String(seconds)];
  const watched = await tool<Watched>(
    signal,
    ...["watch", "--port", String(bench.port), "--server", String(bench.pid), ...many],
    ...sessions.flatMap((session) => ["--target", bench.target(session)]),
  );
  say(`as much to ${viewers} plain sockets`);
  const pictures = watched.frames / watched.viewers / watched.seconds;
  const packets = Math.max(1, Math.round(watched.packets / Math.max(1, watched.frames)));
  const bytes = Math.round(watched.bytes / Math.max(1, watched.packets));
  const plain = await tool<Plain>(
    signal,
    ...["plain", "--viewers", String(viewers), "--seconds", String(Math.min(seconds, 10))],
    ...["--pictures", pictures.toFixed(2), "--packets", String(packets), "--bytes", String(bytes)],
  );
  say(`${viewers} viewers of Janus`);
  const watchedJanus = await tool<Watched>(
    signal,
    ...["watch", "--port", String(janus.port), "--server", String(janus.pid), ...many],
  );
  return { watched, plain, janus: watchedJanus };
}

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  const bench = new VideoBench(stack.portBase + 1_700);
  const janus = new Janus(bench.port + 10, bench.camera);
  try {
    await bench.start(signal);
    if (options.soak > 0) return await soak(bench, options.soak, signal);
    if (options.cameras > 0)
      return await recording(bench, options.cameras, options.seconds, signal);
    await janus.start(signal);
    const rounds: Round[] = [];
    for (const viewers of options.viewers > 0 ? [options.viewers] : usualViewers)
      rounds.push(await roundOf(bench, janus, viewers, options.seconds, signal));
    return await report(rounds);
  } finally {
    await janus.stop();
    await bench.stop();
  }
}

/** Processor time of one viewer in one second. */
const serverMs = ({ server_cpu_seconds, viewers, seconds }: Watched): number =>
  (server_cpu_seconds * 1000) / viewers / seconds;
/** The same of the bare loop, for as many packets. */
const plainMs = ({ watched, plain }: Round): number =>
  ((plain.cpu_seconds / plain.packets) * watched.packets * 1000) /
  watched.viewers /
  watched.seconds;
const timesJanus = ({ watched, janus }: Round): number => serverMs(janus) / serverMs(watched);
const mbits = ({ bytes, viewers, seconds }: Watched): number =>
  (bytes * 8) / 1e6 / viewers / seconds;

async function report(rounds: Round[]): Promise<Result> {
  const at = await conditions();
  const rows = rounds.map((round) => {
    const { watched } = round;
    return [
      count(watched.viewers),
      mbits(watched).toFixed(2),
      serverMs(watched).toFixed(3),
      plainMs(round).toFixed(3),
      percent(plainMs(round) / serverMs(watched)),
      watched.join_cpu_ms.toFixed(2),
      watched.join_ms_p95.toFixed(0),
      watched.first_frame_ms_p50.toFixed(0),
      watched.first_frame_ms_p95.toFixed(0),
      count(watched.lost),
    ];
  });
  const besideJanus = rounds.map((round) => [
    count(round.watched.viewers),
    serverMs(round.watched).toFixed(3),
    serverMs(round.janus).toFixed(3),
    `${timesJanus(round).toFixed(1)} ×`,
    mbits(round.janus).toFixed(2),
    round.janus.join_cpu_ms.toFixed(2),
    round.janus.join_ms_p95.toFixed(0),
    round.janus.first_frame_ms_p50.toFixed(0),
    round.janus.first_frame_ms_p95.toFixed(0),
    count(round.janus.lost),
  ]);
  const hundred = rounds.find(({ watched }) => watched.viewers >= 100) ?? rounds.at(-1);
  const sentences = hundred
    ? [
        `${besideTarget(`${serverMs(hundred.watched).toFixed(2)} ms of processor time per viewer and second with ${hundred.watched.viewers}`, `≤ ${targets.cpuMs}`, serverMs(hundred.watched) <= targets.cpuMs)}.`,
        `${besideTarget(`First picture after ${hundred.watched.first_frame_ms_p95.toFixed(0)} ms (p95)`, `≤ ${targets.firstFrameMs}`, hundred.watched.first_frame_ms_p95 <= targets.firstFrameMs)}.`,
        `${besideTarget(`${timesJanus(hundred).toFixed(1)} times less processor time than Janus`, `≥ ${targets.timesLessThanJanus}`, timesJanus(hundred) >= targets.timesLessThanJanus)}.`,
      ]
    : [];
  const text = [
    `## video: one camera, ${at.date}`,
    "",
    sentenceOf(at),
    "",
    table(
      [
        "viewers",
        "Mbit/s each",
        "gateway ms per viewer-second",
        "bare loop",
        "of the limit",
        "ms per join",
        "join p95 ms",
        "first picture p50",
        "p95",
        "packets lost",
      ],
      rows,
    ),
    "",
    table(
      [
        "viewers",
        "gateway ms per viewer-second",
        "Janus",
        "less",
        "Mbit/s each",
        "ms per join",
        "join p95 ms",
        "first picture p50",
        "p95",
        "packets lost",
      ],
      besideJanus,
    ),
    "",
    ...sentences,
  ].join("\n");
  return { text, complete: true };
}

await main<keyof typeof numbers, never>({
  name: "video",
  help,
  numbers,
  switches: {},
  programs: ["video"],
  measure,
});
