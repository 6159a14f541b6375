// Viewers who come and go at random for a while: what the gateway holds must not grow with them.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { program, type Result, say } from "../support/bench.ts";
import { conditions, sentenceOf } from "../support/conditions.ts";
import { run } from "../support/stack.ts";
import { count, table } from "../support/table.ts";
import type { VideoBench } from "./gateway.ts";

interface Held {
  seconds: number;
  memoryKb: number;
  descriptors: number;
  threads: number;
  viewers: number;
}

const sampleEveryMs = 10_000;
const groups = 4; // come and go independently
const mostOfGroup = 40;
const ofSession = 8;

function heldBy(pid: number, began: number, viewers: number): Held {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return {
    seconds: Math.round((performance.now() - began) / 1000),
    memoryKb: number("VmRSS"),
    threads: number("Threads"),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    viewers,
  };
}

const random = (least: number, most: number): number =>
  least + Math.floor(Math.random() * (most - least + 1));

export async function soak(
  bench: VideoBench,
  minutes: number,
  signal: AbortSignal,
): Promise<Result> {
  const began = performance.now();
  const end = began + minutes * 60_000;
  let joins = 0;
  let session = 1000;
  const over = () => performance.now() >= end || signal.aborted;
  const webrtc = async () => {
    while (!over()) {
      const viewers = random(1, mostOfGroup);
      const targets = Array.from({ length: Math.ceil(viewers / ofSession) }, () =>
        bench.target(++session),
      );
      await run(
        program("video"),
        [
          ...["watch", "--port", String(bench.port), "--server", String(bench.pid)],
          ...["--viewers", String(viewers), "--seconds", String(random(1, 6))],
          ...targets.flatMap((target) => ["--target", target]),
        ],
        { signal },
      );
      joins += viewers;
    }
  };
  const hls = async () => {
    while (!over()) {
      const opened = await fetch(
        bench.url + bench.target(++session).replace("/whep", "/index.m3u8"),
      );
      await opened.text();
      for (let i = random(0, 20); i > 0 && !over(); --i) {
        const playlist = await (await fetch(opened.url)).text();
        const part = [...playlist.matchAll(/URI="(part-[^"]+)"/g)].at(-1)?.[1];
        if (part !== undefined) await (await fetch(new URL(part, opened.url))).arrayBuffer();
      }
      joins += 1;
      await (
        await fetch(bench.url + bench.target(++session).replace("/whep", "/still.jpg"))
      ).arrayBuffer();
    }
  };
  const samples: Held[] = [];
  const watch = async () => {
    while (!over()) {
      samples.push(heldBy(bench.pid, began, await bench.viewers()));
      await pause(sampleEveryMs);
    }
  };
  say(`${minutes} minutes of viewers who come and go`);
  await Promise.all([watch(), hls(), hls(), ...Array.from({ length: groups }, webrtc)]);
  signal.throwIfAborted();
  say("until the last ones are forgotten");
  for (let i = 0; i < 60 && (await bench.viewers()) > 0; ++i) await pause(1000);
  const last = heldBy(bench.pid, began, await bench.viewers());
  return await report(samples, last, joins, minutes);
}

async function report(
  samples: Held[],
  last: Held,
  joins: number,
  minutes: number,
): Promise<Result> {
  const at = await conditions();
  const half = samples.slice(Math.floor(samples.length / 2));
  const most = (of: Held[], what: keyof Held) => Math.max(...of.map((held) => held[what]));
  const early = samples.slice(0, Math.ceil(samples.length / 2));
  const row = (name: string, what: keyof Held, unit = (n: number) => count(n)) => [
    name,
    unit(samples[0]?.[what] ?? 0),
    unit(most(early, what)),
    unit(most(half, what)),
    unit(last[what]),
  ];
  const mb = (kb: number) => `${(kb / 1024).toFixed(1)} MB`;
  const first = samples[0];
  const grew =
    first !== undefined &&
    (last.descriptors > first.descriptors + 2 || last.threads > first.threads);
  const text = [
    `## video: ${minutes} minutes of viewers who come and go, ${at.date}`,
    "",
    `${sentenceOf(at)} ${count(joins)} joins over WebRTC and HLS.`,
    "",
    table(
      ["the gateway's", "at first", "most, first half", "most, second half", "after the last left"],
      [
        row("memory", "memoryKb", mb),
        row("descriptors", "descriptors"),
        row("threads", "threads"),
        row("viewers", "viewers"),
      ],
    ),
    "",
    grew ? "Descriptors or threads have grown." : "Descriptors and threads have not grown.",
  ].join("\n");
  return { text, complete: !grew && last.viewers === 0 };
}
