// The kill switch from one end to the other (plan §5, decisions D5, D44, D45). The device is
// mosquitto_pub and mosquitto_sub with its own credentials; everything else goes through the API.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { count, execute, quoted } from "../support/database.ts";
import {
  deviceAtWork,
  deviceTopic,
  hmacOfCommand,
  hmacOfState,
  type Issued,
  Listener,
} from "../support/devices.ts";
import { eventually, unique } from "../support/eventually.ts";
import { changeSubscription, subscriptionOf, violations } from "../support/licences.ts";
import { metric, refused } from "../support/metrics.ts";
import { publish, publishReading, type Reading } from "../support/mqtt.ts";
import { demo, type SignedIn } from "../support/session.ts";
import type { Device } from "../support/stack.ts";
import { runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const readingsOf = (device: Device, seq: number) =>
  count(
    `SELECT s.* FROM sensor_data s JOIN devices d ON d.id = s.device_key
     WHERE d.device_id = ${quoted(device.device_id)} AND s.seq = ${seq}`,
  );

async function storedReading(device: Device): Promise<void> {
  const seq = unique();
  await publishReading(device, { seq });
  await eventually("the reading is stored", () => readingsOf(device, seq));
}

/** Refused, and seen to be. Returns its number. */
async function refusedReading(device: Device, reading: Reading = {}): Promise<number> {
  const [seq, before] = [unique(), await refused("licence_refused")];
  await publishReading(device, { seq, ...reading });
  await eventually("the refusal", async () => (await refused("licence_refused")) > before);
  return seq;
}

/** What the device says of itself, once the server has dealt with it. */
async function says(device: Device, status: object): Promise<void> {
  const fw = `t${unique()}`;
  await publish(device, JSON.stringify({ ...status, fw }), deviceTopic(device, "status"));
  await eventually("the report", async () => {
    const { json } = await owner.get(`/api/devices/${device.device_id}`);
    return json.fw === fw;
  });
}

const commandsOf = async (device: Device) =>
  (await owner.get(`/api/devices/${device.device_id}/commands`)).json as {
    version: number;
    command: string;
    reason: string;
    acknowledged_at: string | null;
    by: string | null;
  }[];

/** Until the server has looked at all licences once more: another device has been told to stop. */
async function afterTheNextLook(): Promise<void> {
  const other = await deviceAtWork();
  const told = await Listener.open(other, "command");
  await changeSubscription(other.device_id, { status: "suspended" });
  await told.next("command");
  told.close();
}

describe("the story of a payment that does not come", () => {
  let device: Issued & Device;
  let listener: Listener;
  let jobId = 0;
  let disable: { id: number };

  test("the device is at work, under a customer's car", async () => {
    device = await deviceAtWork();
    listener = await Listener.open(device, "command", "config");
    await says(device, { status: "online", boot_id: 1, state_version: 2 });
    jobId = (await runningJob(device.pit_id)).job_id;
    await storedReading(device);
    assert.equal((await subscriptionOf(device.device_id)).refusal, null);
  });

  test("suspended during the job, it goes on", async () => {
    const suspended = await changeSubscription(device.device_id, { status: "suspended" });
    assert.deepEqual(
      [suspended.status, suspended.refusal, suspended.held_by_job],
      ["suspended", null, true],
    );
    await afterTheNextLook();
    await storedReading(device);
    await setStatus(jobId, "quality_check");
    await storedReading(device);
    assert.deepEqual(listener.all("command"), []);
    assert.equal((await owner.get(`/api/devices/${device.device_id}`)).json.licence, "enabled");
  });

  test("when the job is completed it is told DISABLE, exactly and signed", async () => {
    await setStatus(jobId, "completed");
    const { message, retained } = await listener.next("command");
    assert.equal(retained, false);
    const minutes = (Date.parse(message.expires_at) - Date.now()) / 60_000;
    assert.ok(minutes > 4 && minutes <= 5, `${minutes} minutes`);
    const [before] = await commandsOf(device);
    assert.deepEqual(message, {
      command: "DISABLE",
      reason: "subscription_suspended",
      id: before?.version ?? 0,
      expires_at: message.expires_at,
      hmac: hmacOfCommand(device, message),
    });
    disable = message;
    const config = await listener.next("config", ({ version }) => version === message.id);
    assert.equal(config.message.licence, "disabled");
    assert.equal(config.message.hmac, hmacOfState(device, config.message));
    const { refusal, held_by_job } = await subscriptionOf(device.device_id);
    assert.deepEqual([refusal, held_by_job], ["Payment overdue", false]);
  });

  test("what it sends all the same is refused, counted, and no reason to tell it again", async () => {
    const total = await metric("pitview_licence_violations_total");
    const seqs: number[] = [];
    for (let i = 0; i < 6; ++i) seqs.push(await refusedReading(device));
    const [violation] = await violations(device.device_id, "Payment overdue", 6);
    assert.ok(violation);
    const { id, hour, first_at, last_at, messages, ...rest } = violation;
    assert.deepEqual(rest, {
      device_id: device.device_id,
      workshop_id: (await owner.get("/api/auth/me")).json.workshop_id,
      workshop_code: "workshop_001",
      reason: "Payment overdue",
    });
    assert.ok(
      id > 0 && messages > 0 && Date.parse(hour) <= Date.parse(first_at) && first_at <= last_at,
    );
    assert.ok((await metric("pitview_licence_violations_total")) >= total + 6);
    for (const seq of seqs) assert.equal(await readingsOf(device, seq), 0);
    assert.equal(listener.all("command").length, 1);
  });

  test("its confirmation is kept, and then it is silent", async () => {
    assert.equal((await commandsOf(device))[0]?.acknowledged_at, null);
    await says(device, {
      status: "disabled",
      reason: "subscription_suspended",
      boot_id: 1,
      state_version: disable.id,
    });
    const [told] = await commandsOf(device);
    assert.deepEqual(
      [told?.version, told?.command, told?.by],
      [disable.id, "DISABLE", null],
      "the system told it",
    );
    assert.ok(told?.acknowledged_at);
    assert.equal((await owner.get(`/api/pits/${device.pit_id}`)).json.device.status, "online");
    await afterTheNextLook();
    assert.equal(listener.all("command").length, 1);
  });

  test("paid for, it is told ENABLE, and its readings are stored again", async () => {
    const paid = await changeSubscription(device.device_id, {
      status: "active",
      last_payment_at: new Date().toISOString(),
    });
    assert.deepEqual([paid.status, paid.refusal], ["active", null]);
    const { message } = await listener.next("command", ({ command }) => command === "ENABLE");
    assert.deepEqual(message, {
      command: "ENABLE",
      reason: "payment_received",
      id: disable.id + 1,
      expires_at: message.expires_at,
      hmac: hmacOfCommand(device, message),
    });
    await says(device, { status: "online", boot_id: 1, state_version: message.id });
    await storedReading(device);
    assert.deepEqual(
      listener.all("command").map((heard) => heard.message.command),
      ["DISABLE", "ENABLE"],
    );
    listener.close();
  });
});

test("a job begun after the end of the licence holds up nothing", async () => {
  const device = await deviceAtWork();
  const listener = await Listener.open(device, "command");
  await changeSubscription(device.device_id, { status: "suspended" });
  await listener.next("command");
  await runningJob(device.pit_id);
  const { refusal, held_by_job } = await subscriptionOf(device.device_id);
  assert.deepEqual([refusal, held_by_job], ["Payment overdue", false]);
  await afterTheNextLook();
  await refusedReading(device);
  listener.close();
});

test("a device that does not obey is told again when it connects anew, once", async () => {
  const device = await deviceAtWork();
  await says(device, { status: "online", boot_id: 5 });
  const listener = await Listener.open(device, "command");
  await changeSubscription(device.device_id, { status: "suspended" });
  const { message: first } = await listener.next("command");
  for (let i = 0; i < 3; ++i) await refusedReading(device);
  await says(device, { status: "offline" });
  await says(device, { status: "online", boot_id: 5 });
  for (let i = 0; i < 3; ++i) await refusedReading(device);
  await listener.next("command", ({ id }) => id === first.id + 1);
  assert.equal(listener.all("command").length, 2);
  listener.close();
});

describe("the words of the plan", () => {
  for (const [what, change, words, told] of [
    ["suspended", { status: "suspended" }, "Payment overdue", "subscription_suspended"],
    ["expired", { status: "expired" }, "Subscription expired", "subscription_expired"],
    ["over", { expires_at: "2025-01-01T00:00:00Z" }, "License expired", "licence_expired"],
  ] as const)
    test(`for a subscription that is ${what}: ${words}`, async () => {
      const device = await deviceAtWork();
      const listener = await Listener.open(device, "command");
      const changed = await changeSubscription(device.device_id, change);
      assert.equal(changed.refusal, words);
      const { message } = await listener.next("command");
      assert.deepEqual([message.command, message.reason], ["DISABLE", told]);
      await refusedReading(device);
      await violations(device.device_id, words, 1);
      listener.close();
    });

  test("for a licence nobody knows: Unknown license", async () => {
    const device = await deviceAtWork();
    const before = await refused("wrong_licence");
    await publishReading(device, { license_key: "LIC-0000-0000-0000" });
    await eventually("the refusal", async () => (await refused("wrong_licence")) > before);
    await violations(device.device_id, "Unknown license", 1);
    const made_up = "ESP32-00000000BAD0";
    await publishReading(device, { device_id: made_up });
    await eventually("its count", async () => {
      const platform = await demo("platform");
      return (await platform.get(`/api/violations?device_id=${made_up}`)).json[0]?.messages;
    });
    const others = await (await demo("platform")).get(`/api/violations?device_id=${made_up}`);
    assert.deepEqual(
      [others.json[0].reason, others.json[0].workshop_id],
      ["Unknown license", null],
    );
  });
});

test("violations come page by page, of one workshop or all", async () => {
  const platform = await demo("platform");
  const [first, second] = [await deviceAtWork(), await deviceAtWork()];
  for (const device of [first, second]) {
    await publishReading(device, { license_key: "LIC-0000-0000-0000" });
    await violations(device.device_id, "Unknown license", 1);
  }
  const page = await platform.get("/api/violations?limit=1&workshop_id=2");
  assert.equal(page.json[0].device_id, second.device_id);
  const next = /<([^>]+)>/.exec(String(page.headers.link))?.[1] ?? "";
  assert.equal((await platform.get(next)).json[0].device_id, first.device_id);
  const [id] = await execute("SELECT id FROM workshops WHERE code = 'workshop_002'");
  const elsewhere = (await platform.get(`/api/violations?workshop_id=${id}`)).json;
  for (const one of elsewhere) assert.equal(one.workshop_code, "workshop_002");
});
