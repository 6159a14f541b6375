// pitview-sim in a test's hands: real firmware, a virtual body, orders on standard input.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { Issued } from "./devices.ts";
import { baseUrl, currentStatus, stack } from "./stack.ts";

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

export interface SimulatorOptions {
  /** Seconds the devices' clocks are behind, so that a test can turn them ahead. */
  behindSeconds?: number;
  /** PEM of the key that releases are signed with. */
  releaseKey?: string;
  version?: string;
}

/** The simulator of the build that the stack runs. */
function simulatorPath(): string {
  const pid = currentStatus().pids.server;
  if (pid === null) throw new Error("The server does not run.");
  return join(readlinkSync(`/proc/${pid}/exe`), "../../../tools/sim/pitview-sim");
}

const opened: Simulator[] = [];
after(() => Promise.all(opened.map((simulator) => simulator.close())));

export class Simulator {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), "pitview-sim-"));
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #ended: Promise<number | null>;
  #last = 0;
  log = "";

  constructor(devices: Issued[], options: SimulatorOptions = {}) {
    const lines = [
      `[mqtt]\nhost = "${stack.mqtt.host}"\nport = ${stack.mqtt.port}`,
      `[api]\nurl = "${baseUrl}"`,
      "[rtsp]\nenabled = false",
      `[clock]\nbehind_s = ${options.behindSeconds ?? 0}\ncalibrated = false`,
      `[firmware]\nversion = "${options.version ?? "1.0.0"}"`,
    ];
    if (options.releaseKey) lines.push(`release_key = """\n${options.releaseKey}"""`);
    for (const device of devices) {
      lines.push(
        "[[device]]",
        `device_id = "${device.device_id}"\nlicense_key = "${device.license_key}"`,
        `mqtt_username = "${device.mqtt_username}"\nmqtt_password = "${device.mqtt_password}"`,
        `command_key = "${device.command_key}"`,
      );
    }
    const config = join(this.#folder, "sim.toml");
    writeFileSync(config, `${lines.join("\n")}\n`, { mode: 0o600 });
    this.#child = spawn(simulatorPath(), ["--config", config, "--control"]);
    this.#ended = new Promise((resolve) => this.#child.on("close", resolve));
    opened.push(this);
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

  /** Of a simulator with one device. */
  async report(): Promise<DeviceReport> {
    const [device] = await this.order("report");
    if (device === undefined) throw new Error("The simulator has no device.");
    return device;
  }

  async close(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
