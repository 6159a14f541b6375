// What passes between a device and the broker: the kill switch, the walls between devices, which
// readings are settled, and a broker that lost its accounts. The device is mosquitto_pub and
// mosquitto_sub.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, test } from "node:test";
import { count, execute, quoted } from "../support/database.ts";
import {
  deviceAtWork,
  deviceTopic,
  hmacOfCommand,
  type Issued,
  Listener,
} from "../support/devices.ts";
import { eventually, unique } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { metric, refused } from "../support/metrics.ts";
import { payloadOf, publish, publishReading, type Reading, topicOf } from "../support/mqtt.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { currentStatus, type Device, deviceAt, pitInBackground, shine } from "../support/stack.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const readingsOf = ({ device_id }: Device) =>
  `SELECT s.* FROM sensor_data s JOIN devices d ON d.id = s.device_key WHERE d.device_id = ${quoted(device_id)}`;

const stored = (device: Device, seq: number) =>
  eventually("the row", () => count(`${readingsOf(device)} AND s.seq = ${seq}`));

const subscription = (device: Device, status: string) =>
  execute(
    `UPDATE subscriptions SET status = ${quoted(status)} FROM devices d
     WHERE d.id = device_key AND d.device_id = ${quoted(device.device_id)}`,
  );

const say = (device: Device, status: object) =>
  publish(device, JSON.stringify(status), deviceTopic(device, "status"));

/** What is known of the device once this has been dealt with. */
async function reported(device: Device, status: object): Promise<void> {
  const fw = `t${unique()}`;
  await say(device, { ...status, fw });
  await eventually("the report", async () => {
    const { json } = await owner.get(`/api/devices/${device.device_id}`);
    return json.fw === fw;
  });
}

/** A refused reading, seen by the server. */
async function refusedReading(device: Device, reading: Reading = {}): Promise<void> {
  const before = await refused("licence_refused");
  await publishReading(device, reading);
  await eventually("the refusal", async () => (await refused("licence_refused")) > before);
}

describe("the kill switch", () => {
  test("tells a suspended device once, hears silence, and tells it to go on after payment", async () => {
    const device = await deviceAtWork();
    const listener = await Listener.open(device, "command", "config");
    await reported(device, { status: "online", boot_id: 1 });
    await subscription(device, "suspended");
    const { message } = await listener.next("command");
    assert.deepEqual([message.command, message.reason], ["DISABLE", "subscription_suspended"]);
    assert.equal(message.hmac, hmacOfCommand(device, message));
    const retained = await listener.next("config", (config) => config.version === message.id);
    assert.equal(retained.message.licence, "disabled");

    // It obeys, and says so.
    await reported(device, { status: "disabled", state_version: message.id, boot_id: 1 });
    await subscription(device, "active");
    const { message: enable } = await listener.next(
      "command",
      ({ command }) => command === "ENABLE",
    );
    assert.deepEqual([enable.reason, enable.id], ["payment_received", message.id + 1]);
    assert.equal(listener.all("command").length, 2);
    listener.close();
    await reported(device, { status: "online", state_version: enable.id, boot_id: 1 });
    const seq = unique();
    await publishReading(device, { seq });
    await stored(device, seq);
  });

  test("tells a device that goes on sending once, and again when it has connected anew", async () => {
    const device = await deviceAtWork();
    await reported(device, { status: "online", boot_id: 5 });
    const listener = await Listener.open(device, "command");
    await owner.patch(`/api/devices/${device.device_id}/status`, { status: "disabled" });
    await listener.next("command", ({ id }) => id === 3);

    await refusedReading(device);
    const { message: again } = await listener.next("command", ({ id }) => id === 4);
    assert.equal(again.command, "DISABLE");
    for (let i = 0; i < 5; ++i) await refusedReading(device);
    await reported(device, { status: "offline" });
    await reported(device, { status: "online", boot_id: 5 });
    await refusedReading(device);
    await listener.next("command", ({ id }) => id === 5);
    assert.deepEqual(
      listener.all("command").map((heard) => heard.message.id),
      [3, 4, 5],
      "one for each connection, not one for each reading",
    );
    assert.equal(await count(readingsOf(device)), 0);
    listener.close();
  });
});

describe("at the broker a device", () => {
  let one: Issued & Device;
  let other: Issued & Device;
  before(async () => {
    [one, other] = [await deviceAtWork(), await deviceAtWork()];
  });

  test("hears nothing that is for another", async () => {
    const topics = ["#", "workshop/#", "+/+/+/+/+", "$CONTROL/#"];
    const others = ["command", "config", "ack", "status"].map((what) => deviceTopic(other, what));
    const curious = new Listener(one, [
      ...topics,
      ...others,
      deviceTopic(one, "command"),
      deviceTopic(one, "config"),
    ]);
    await curious.next("config");
    const turn = (device: Issued, status: string) =>
      owner.patch(`/api/devices/${device.device_id}/status`, { status });
    const listener = await Listener.open(other, "command");
    await turn(other, "disabled");
    await listener.next("command");
    await turn(other, "active");
    await listener.next("command", ({ command }) => command === "ENABLE");
    listener.close();
    // What is for itself comes after all that, so that would have been heard before.
    await turn(one, "active");
    await curious.next("command");
    curious.close();
    for (const { topic } of curious.heard)
      assert.ok([deviceTopic(one, "command"), deviceTopic(one, "config")].includes(topic), topic);
  });

  test("says nothing for another, and commands nobody", async () => {
    const listener = await Listener.open(other, "command", "config", "ack");
    await listener.next("config");
    const forged = JSON.stringify({ command: "DISABLE", reason: "forged" });
    for (const what of ["command", "config", "ack", "status"])
      await publish(one, forged, deviceTopic(other, what));
    for (const what of ["command", "config", "ack"])
      await publish(one, forged, deviceTopic(one, what));
    const control = '{"commands":[{"command":"deleteClient","username":"pitview-server"}]}';
    await publish(one, control, "$CONTROL/dynamic-security/v1");
    const before = await refused("topic_mismatch");
    await publish(one, payloadOf(one), topicOf(other));
    const seq = unique();
    await publishReading(other, { seq, boot_id: 2 });
    await listener.next("ack", ({ boot_id }) => boot_id === 2);
    assert.equal(await refused("topic_mismatch"), before);
    assert.ok(!JSON.stringify(listener.heard).includes("forged"));
    assert.equal((await call("GET", "/readyz")).status, 200);
    listener.close();
  });

  test("sends its readings in both spellings of the topic", async () => {
    const seq = unique();
    await publish(one, payloadOf(one, { seq }), `workshop/${shine}/pit${one.pit_number}/sensors`);
    await stored(one, seq);
  });
});

describe("settlement", () => {
  const settledIn = (listener: Listener, boot: number): number[] =>
    listener
      .all("ack")
      .filter(({ message }) => message.boot_id === boot)
      .flatMap(({ message }) => message.ranges as [number, number][])
      .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  const settled = (listener: Listener, boot: number, seqs: number[]) =>
    eventually(`${seqs} settled`, () => {
      const found = settledIn(listener, boot);
      return seqs.every((seq) => found.includes(seq));
    });

  test("names what is in the database, what is there already and what is refused for good", async () => {
    const device = await deviceAtWork();
    const listener = await Listener.open(device, "ack");
    const boot_id = unique();
    const old = new Date(Date.now() - 91 * 86_400_000).toISOString();
    const unplaced = new Date(Date.now() - 86_400_000).toISOString();
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const first = payloadOf(device, { boot_id, seq: 1 });
    await publish(device, first);
    await settled(listener, boot_id, [1]);
    assert.equal(await count(`${readingsOf(device)} AND s.boot_id = ${boot_id}`), 1);
    await publishReading(device, { boot_id, seq: 2 });
    await publishReading(device, { boot_id, seq: 3, temperature: 99 });
    await publishReading(device, { boot_id, seq: 4, timestamp: old });
    await publishReading(device, { boot_id, seq: 5, timestamp: ahead });
    await publishReading(device, { boot_id, seq: 6, timestamp: unplaced });
    await publishReading(device, { boot_id, seq: 7, temperature: "warm" });
    await publishReading(device, { boot_id, seq: 9 });
    await settled(listener, boot_id, [2, 3, 4, 5, 6, 7, 9]);
    const seen = listener.all("ack").length;
    await publish(device, first);
    await eventually("the repetition is answered", () =>
      listener
        .all("ack")
        .slice(seen)
        .some(({ message }) => message.ranges.some(([a, b]: [number, number]) => a <= 1 && 1 <= b)),
    );
    assert.ok(!settledIn(listener, boot_id).includes(8));
    assert.deepEqual(
      (await execute(`${readingsOf(device)} AND s.boot_id = ${boot_id}`)).length,
      3,
      "1, 2 and 9 are stored",
    );
    listener.close();
  });

  test("does not name what an unpaid licence refused, nor what is another's", async () => {
    const device = await deviceAtWork();
    const victim = deviceAt(shine, 1);
    const [listener, boot_id] = [await Listener.open(device, "ack", "command"), unique()];
    await owner.patch(`/api/devices/${device.device_id}/status`, { status: "disabled" });
    await refusedReading(device, { boot_id, seq: 1 });
    await refusedReading(device, { boot_id, seq: 2, temperature: 99 });
    await owner.patch(`/api/devices/${device.device_id}/status`, { status: "active" });
    const mismatches = await refused("wrong_licence");
    await publish(device, payloadOf(device, { boot_id, seq: 3, license_key: victim.license_key }));
    await eventually(
      "the refusal",
      async () => (await refused("wrong_licence")) === mismatches + 1,
    );
    await publishReading(device, { boot_id, seq: 4 });
    await settled(listener, boot_id, [4]);
    assert.deepEqual(settledIn(listener, boot_id), [4]);
    // After ENABLE it is delivered.
    await publishReading(device, { boot_id, seq: 1 });
    await settled(listener, boot_id, [1]);
    listener.close();
  });

  test("gathers many readings in few messages", async () => {
    const device = await deviceAtWork();
    const [listener, boot_id] = [await Listener.open(device, "ack"), unique()];
    const started = Date.now();
    const seqs = Array.from({ length: 40 }, (_, i) => i + 1);
    for (const seq of seqs) await publishReading(device, { boot_id, seq });
    await settled(listener, boot_id, seqs);
    const seconds = (Date.now() - started) / 1000;
    const messages = listener.all("ack").length;
    assert.ok(messages <= Math.floor(seconds) + 1, `${messages} messages in ${seconds} s`);
    assert.deepEqual(
      settledIn(listener, boot_id).sort((a, b) => a - b),
      seqs,
    );
    listener.close();
  });

  test("is not for devices without numbers", async () => {
    const device = await deviceAtWork();
    const [listener, boot_id] = [await Listener.open(device, "ack"), unique()];
    const before = await metric("pitview_ingest_stored_total");
    await publishReading(device, { boot_id: undefined, seq: undefined });
    await eventually(
      "it is stored",
      async () => (await metric("pitview_ingest_stored_total")) > before,
    );
    await publishReading(device, { boot_id, seq: 1 });
    await settled(listener, boot_id, [1]);
    assert.equal(listener.all("ack").length, 1);
    listener.close();
  });
});

describe("a broker that lost its accounts", () => {
  test("gets them back, with what it kept for every device", async () => {
    const device = await deviceAtWork();
    const { pids } = currentStatus();
    const command = readFileSync(`/proc/${pids.mosquitto}/cmdline`, "utf8").split("\0");
    const config = command[command.indexOf("-c") + 1] ?? "";
    assert.match(config, /mosquitto\.conf$/);
    rmSync(join(dirname(config), "dynamic-security.json"));
    await pitInBackground("restart", "mosquitto");
    const listener = await Listener.open(device);
    await listener.next("config");
    listener.close();
    for (const one of [device, deviceAt(shine, 2)]) {
      // Until the server is connected again too, the broker has nobody to give a reading to.
      const first = unique();
      await eventually("its readings are taken", async () => {
        await publishReading(one, { seq: unique() });
        return count(`${readingsOf(one)} AND s.seq > ${first}`);
      });
    }
    await assert.rejects(
      publishReading({ ...device, mqtt_password: "wrong" }),
      /not authori[sz]ed/i,
    );
  });
});
