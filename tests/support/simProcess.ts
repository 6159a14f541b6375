// pitview-sim, steered by lines of JSON (tools/sim/README.md). Knows no running product, so
// that the benchmarks use it too.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a virtual device is made with: the part of a batch that pitview-kit writes into it. */
export interface SimDevice {
  device_id: string;
  license_key: string;
  mqtt_username: string;
  mqtt_password: string;
  command_key: string;
}

export interface DeviceReport {
  device_id: string;
  powered: boolean;
  online: boolean;
  licence: "unprovisioned" | "enabled" | "disabled";
  state_version: number;
  sensor: string;
  ota: string;
  firmware: string;
  boot_id: number;
  measured: number;
  settled: number;
  waiting: number;
  dropped: number;
}

interface Answer {
  id: number;
  ok: boolean;
  error: string | null;
  devices: DeviceReport[];
}

export interface SimOptions {
  mqtt: { host: string; port: number };
  apiUrl: string;
  devices: SimDevice[];
  /** Seconds from reading to reading; 10 if left out. */
  intervalSeconds?: number;
  /** Seconds the devices' clocks are behind, so that a test can turn them ahead. */
  behindSeconds?: number;
  /** PEM of the key that releases are signed with. */
  releaseKey?: string;
  version?: string;
}

function configOf(options: SimOptions): string {
  const lines = [
    `[mqtt]\nhost = "${options.mqtt.host}"\nport = ${options.mqtt.port}`,
    `[api]\nurl = "${options.apiUrl}"`,
    "[rtsp]\nenabled = false",
    `[publish]\ninterval_s = ${options.intervalSeconds ?? 10}`,
    `[clock]\nbehind_s = ${options.behindSeconds ?? 0}\ncalibrated = false`,
    `[firmware]\nversion = "${options.version ?? "1.0.0"}"`,
  ];
  if (options.releaseKey) lines.push(`release_key = """\n${options.releaseKey}"""`);
  for (const device of options.devices) {
    lines.push(
      "[[device]]",
      `device_id = "${device.device_id}"\nlicense_key = "${device.license_key}"`,
      `mqtt_username = "${device.mqtt_username}"\nmqtt_password = "${device.mqtt_password}"`,
      `command_key = "${device.command_key}"`,
    );
  }
  return `${lines.join("\n")}\n`;
}

export class SimProcess {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), "pitview-sim-"));
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #ended: Promise<number | null>;
  #last = 0;
  log = "";

  constructor(program: string, options: SimOptions) {
    const config = join(this.#folder, "sim.toml");
    writeFileSync(config, configOf(options), { mode: 0o600 });
    this.#child = spawn(program, ["--config", config, "--control"]);
    this.#ended = new Promise((resolve) => this.#child.on("close", resolve));
    this.#child.stderr?.on("data", (part: Buffer) => {
      this.log += part.toString();
    });
    let rest = "";
    this.#child.stdout?.on("data", (part: Buffer) => {
      const whole = (rest + part.toString()).split("\n");
      rest = whole.pop() ?? "";
      for (const line of whole) {
        const answer = JSON.parse(line) as Answer;
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      }
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Carries out an order; the reports of the devices it meant. */
  async order(action: string, value?: number, device?: string): Promise<DeviceReport[]> {
    this.#last += 1;
    const id = this.#last;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#child.stdin?.write(`${JSON.stringify({ id, action, value, device })}\n`);
    const answer = await Promise.race([
      answered,
      this.#ended.then((code): Answer => {
        throw new Error(`pitview-sim has ended with ${code}:\n${this.log.slice(-2000)}`);
      }),
    ]);
    if (!answer.ok) throw new Error(`pitview-sim: ${answer.error}`);
    return answer.devices;
  }

  async close(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
