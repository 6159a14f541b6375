// Messages that no device of ours would send, between those of our devices.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { claimedDevices, type FleetDevice } from "../support/fleet.ts";
import { Fleet } from "./support/fleet.ts";
import { chance, full, scaled } from "./support/scale.ts";
import { Sender } from "./support/sender.ts";
import { metrics, mosquitto, product, server, startStack, stopStack } from "./support/stack.ts";

const messages = scaled(20_000, 1_000_000);
/** Of the release build; the sanitizers of the other one take several times as much. */
const memoryLimitMb = 300;
/** Fewer than the broker keeps for the server, so that none is thrown away on the way. */
const underway = 10_000;
/** Of a flood that the broker does throw away in part. */
const flooders = 8;

let fleet: Fleet;
let hostile: FleetDevice[];
before(async () => {
  await startStack();
  fleet = await Fleet.start();
  hostile = await claimedDevices(product, flooders);
});
after(async () => {
  await fleet?.close();
  await stopStack();
});

interface Kind {
  /** By what the server counts it; null: the broker keeps it from the server. */
  reason: string | null;
  topic?: (by: FleetDevice) => string;
  payload: (by: FleetDevice) => string | Buffer;
}

let seq = 0;
const reading = ({ device_id, license_key }: FleetDevice, change: object = {}): string => {
  seq += 1;
  return JSON.stringify({
    device_id,
    license_key,
    timestamp: new Date().toISOString(),
    temperature: 24.5,
    humidity: 55.2,
    aqi: 78,
    pressure: 1013.25,
    boot_id: 1,
    seq,
    ...change,
  });
};
const victim = () => fleet.devices[Math.floor(chance() * fleet.devices.length)] as FleetDevice;
const noise = randomBytes(4_096);
const sensorsOf = (device: FleetDevice) =>
  `workshop/${device.workshop_code}/pit/${device.pit_number}/sensors`;
const statusOf = (device: FleetDevice) =>
  `workshop/${device.workshop_code}/device/${device.device_id}/status`;

const kinds: Kind[] = [
  { reason: "malformed_json", payload: (by) => reading(by).slice(0, -4) },
  { reason: "malformed_json", payload: () => "[".repeat(3_000) },
  { reason: "malformed_json", payload: (by) => reading(by).replace("24.5", "1e999") },
  { reason: "malformed_json", payload: () => noise.subarray(0, 1 + Math.floor(chance() * 4_000)) },
  { reason: "malformed_json", payload: (by) => `${reading(by)}${reading(by)}` },
  { reason: "invalid_payload", payload: (by) => reading(by, { temperature: "24.5" }) },
  { reason: "invalid_payload", payload: (by) => reading(by, { humidity: [55] }) },
  { reason: "invalid_payload", payload: (by) => reading(by, { seq: 2 ** 53 }) },
  { reason: "invalid_payload", payload: (by) => reading(by, { boot_id: -1 }) },
  { reason: "invalid_payload", payload: (by) => reading(by, { timestamp: "yesterday" }) },
  { reason: "invalid_payload", payload: (by) => reading(by, { license_key: undefined }) },
  { reason: "invalid_payload", payload: () => "null" },
  { reason: "invalid_payload", topic: statusOf, payload: () => '{"status":"flying"}' },
  { reason: "out_of_range", payload: (by) => reading(by, { aqi: 1e300 }) },
  { reason: "out_of_range", payload: (by) => reading(by, { temperature: 1e9 }) },
  {
    reason: "future_timestamp",
    payload: (by) => reading(by, { timestamp: "2099-01-01T00:00:00Z" }),
  },
  { reason: "too_old", payload: (by) => reading(by, { timestamp: "1970-01-01T00:00:01Z" }) },
  { reason: "too_large", payload: (by) => reading(by, { pad: "x".repeat(5_000) }) },
  { reason: "unknown_device", payload: (by) => reading(by, { device_id: "ESP32-000000000000" }) },
  // In the name of another one: without its licence key, and with it.
  { reason: "wrong_licence", payload: (by) => reading(by, { device_id: victim().device_id }) },
  { reason: "topic_mismatch", payload: () => reading(victim()) },
  { reason: null, topic: () => sensorsOf(victim()), payload: () => reading(victim()) },
  { reason: null, topic: () => "workshop/anything/else", payload: () => noise },
  { reason: null, topic: (by) => `${statusOf(by).slice(0, -6)}command`, payload: () => "{}" },
];

/**
 * Readings with a fault of their values count against the budget of their device, and those beyond
 * it as too many, whatever else is wrong with them.
 */
const budgeted = ["out_of_range", "future_timestamp", "too_old", "too_many"];
const asCounted = (reason: string) => (budgeted.includes(reason) ? "faulty or too many" : reason);
const reasonIn = (metric: string) =>
  /^pitview_ingest_refused_total\{reason="([a-z_]+)"\}/.exec(metric)?.[1];

let turn = 0;
function malformed(by: FleetDevice, count: number) {
  return Array.from({ length: count }, () => {
    const kind = kinds[turn % kinds.length] as Kind;
    turn += 1;
    return { kind, topic: (kind.topic ?? sensorsOf)(by), payload: kind.payload(by) };
  });
}

/** The broker knows a new device a moment after its claim. */
const connected = (by: FleetDevice): Promise<Sender> =>
  eventually("the broker knows it", () => Sender.open(product.mqtt.port, by));

test(`${messages} malformed messages`, async (t) => {
  const [before, sent] = [await metrics(), new Map<string, number>()];
  const refused = async () => {
    const now = await metrics();
    const counts = new Map<string, number>();
    for (const [name, value] of now) {
      const reason = reasonIn(name);
      const more = value - (before.get(name) ?? 0);
      if (reason !== undefined && more > 0)
        counts.set(asCounted(reason), (counts.get(asCounted(reason)) ?? 0) + more);
    }
    return counts;
  };
  const total = (counts: Map<string, number>) =>
    [...counts.values()].reduce((all, one) => all + one, 0);

  // One connection: the broker reads one packet of each in turn, so with several it would take in
  // more than it reads confirmations of, until it keeps no more for the server.
  const [by] = hostile as [FleetDevice];
  const began = Date.now();
  const sender = await connected(by);
  while (sender.sent < messages) {
    const some = malformed(by, Math.min(5_000, messages - sender.sent));
    await sender.publish(
      some.map(({ kind, ...message }) => {
        const reason = kind.reason === null ? null : asCounted(kind.reason);
        if (reason !== null) sent.set(reason, (sent.get(reason) ?? 0) + 1);
        return message;
      }),
    );
    while (total(sent) - total(await refused()) > underway) await pause(20);
  }
  sender.close();
  const seconds = (Date.now() - began) / 1000;

  await eventually(
    "every one of them is counted",
    async () => assert.deepEqual(await refused(), sent) ?? true,
    full ? 300_000 : 60_000,
  );
  const megabytes = server.peakMemoryMb;
  t.diagnostic(
    `malformed: ${messages} in ${seconds.toFixed(1)} s, ${Math.round(messages / seconds)} a second; ` +
      `server ${megabytes.toFixed(0)} MB at most`,
  );
  if (full) assert.ok(megabytes < memoryLimitMb, `${megabytes} MB`);
  await fleet.assertNothingLost(t);
  assert.deepEqual([mosquitto.faults, server.faults], [[], []]);
});

// The broker throws away what it cannot keep, readings of our devices too; they repeat them.
if (full)
  test(`a flood of ${messages} malformed messages from ${flooders} at once`, async (t) => {
    const began = Date.now();
    await Promise.all(
      hostile.map(async (by) => {
        const sender = await connected(by);
        while (sender.sent < messages / flooders) await sender.publish(malformed(by, 5_000));
        sender.close();
      }),
    );
    const seconds = (Date.now() - began) / 1000;
    const megabytes = server.peakMemoryMb;
    t.diagnostic(
      `flood: ${Math.round(messages / seconds)} messages a second for ${seconds.toFixed(1)} s; ` +
        `server ${megabytes.toFixed(0)} MB at most`,
    );
    assert.ok(megabytes < memoryLimitMb, `${megabytes} MB`);
    await fleet.assertNothingLost(t);
  });
