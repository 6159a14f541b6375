// A Janus server of the benchmark's own, with the one camera: its streaming plugin and HTTP,
// nothing else of it, and nothing of /etc/janus.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const eventLoops = 2; // as many as the machine that the targets are for has cores
const mostViewers = 2_000;
const othersOf = {
  plugins:
    "audiobridge duktape echotest lua nosip recordplay sip textroom videocall videoroom voicemail",
  transports: "mqtt nanomsg pfunix rabbitmq websockets",
  loggers: "jsonlog",
};
const disabled = (kind: keyof typeof othersOf): string =>
  `${kind}: { disable = "${othersOf[kind]
    .split(" ")
    .map((name) => `libjanus_${name}.so`)
    .join(",")}" }\n`;

/** Janus takes no loopback address for ICE; what is sent to one of the machine's own stays in it as well. */
function ownAddress(): string {
  for (const addresses of Object.values(networkInterfaces()))
    for (const { address, family, internal } of addresses ?? [])
      if (family === "IPv4" && !internal) return address;
  throw new Error("Janus needs an IPv4 address that is not loopback, and this machine has none");
}

export class Janus {
  readonly port: number;
  readonly #camera: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "pitview-bench-janus-"));
  #process: ChildProcess | undefined;

  /** HTTP at `port`, and a port for each viewer behind it. */
  constructor(port: number, camera: string) {
    this.port = port;
    this.#camera = camera;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Until it has the camera's pictures. */
  async start(signal: AbortSignal): Promise<void> {
    this.#write(
      "janus",
      `general: { interface = "127.0.0.1", event_loops = ${eventLoops}, session_timeout = 0, debug_level = 2 }\n` +
        `media: { ipv6 = false, rtp_port_range = "${this.port + 20}-${this.port + 20 + mostViewers}" }\n` +
        `nat: { ice_enforce_list = "${ownAddress()}" }\n` +
        disabled("plugins") +
        disabled("transports") +
        disabled("loggers"),
    );
    this.#write(
      "janus.transport.http",
      `general: { http = true, ip = "127.0.0.1", port = ${this.port}, json = "compact" }\n`,
    );
    // With the last key frame kept for who comes: without it the first picture takes up to two seconds.
    this.#write(
      "janus.plugin.streaming",
      `general: { rtp_port_range = "${this.port + 2}-${this.port + 18}" }\n` +
        // The camera ends a session that says nothing for a minute.
        `camera: { type = "rtsp", id = 1, audio = false, video = true, videobufferkf = true, rtsp_session_timeout = 20, url = "${this.#camera}" }\n`,
    );
    this.#process = spawn("janus", ["-F", this.#folder], { stdio: "ignore" });
    let failure: Error | undefined;
    this.#process.once("error", (error) => {
      failure = error;
    });
    for (let i = 0; i < 200; ++i) {
      signal.throwIfAborted();
      if (failure) throw failure;
      if (await this.#hasPictures().catch(() => false)) return;
      await pause(100);
    }
    throw new Error("Janus did not come up");
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, `${name}.jcfg`), text, { mode: 0o600 });
  }

  async #hasPictures(): Promise<boolean> {
    const session = await this.#ask("", { janus: "create" });
    const path = `/${session.data.id}`;
    const handle = await this.#ask(path, { janus: "attach", plugin: "janus.plugin.streaming" });
    const answer = await this.#ask(`${path}/${handle.data.id}`, {
      janus: "message",
      body: { request: "info", id: 1 },
    });
    await this.#ask(path, { janus: "destroy" });
    const ageMs = answer.plugindata?.data.info.media[0]?.age_ms;
    return ageMs !== undefined && ageMs < 1000;
  }

  async #ask(path: string, request: object): Promise<Answer> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/janus${path}`, {
      method: "POST",
      body: JSON.stringify({ transaction: "bench", ...request }),
    });
    return (await answer.json()) as Answer;
  }
}

interface Answer {
  data: { id: number };
  plugindata?: { data: { info: { media: { age_ms?: number }[] } } };
}
