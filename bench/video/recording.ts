// What it costs to record many cameras, beside a bare loop that seals and writes as much.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { program, type Result, say } from "../support/bench.ts";
import { conditions, sentenceOf } from "../support/conditions.ts";
import { run } from "../support/stack.ts";
import { besideTarget, count, percent, table } from "../support/table.ts";
import { cpuSeconds } from "../support/usage.ts";
import type { VideoBench } from "./gateway.ts";

interface Used {
  /** Of the gateway's processor, in one second and for one camera. */
  cpuMs: number;
  /** Written to the disk, in one second and for one camera. */
  bytes: number;
}

const target = { cameras: 100, mbits: 2 };
const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".pvr"))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

async function measured(bench: VideoBench, cameras: number, seconds: number): Promise<Used> {
  const before = { cpu: cpuSeconds(bench.pid), bytes: bytesIn(bench.recordings) };
  const began = performance.now();
  await pause(seconds * 1000);
  const passed = (performance.now() - began) / 1000;
  return {
    cpuMs: ((cpuSeconds(bench.pid) - before.cpu) * 1000) / cameras / passed,
    bytes: (bytesIn(bench.recordings) - before.bytes) / cameras / passed,
  };
}

// video/main.cpp.
interface Sealed {
  cpu_seconds: number;
  pieces: number;
}

/** Processor time, ms, for each of so many pieces, sealed and written to the same disk. */
async function plainMs(folder: string, bytes: number, pieces: number, signal: AbortSignal) {
  const args = [
    "--file",
    join(folder, "plain"),
    "--bytes",
    String(bytes),
    "--pieces",
    String(pieces),
  ];
  const sealed = JSON.parse(await run(program("video"), ["seal", ...args], { signal })) as Sealed;
  return (sealed.cpu_seconds * 1000) / sealed.pieces;
}

export async function recording(
  bench: VideoBench,
  cameras: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Result> {
  say(`${cameras} cameras, not recorded`);
  await bench.setCameras(cameras, false, signal);
  const received = await measured(bench, cameras, seconds);
  say(`${cameras} cameras, recorded`);
  await bench.setCameras(cameras, true, signal);
  const recorded = await measured(bench, cameras, seconds);
  say("as much, sealed and written in a bare loop");
  // A piece is of about a second: as many as the gateway wrote.
  const limit = await plainMs(
    bench.recordings,
    Math.round(recorded.bytes),
    cameras * seconds,
    signal,
  );

  const at = await conditions();
  const cost = recorded.cpuMs - received.cpuMs;
  const mbits = (recorded.bytes * 8) / 1e6;
  const perCore = 1000 / recorded.cpuMs;
  // Bytes are what costs: a camera of more of them counts for as many.
  const ofTarget = (perCore * mbits) / target.mbits;
  const text = [
    `## video: ${count(cameras)} cameras recorded, ${at.date}`,
    "",
    sentenceOf(at),
    "",
    table(
      ["of one camera, in one second", "Mbit/s", "gateway ms", "bare loop ms", "of the limit"],
      [
        ["received", mbits.toFixed(2), received.cpuMs.toFixed(2), "", ""],
        ["received and recorded", mbits.toFixed(2), recorded.cpuMs.toFixed(2), "", ""],
        [
          "so recording",
          mbits.toFixed(2),
          cost.toFixed(2),
          limit.toFixed(2),
          percent(limit / cost),
        ],
      ],
    ),
    "",
    `${count(perCore)} such cameras received and recorded on one core; ${besideTarget(
      `as bytes go, ${count(ofTarget)} of ${target.mbits} Mbit/s`,
      `≥ ${target.cameras}`,
      ofTarget >= target.cameras,
    )}.`,
  ].join("\n");
  return { text, complete: recorded.bytes > 0 };
}
