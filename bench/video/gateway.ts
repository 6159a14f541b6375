// A gateway and a camera of the benchmark's own, with ports and secrets that nobody else has.
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../support/stack.ts";

const release = (name: string): string => join(root, "build/release", name);
const base64url = (data: string | Buffer): string => Buffer.from(data).toString("base64url");

export class VideoBench {
  readonly path = "bench-1";
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "pitview-bench-video-"));
  readonly #tokens = randomBytes(32);
  readonly #control = randomBytes(32);
  readonly #children: ChildProcess[] = [];
  readonly recordings = join(this.#folder, "recordings");
  #gateway: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  async start(signal: AbortSignal): Promise<void> {
    const file = (name: string, text: string): string => {
      const at = join(this.#folder, name);
      writeFileSync(at, text, { mode: 0o600 });
      return at;
    };
    const rtsp = this.port + 2;
    const tokens = file("tokens", this.#tokens.toString("hex"));
    const control = file("control", this.#control.toString("hex"));
    const master = file("master", randomBytes(32).toString("hex"));
    mkdirSync(this.recordings);
    const video = file(
      "video.toml",
      `[http]\nport = ${this.port}\n[webrtc]\naddress = "127.0.0.1"\nport = ${this.port + 1}\n` +
        `[control]\nsecret_file = "${control}"\n[tokens]\nsecret_file = "${tokens}"\n` +
        `[recordings]\ndirectory = "${this.recordings}"\nmaster_key_file = "${master}"\n[log]\nlevel = "warning"\n`,
    );
    const sim = file(
      "sim.toml",
      `[mqtt]\nhost = "127.0.0.1"\nport = 1\n[rtsp]\nenabled = true\naddress = "127.0.0.1"\nport = ${rtsp}\n` +
        `[[camera]]\nworkshop_code = "workshop_001"\npit_number = 1\npath = "/pit1"\n`,
    );
    this.#gateway = this.#spawn(
      release("services/video/pitview-video"),
      "serve",
      "--config",
      video,
    );
    this.#spawn(release("tools/sim/pitview-sim"), "--config", sim);
    await this.#until(signal, "the gateway", async () => (await fetch(`${this.url}/healthz`)).ok);
    await this.setCameras(1, false, signal);
  }

  /** So many connections to the one camera, until all send; `bench-1` and so on. */
  async setCameras(number: number, recorded: boolean, signal: AbortSignal): Promise<void> {
    const cameras = Array.from({ length: number }, (_, i) => ({
      path: `bench-${i + 1}`,
      rtsp_url: this.camera,
      always_on: true,
      ...(recorded ? { record: "shop-1" } : {}),
    }));
    await this.#ask("PUT", "/cameras", { cameras });
    await this.#until(signal, "the cameras", async () => {
      const seen = (await this.#ask("GET", "/cameras")) as { frames: number }[];
      return seen.length === number && seen.every(({ frames }) => frames > 30);
    });
  }

  get camera(): string {
    return `rtsp://127.0.0.1:${this.port + 2}/pit1`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#gateway?.pid ?? 0;
  }

  /** Where `session` posts its offer. */
  target(session: number): string {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const payload = {
      aud: "pitview-video",
      path: this.path,
      sub: "user:1",
      sid: String(session),
      exp,
    };
    const text = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(payload))}`;
    const signature = createHmac("sha256", this.#tokens).update(text).digest("base64url");
    return `/${this.path}/whep?token=${text}.${signature}`;
  }

  async viewers(): Promise<number> {
    return ((await this.#ask("GET", "/viewers")) as unknown[]).length;
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      if (child.exitCode === null) await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(program: string, ...args: string[]): ChildProcess {
    const child = spawn(program, args, { stdio: "ignore" });
    this.#children.push(child);
    return child;
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.url}/control${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#control.toString("hex")}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    const text = await answer.text();
    return text === "" ? undefined : JSON.parse(text);
  }

  async #until(signal: AbortSignal, what: string, probe: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 200; ++i) {
      signal.throwIfAborted();
      if (await probe().catch(() => false)) return;
      await pause(100);
    }
    throw new Error(`${what} did not come up`);
  }
}
