// The life of a device: the firmware's own core in the simulator, against the real server,
// broker and database. Two hours without a network pass in virtual time.
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { before, describe, test } from "node:test";
import { execute, quoted, rows } from "../support/database.ts";
import { asDevice, claim, type Issued, issueOne } from "../support/devices.ts";
import { eventually } from "../support/eventually.ts";
import { newCampaign, newRelease } from "../support/firmware.ts";
import { demo, type SignedIn } from "../support/session.ts";
import type { DeviceReport } from "../support/simProcess.ts";
import { Simulator } from "../support/simulator.ts";
import { secret } from "../support/stack.ts";
import { newPit } from "../support/workshop.ts";

const outageSeconds = 7200;
/** Virtual time the updates may take: a random delay before each look and each download. */
const updateSeconds = 4 * 3600;
const slow = 60_000;

let owner: SignedIn;
let platform: SignedIn;
let issued: Issued;
let pitId: number;
let simulator: Simulator;

const becomes = (what: string, holds: (report: DeviceReport) => boolean): Promise<DeviceReport> =>
  eventually(
    what,
    async () => {
      const report = await simulator.report();
      if (!holds(report)) throw new Error(JSON.stringify(report));
      return report;
    },
    slow,
  );

interface Stored {
  boot_id: number;
  seq: number;
  times: number;
  measured_at: string;
}
/** What the database holds of the device: every boot's readings, and how often each. */
const stored = (): Promise<Stored[]> =>
  rows(`SELECT s.boot_id, s.seq, count(*) AS times, min(s.measured_at) AS measured_at
          FROM sensor_data s JOIN devices d ON d.id = s.device_key
         WHERE d.device_id = ${quoted(issued.device_id)}
         GROUP BY s.boot_id, s.seq ORDER BY s.boot_id, s.seq`);

function assertWhole(readings: Stored[]): void {
  const boots = new Map<number, number[]>();
  for (const { boot_id, seq, times } of readings) {
    assert.equal(times, 1, `boot ${boot_id}, reading ${seq} is there ${times} times`);
    boots.set(boot_id, [...(boots.get(boot_id) ?? []), seq]);
  }
  for (const [boot, seqs] of boots) {
    assert.deepEqual(seqs, [...seqs.keys()], `boot ${boot} has a gap`);
  }
}

const setStatus = (status: string): Promise<unknown> =>
  owner.patch(`/api/devices/${issued.device_id}/status`, { status, reason: "maintenance" });

// Versions nobody else in this stack has released.
const serial = Date.now() % 900_000;
const firstVersion = `1.1.${serial}`;
const brokenVersion = `1.2.${serial}`;

/** Signs and releases an image to this device's batch; the id of the campaign. */
async function release(version: string, faults: string): Promise<number> {
  const image = Buffer.from(
    `pitview-sim-image\nversion=${version}\n${faults}\0${"x".repeat(50_000)}`,
  );
  return newCampaign(await newRelease("sim", version, image));
}

/** Turns the device's clock ahead minute by minute, answers arriving in between. */
const updateUntil = (what: string, holds: (report: DeviceReport) => boolean): Promise<unknown> =>
  eventually(
    what,
    async () => {
      const report = await simulator.report();
      if (holds(report)) return true;
      await simulator.order("advance", 60_000);
      throw new Error(JSON.stringify(report));
    },
    slow,
  );

before(async () => {
  platform = await demo("platform");
  owner = await demo("amit");
  issued = await issueOne({ hw_rev: "sim" });
  pitId = await newPit();
  simulator = new Simulator([issued], {
    behindSeconds: outageSeconds + updateSeconds + 600,
    releaseKey: createPublicKey(createPrivateKey(secret("release_private.pem")))
      .export({ type: "spki", format: "pem" })
      .toString(),
  });
});

describe("the life of a device", { concurrency: 1 }, () => {
  test("out of the box it belongs to nobody and says nothing", async () => {
    const report = await becomes("powered", ({ powered }) => powered);
    assert.equal(report.licence, "unprovisioned");
    assert.equal((await asDevice(issued)).json.licence, "unprovisioned");
    assert.equal((await stored()).length, 0);
  });

  test("claimed for a pit it connects and its readings arrive", async () => {
    const answer = await claim(issued, pitId);
    assert.equal(answer.status, 200, answer.text);
    // Its clock is hours behind, and a reading counts for the pit it was at when measured.
    await execute(
      `UPDATE device_assignments SET assigned_at = assigned_at - interval '9 hours'
        WHERE device_key = (SELECT id FROM devices WHERE device_id = ${quoted(issued.device_id)})`,
    );
    await becomes("online", ({ online, licence }) => online && licence === "enabled");
    const report = await becomes("settled", ({ settled }) => settled >= 2);
    assert.equal(report.dropped, 0);
    assertWhole(await stored());
  });

  test("two hours without a network leave no gap and no duplicate", async () => {
    await simulator.order("cut", 1);
    const [before] = await simulator.order("report");
    const [after] = await simulator.order("advance", outageSeconds * 1000);
    assert.ok(before && after);
    assert.ok(after.measured - before.measured >= outageSeconds / 10 - 1, `${after.measured}`);
    assert.ok(after.waiting >= outageSeconds / 10 - 1, `${after.waiting}`);
    await simulator.order("cut", 0);
    const caughtUp = await becomes("everything settled", ({ waiting }) => waiting <= 1);
    assert.equal(caughtUp.dropped, 0);
    const readings = await stored();
    assert.ok(readings.length >= caughtUp.measured - 1, `${readings.length} stored`);
    assertWhole(readings);
    const times = readings.map(({ measured_at }) => Date.parse(measured_at));
    for (const [i, time] of times.entries()) {
      const next = times[i + 1];
      if (next !== undefined)
        assert.ok(next - time <= 20_000, `${readings[i]?.measured_at}: a hole`);
    }
  });

  test("a network that duplicates, drops and delays changes nothing about that", async () => {
    await simulator.order("duplicate", 50);
    await simulator.order("drop", 20);
    await simulator.order("delay", 200);
    const { settled } = await simulator.report();
    await becomes("more of them settled", (report) => report.settled >= settled + 2);
    for (const fault of ["duplicate", "drop", "delay"]) await simulator.order(fault, 0);
    await becomes("calm again", ({ waiting, online }) => online && waiting <= 1);
    assertWhole(await stored());
  });

  test("disabled it falls silent, and a power cycle does not wake it", async () => {
    await setStatus("disabled");
    const disabled = await becomes("disabled", ({ licence }) => licence === "disabled");
    await eventually("the confirmation", async () => {
      const { json } = await owner.get(`/api/devices/${issued.device_id}`);
      return json.acknowledged_version >= disabled.state_version;
    });
    const { measured } = await simulator.report();
    await simulator.order("power_cycle");
    const again = await becomes("online again", ({ online }) => online);
    assert.equal(again.licence, "disabled");
    assert.equal(again.boot_id, disabled.boot_id + 1);
    await simulator.order("advance", 120_000);
    assert.equal((await simulator.report()).measured, measured);
  });

  test("enabled it goes on", async () => {
    await setStatus("active");
    await becomes("enabled", ({ licence }) => licence === "enabled");
    const { settled } = await simulator.report();
    await becomes("readings again", (report) => report.settled > settled);
    assertWhole(await stored());
  });

  test("a good release is installed", async () => {
    const campaign = await release(firstVersion, "");
    await updateUntil(`${firstVersion} is accepted`, ({ firmware, ota, online }) => {
      return firmware === firstVersion && ota === "idle" && online;
    });
    await eventually("its report", async () => {
      const counts = (await platform.get(`/api/firmware/campaigns/${campaign}`)).json.devices;
      return counts.installed === 1;
    });
  });

  test("a release that cannot connect is rolled back, and not tried again", async () => {
    const campaign = await release(brokenVersion, "fault=no_network\n");
    await updateUntil("it runs on trial", ({ firmware }) => firmware === brokenVersion);
    await updateUntil("the old version is back", ({ firmware, online }) => {
      return firmware === firstVersion && online;
    });
    await eventually("its report", async () => {
      await simulator.order("advance", 60_000);
      const counts = (await platform.get(`/api/firmware/campaigns/${campaign}`)).json.devices;
      return counts.rolled_back === 1;
    });
    const { settled } = await simulator.report();
    await becomes("readings go on", (report) => report.settled > settled);
    const readings = await stored();
    for (const { boot_id, seq, times } of readings) assert.equal(times, 1, `${boot_id}/${seq}`);
  });
});
