// pitview-video and the cameras of pitview-sim in a test's hands, with ports and secrets of
// their own; and a browser that watches through WHEP.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { Page } from "playwright-core";
import { execute } from "./database.ts";
import { eventually } from "./eventually.ts";
import { currentStatus, secret, stack } from "./stack.ts";

/** The programs of the build that the stack runs. */
function programOf(
  name: "services/video/pitview-video" | "tools/sim/pitview-sim" | "tools/s3/pitview-s3",
): string {
  const pid = currentStatus().pids.server;
  if (pid === null) throw new Error("The server does not run.");
  return join(readlinkSync(`/proc/${pid}/exe`), "../../..", name);
}

/** Below the ephemeral ports, so that no connection of anybody has it by chance. */
let nextPort = 29_000 + (process.pid % 400) * 6;
async function freePort(): Promise<number> {
  for (;;) {
    nextPort = nextPort >= 32_700 ? 29_000 : nextPort + 1;
    const port = nextPort;
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

const running: { end: () => Promise<unknown> }[] = [];
after(async () => {
  for (const process of running.reverse()) await process.end();
});

/** A child with a log, that ends with the test file. */
class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  log = "";

  constructor(program: string, args: string[]) {
    this.child = spawn(program, args);
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    const append = (part: Buffer) => {
      this.log += part.toString();
    };
    this.child.stdout?.on("data", append);
    this.child.stderr?.on("data", append);
    running.push(this);
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return await this.ended;
  }
}

export interface SimCamera {
  path: string;
  username?: string;
  password?: string;
  codec?: "h264" | "h265";
  gopFrames?: number;
  bFrames?: number;
  slices?: number;
  stallAfterSeconds?: number;
  shrinkAfterSeconds?: number;
  timecode?: boolean;
}

export class Cameras extends Program {
  readonly port: number;

  private constructor(port: number, config: string) {
    super(programOf("tools/sim/pitview-sim"), ["--config", config]);
    this.port = port;
  }

  static async start(cameras: SimCamera[], port?: number): Promise<Cameras> {
    const folder = mkdtempSync(join(tmpdir(), "pitview-cameras-"));
    const rtsp = port ?? (await freePort());
    const lines = [
      `[mqtt]\nhost = "${stack.mqtt.host}"\nport = ${stack.mqtt.port}`,
      `[rtsp]\nenabled = true\naddress = "127.0.0.1"\nport = ${rtsp}`,
    ];
    cameras.forEach((camera, i) => {
      lines.push(
        "[[camera]]",
        `workshop_code = "workshop_001"\npit_number = ${i + 1}\npath = "${camera.path}"`,
        `username = "${camera.username ?? ""}"\npassword = "${camera.password ?? ""}"`,
        `car = "Tata Harrier"\ncolour = "#2f5c9e"\ncodec = "${camera.codec ?? "h264"}"`,
        `gop_frames = ${camera.gopFrames ?? 30}\nb_frames = ${camera.bFrames ?? 0}`,
        `slices = ${camera.slices ?? 1}\nstall_after_s = ${camera.stallAfterSeconds ?? 0}`,
        `shrink_after_s = ${camera.shrinkAfterSeconds ?? 0}\ntimecode = ${camera.timecode ?? false}`,
      );
    });
    const config = join(folder, "sim.toml");
    writeFileSync(config, `${lines.join("\n")}\n`, { mode: 0o600 });
    const made = new Cameras(rtsp, config);
    made.ended.then(() => rmSync(folder, { recursive: true, force: true }));
    await eventually(`the cameras listen\n${made.log}`, () => connects(rtsp));
    return made;
  }

  url(camera: SimCamera, password = camera.password): string {
    const user = camera.username ? `${camera.username}:${password}@` : "";
    return `rtsp://${user}127.0.0.1:${this.port}${camera.path}`;
  }
}

async function connects(port: number, address = "127.0.0.1"): Promise<boolean> {
  const { connect } = await import("node:net");
  return await new Promise((resolve) => {
    const socket = connect(port, address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

export interface WantedCamera {
  path: string;
  rtsp_url: string;
  always_on?: boolean;
  record?: string;
}

export interface CameraReport {
  path: string;
  state: "idle" | "connecting" | "playing" | "waiting";
  fault: string | null;
  detail: string | null;
  codec: string;
  profile: string | null;
  width: number | null;
  height: number | null;
  frames: number;
  damaged: number;
  b_slices: number;
  connections: number;
  viewers: number;
  recorded: boolean;
}

export interface ViewerReport {
  id: string;
  path: string;
  subject: string;
  session: string;
  playing: boolean;
  transport: "" | "udp" | "tcp";
  frames: number;
  packets: number;
  retransmitted: number;
  dropped: number;
  lost_fraction: number;
  round_trip_ms: number | null;
}

const base64url = (data: string | Buffer): string => Buffer.from(data).toString("base64url");

async function control<T>(
  url: string,
  bearer: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(`${url}/control${path}`, {
    method,
    headers: { Authorization: `Bearer ${bearer}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** The gateway of the stack, as pitview-server speaks to it. */
export const stackGateway = {
  viewers: () =>
    control<ViewerReport[]>(stack.video.url, secret("video_control_secret"), "GET", "/viewers"),
  cameras: () =>
    control<CameraReport[]>(stack.video.url, secret("video_control_secret"), "GET", "/cameras"),
};

/** Gives a pit a camera that is on this machine, where the API would take none. */
export async function putCamera(pitId: number, url: string): Promise<void> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(secret("data_key"), "hex"), nonce);
  cipher.setAAD(Buffer.from("pits.camera_rtsp_url"));
  const body = Buffer.concat([cipher.update(url), cipher.final(), cipher.getAuthTag()]);
  const sealed = Buffer.concat([nonce, body]).toString("hex");
  await execute(`UPDATE pits SET camera_rtsp_url_sealed = '\\x${sealed}' WHERE id = ${pitId}`);
}

/** The gateway's name for a pit, as pitview-server makes it. */
export async function streamPathOf(pitId: number): Promise<string> {
  const [workshop] = await execute(`SELECT workshop_id FROM pits WHERE id = ${pitId}`);
  const key = Buffer.from(secret("data_key"), "hex");
  const mac = createHmac("sha256", key).update(`stream:${workshop}:${pitId}`).digest("hex");
  return `pit-${mac.slice(0, 32)}`;
}

/** Until the gateway has been told of it, which takes up to two seconds. */
export async function untilTold(pitId: number): Promise<void> {
  const path = await streamPathOf(pitId);
  await eventually("the gateway knows the camera", async () =>
    (await stackGateway.cameras()).some((camera) => camera.path === path),
  );
}

/** What Chromium offers who only wants to see. */
export const sdpOffer = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const connection = new RTCPeerConnection();
    connection.addTransceiver("video", { direction: "recvonly" });
    await connection.setLocalDescription();
    const sdp = connection.localDescription?.sdp ?? "";
    connection.close();
    return sdp;
  });

/** An object store that forgets everything when it ends. */
export class ObjectStore extends Program {
  readonly port: number;

  private constructor(port: number) {
    super(programOf("tools/s3/pitview-s3"), [
      ...["--port", String(port), "--bucket", "recordings"],
      ...["--access-key-id", "AKIAPITVIEW", "--secret-access-key", "store/secret"],
    ]);
    this.port = port;
  }

  static async start(port?: number): Promise<ObjectStore> {
    const made = new ObjectStore(port ?? (await freePort()));
    await eventually("the object store answers", () => connects(made.port));
    return made;
  }

  /** Of a gateway, whose folder holds the secret. */
  config(folder: string, secret = "store/secret"): string {
    writeFileSync(join(folder, "store"), `${secret}\n`, { mode: 0o600 });
    return (
      `[recordings.bucket]\nendpoint = "http://127.0.0.1:${this.port}"\nname = "recordings"\n` +
      `access_key_id = "AKIAPITVIEW"\nsecret_access_key_file = "${folder}/store"\n`
    );
  }
}

interface Secrets {
  tokens: Buffer;
  control: Buffer;
}

export class Gateway extends Program {
  readonly #address: string;
  readonly #ports: [number, number];
  readonly #folder: string;
  readonly #secrets: Secrets;

  readonly url: string;
  readonly webrtcPort: number;
  readonly recordings: string;

  private constructor(address: string, ports: [number, number], folder: string, secrets: Secrets) {
    super(programOf("services/video/pitview-video"), ["serve", "--config", `${folder}/video.toml`]);
    this.url = `http://${address.includes(":") ? `[${address}]` : address}:${ports[0]}`;
    this.webrtcPort = ports[1];
    this.#address = address;
    this.#ports = ports;
    this.#folder = folder;
    this.recordings = join(folder, "recordings");
    this.#secrets = secrets;
  }

  /** `address`: of this machine, where browsers of another network reach it. */
  static async start(address = "127.0.0.1", store?: ObjectStore): Promise<Gateway> {
    const folder = mkdtempSync(join(tmpdir(), "pitview-video-"));
    const [http, udp] = [await freePort(), await freePort()];
    const [tokens, control] = [randomBytes(32), randomBytes(32)];
    writeFileSync(join(folder, "tokens"), tokens.toString("hex"), { mode: 0o600 });
    writeFileSync(join(folder, "control"), control.toString("hex"), { mode: 0o600 });
    writeFileSync(join(folder, "master"), randomBytes(32).toString("hex"), { mode: 0o600 });
    writeFileSync(
      join(folder, "video.toml"),
      `[http]\naddress = "${address}"\nport = ${http}\n` +
        `[webrtc]\naddress = "${address}"\nport = ${udp}\ncandidates = ["${address}"]\n` +
        `[control]\nsecret_file = "${folder}/control"\n[tokens]\nsecret_file = "${folder}/tokens"\n` +
        `[recordings]\ndirectory = "${folder}/recordings"\nmaster_key_file = "${folder}/master"\nmin_free_mib = 0\n` +
        (store?.config(folder) ?? ""),
    );
    const gateway = new Gateway(address, [http, udp], folder, { tokens, control });
    // Behind everything that may still look into it.
    running.unshift({ end: async () => rmSync(folder, { recursive: true, force: true }) });
    await eventually("the gateway answers", () => connects(http, address));
    return gateway;
  }

  /** Once it has ended: another process in its place. */
  async again(): Promise<Gateway> {
    const next = new Gateway(this.#address, this.#ports, this.#folder, this.#secrets);
    await eventually("the gateway answers again", () => connects(this.#ports[0], this.#address));
    return next;
  }

  /** As pitview-server signs it; `change` makes it another. */
  token(path: string, change: object = {}, secret = this.#secrets.tokens): string {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const payload = { aud: "pitview-video", path, sub: "user:1", sid: "1", exp, ...change };
    const text = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(payload))}`;
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  }

  control<T>(method: string, path: string, body?: object): Promise<T> {
    return control(this.url, this.#secrets.control.toString("hex"), method, path, body);
  }

  #cameras: WantedCamera[] = [];
  async setCameras(cameras: WantedCamera[]): Promise<void> {
    await this.control("PUT", "/cameras", { cameras });
    this.#cameras = cameras;
  }
  addCamera(camera: WantedCamera): Promise<void> {
    return this.setCameras([...this.#cameras, camera]);
  }
  async camera(path: string): Promise<CameraReport> {
    const found = (await this.control<CameraReport[]>("GET", "/cameras")).find(
      (c) => c.path === path,
    );
    if (found === undefined) throw new Error(`there is no camera ${path}`);
    return found;
  }
  /** The recordings on its disk, the oldest first; also when it has ended. */
  recorded(): string[] {
    if (!existsSync(this.recordings)) return [];
    return readdirSync(this.recordings, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".pvr"))
      .map((name) => join(this.recordings, name))
      .sort();
  }
  /** As plain MP4. */
  exported(recording: string): Buffer {
    const program = programOf("services/video/pitview-video");
    const args = ["export", "--config", join(this.#folder, "video.toml"), recording];
    return execFileSync(program, args, { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
  }
  viewers(): Promise<ViewerReport[]> {
    return this.control<ViewerReport[]>("GET", "/viewers");
  }
}

export interface Watched {
  state: string;
  framesDecoded: number;
  width: number;
  height: number;
  freezes: number;
  lost: number;
  firstFrameMs: number | null;
  /** Between two new pictures. */
  longestGapMs: number;
}

/** Opens WHEP in the page, as a plain peer connection would; the answer's status. */
export const watch = (page: Page, path: string, token: string): Promise<number> =>
  watchAt(page, `/${path}/whep?token=${token}`);

/**
 * The same at a whole address, which may be of another origin than the page's; `port`: the packets
 * go there, whatever the answer says.
 */
export function watchAt(page: Page, url: string, port?: number): Promise<number> {
  return page.evaluate(
    async ([where, other]) => {
      const began = performance.now();
      const video = document.createElement("video");
      video.muted = true;
      video.autoplay = true;
      document.body.append(video);
      const connection = new RTCPeerConnection();
      connection.addTransceiver("video", { direction: "recvonly" });
      const seen = { first: null as number | null, last: 0, longest: 0 };
      Object.assign(window, { watched: { connection, video, seen } });
      connection.ontrack = (event) => {
        video.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      };
      const note = () => {
        const now = performance.now();
        seen.first ??= now - began;
        if (seen.last > 0) seen.longest = Math.max(seen.longest, now - seen.last);
        seen.last = now;
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
      await connection.setLocalDescription();
      const answer = await fetch(where, {
        method: "POST",
        headers: { "Content-Type": "application/sdp" },
        body: connection.localDescription?.sdp ?? "",
      });
      if (answer.status === 201) {
        let sdp = await answer.text();
        if (other !== undefined)
          sdp = sdp
            .replace(/^a=candidate.* tcp .*\r\n/gm, "")
            .replace(/^(a=candidate:\S+ 1 udp \d+ \S+) \d+/gm, `$1 ${other}`);
        await connection.setRemoteDescription({ type: "answer", sdp });
        Object.assign(window, { session: answer.headers.get("Location") });
      }
      return answer.status;
    },
    [url, port] as const,
  );
}

/** Ends the session as a player does that is closed. */
export async function leave(page: Page): Promise<void> {
  const status = await page.evaluate(async () => {
    const { session } = window as unknown as { session: string };
    return (await fetch(session, { method: "DELETE" })).status;
  });
  if (status !== 200) throw new Error(`DELETE of the session: ${status}`);
}

export function watched(page: Page): Promise<Watched> {
  return page.evaluate(async () => {
    const { connection, video, seen } = (
      window as unknown as {
        watched: {
          connection: RTCPeerConnection;
          video: HTMLVideoElement;
          seen: { first: number | null; last: number; longest: number };
        };
      }
    ).watched;
    let inbound: Record<string, number> = {};
    for (const [, report] of await connection.getStats())
      if (report.type === "inbound-rtp") inbound = report;
    return {
      state: connection.connectionState,
      framesDecoded: inbound.framesDecoded ?? 0,
      width: video.videoWidth,
      height: video.videoHeight,
      freezes: inbound.freezeCount ?? 0,
      lost: inbound.packetsLost ?? 0,
      firstFrameMs: seen.first,
      longestGapMs: Math.max(seen.longest, seen.last > 0 ? performance.now() - seen.last : 0),
    };
  });
}

/**
 * How old pictures of a camera with a timecode are when they are shown, in ms, from drawing to showing:
 * encoder, gateway, browser. Of the page's first <video>.
 */
export function agesOfPictures(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (wanted) => {
    const video = document.querySelector("video");
    if (video === null) throw new Error("there is no video");
    const canvas = document.createElement("canvas");
    const [bits, block] = [40, 16];
    canvas.width = bits * block;
    canvas.height = block;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("no canvas");
    const age = (): number | undefined => {
      context.drawImage(video, 0, 0);
      const { data } = context.getImageData(0, block / 2, canvas.width, 1);
      const now = Date.now();
      const bytes = [0, 0, 0, 0, 0];
      for (let i = 0; i < bits; ++i)
        if ((data[(i * block + block / 2) * 4] ?? 0) > 127)
          bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (0x80 >> (i & 7));
      const [a = 0, b = 0, c = 0, d = 0, check = 0] = bytes;
      if ((a ^ b ^ c ^ d) !== check) return undefined;
      const drawn = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
      return (now - drawn) % 2 ** 32;
    };
    const ages: number[] = [];
    for (let i = 0; i < wanted * 2 && ages.length < wanted; ++i) {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const seen = age();
      if (seen !== undefined) ages.push(seen);
    }
    return ages;
  }, count);
}

/** "p50 40, p95 61 ms". */
export function percentiles(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return `p50 ${at(0.5)}, p95 ${at(0.95)} ms`;
}
