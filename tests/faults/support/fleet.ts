// The virtual devices of a test file: firmware's own core, and what each of them
// has measured.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { claimedDevices, type FleetDevice } from "../../support/fleet.ts";
import { type DeviceReport, SimProcess } from "../../support/simProcess.ts";
import { assertWhole, countStored, type Measured, sentenceOf } from "./counting.ts";
import { between, devices, full, intervalSeconds } from "./scale.ts";
import { folder, product, simulator, sql } from "./stack.ts";

const askEveryMs = full ? 250 : 100;
/**
 * A device repeats after a minute what the server did not confirm. Every ./pit test has no such
 * minute: there the devices that still wait get a new connection, after which they repeat at once.
 */
const patienceMs = 4_000;
const limitMs = full ? 600_000 : 60_000;

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * As they leave the factory, each claimed for a pit. The test files of a run use the same ones one
 * after the other, because a thousand claims take a minute; each file gives them a new flash.
 */
async function fromFactory(count: number): Promise<FleetDevice[]> {
  const kept = join(folder, "fleet.json");
  const known = existsSync(kept) ? (JSON.parse(readFileSync(kept, "utf8")) as FleetDevice[]) : [];
  if (known.length >= count) return known.slice(0, count);
  const claimed = await claimedDevices(product, count);
  // A reading belongs to the pit where its device was when it was measured, and some of these
  // devices have clocks that are behind.
  const ids = claimed.map(({ pit_id }) => pit_id).join(",");
  await sql(
    `UPDATE device_assignments SET assigned_at = assigned_at - interval '1 day'
      WHERE pit_id IN (${ids})`,
  );
  writeFileSync(kept, JSON.stringify(claimed), { mode: 0o600 });
  return claimed;
}

export class Fleet {
  readonly devices: FleetDevice[];
  readonly #sim: SimProcess;
  /** Boots that are over, and how much each device had measured at the start of this one. */
  readonly #earlier: Measured[] = [];
  readonly #before = new Map<string, number>();

  private constructor(claimed: FleetDevice[], behindSeconds: number) {
    this.devices = claimed;
    const { mqtt, http } = product;
    const clock = { intervalSeconds, behindSeconds };
    this.#sim = new SimProcess(simulator, { mqtt, apiUrl: http.url, devices: claimed, ...clock });
  }

  /** From the factory to their first settled reading. */
  static async start({ count = devices, behindSeconds = 0 } = {}): Promise<Fleet> {
    const claimed = await fromFactory(count);
    const fleet = new Fleet(claimed, behindSeconds);
    await fleet.until("every device is at work", ({ settled }) => settled > 0);
    // All of them were switched on at once; from here on something happens at every moment.
    for (const { device_id } of claimed)
      await fleet.order("advance", Math.floor(between(0, intervalSeconds * 1000)), device_id);
    return fleet;
  }

  report(): Promise<DeviceReport[]> {
    return this.#sim.order("report");
  }

  /** An order for one device or for all (tools/sim/README.md). */
  order(action: string, value?: number, device?: string): Promise<DeviceReport[]> {
    return this.#sim.order(action, value, device);
  }

  /** The power fails and comes back; what was measured until then is another boot. */
  async powerCycle(device?: string): Promise<void> {
    const before = new Map((await this.report()).map((report) => [report.device_id, report]));
    for (const after of await this.order("power_cycle", undefined, device)) {
      const { device_id: deviceId, measured } = after;
      const bootId = before.get(deviceId)?.boot_id ?? 0;
      const earlier = this.#before.get(deviceId) ?? 0;
      this.#earlier.push({ deviceId, bootId, measured: measured - earlier });
      this.#before.set(deviceId, measured);
    }
  }

  async waiting(): Promise<number> {
    return sum((await this.report()).map(({ waiting }) => waiting));
  }

  /** Until each device has been seen like this, not all at the same moment. */
  async until(what: string, isSo: (device: DeviceReport) => boolean): Promise<void> {
    const missing = await this.watch(isSo, limitMs);
    const some = missing.slice(0, 5).map((device) => JSON.stringify(device));
    assert.deepEqual(some, [], `of ${missing.length} devices, not within ${limitMs} ms: ${what}`);
  }

  /**
   * Adds each device to `seen` when it is like this first. Gives up when nothing has become better
   * for that long: those that are missing, as they are.
   */
  async watch(
    isSo: (device: DeviceReport) => boolean,
    limit: number,
    seen = new Map<string, DeviceReport>(),
  ): Promise<DeviceReport[]> {
    let end = Date.now() + limit;
    let leastWaiting = Number.POSITIVE_INFINITY;
    for (;;) {
      const reports = await this.report();
      for (const device of reports)
        if (!seen.has(device.device_id) && isSo(device)) seen.set(device.device_id, device);
      const missing = reports.filter(({ device_id }) => !seen.has(device_id));
      const waiting = sum(missing.map((device) => device.waiting));
      if (waiting < leastWaiting) end = Date.now() + limit;
      leastWaiting = Math.min(leastWaiting, waiting);
      if (missing.length === 0 || Date.now() >= end) return missing;
      await pause(askEveryMs);
    }
  }

  /**
   * Waits until everything is calm: each device has measured anew and has then been seen with
   * nothing waiting, so all that it had measured by then is settled. What that is, boot by boot.
   */
  async untilCalm(): Promise<{ boots: Measured[]; how: string }> {
    const { atRest, seconds, reconnected } = await this.#rest();
    const dropped = sum([...atRest.values()].map((device) => device.dropped));
    assert.equal(dropped, 0, "readings that devices dropped");
    const boots = [...this.#earlier];
    for (const device of atRest.values()) {
      const measured = device.measured - (this.#before.get(device.device_id) ?? 0);
      boots.push({ deviceId: device.device_id, bootId: device.boot_id, measured });
    }
    const more = reconnected > 0 ? `, ${reconnected} of ${atRest.size} with a new connection` : "";
    return { boots, how: `at rest after ${seconds.toFixed(1)} s${more}` };
  }

  /** Once everything is calm, the database holds what was measured, and nothing else. */
  async assertNothingLost(t: TestContext): Promise<void> {
    const { boots, how } = await this.untilCalm();
    const count = await countStored(product, boots);
    t.diagnostic(`${t.name}: ${sentenceOf(count)}; ${how}`);
    assertWhole(count);
  }

  async #rest() {
    const began = Date.now();
    const before = new Map((await this.report()).map((one) => [one.device_id, one.measured]));
    const isAtRest = ({ device_id, online, waiting, measured }: DeviceReport) =>
      online && waiting === 0 && measured > (before.get(device_id) ?? 0);
    const atRest = new Map<string, DeviceReport>();
    let reconnected = 0;
    if (!full) {
      await this.watch(isAtRest, patienceMs, atRest);
      const impatient = this.devices.filter(({ device_id }) => !atRest.has(device_id));
      for (const { device_id } of impatient) await this.order("cut", 1, device_id);
      for (const { device_id } of impatient) await this.order("cut", 0, device_id);
      reconnected = impatient.length;
    }
    const waiting = await this.watch(isAtRest, limitMs, atRest);
    const some = waiting.slice(0, 5).map((device) => JSON.stringify(device));
    assert.deepEqual(some, [], `${waiting.length} devices are not at rest within ${limitMs} ms`);
    return { atRest, seconds: (Date.now() - began) / 1000, reconnected };
  }

  async close(): Promise<void> {
    await this.#sim.close();
  }
}
