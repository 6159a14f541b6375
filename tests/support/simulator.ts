// pitview-sim in a test's hands: real firmware, a virtual body, at the running product.
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import type { Issued } from "./devices.ts";
import { type DeviceReport, type SimOptions, SimProcess } from "./simProcess.ts";
import { baseUrl, currentStatus, stack } from "./stack.ts";

/** The simulator of the build that the stack runs. */
function simulatorPath(): string {
  const pid = currentStatus().pids.server;
  if (pid === null) throw new Error("The server does not run.");
  return join(readlinkSync(`/proc/${pid}/exe`), "../../../tools/sim/pitview-sim");
}

const opened: Simulator[] = [];
after(() => Promise.all(opened.map((simulator) => simulator.close())));

export class Simulator extends SimProcess {
  constructor(devices: Issued[], options: Omit<SimOptions, "mqtt" | "apiUrl" | "devices"> = {}) {
    super(simulatorPath(), { mqtt: stack.mqtt, apiUrl: baseUrl, devices, ...options });
    opened.push(this);
  }

  /** Of a simulator with one device. */
  async report(): Promise<DeviceReport> {
    const [device] = await this.order("report");
    if (device === undefined) throw new Error("The simulator has no device.");
    return device;
  }
}
