// The database is away, and the people who watch do not notice: what the server cannot hold any
// more it leaves to the devices, and goes on showing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { claimedDevices, type FleetDevice, watch } from "../support/fleet.ts";
import { Fleet } from "./support/fleet.ts";
import { full, scaled } from "./support/scale.ts";
import { Sender } from "./support/sender.ts";
import { metrics, postgres, product, server, startStack, stopStack } from "./support/stack.ts";

/** More than the broker sends without an acknowledgement; in full also more than the server holds. */
const readings = scaled(14_000, 40_000);
const senders = scaled(4, 16);

const opened: { close: () => void }[] = [];
let fleet: Fleet;
let sending: FleetDevice[];
before(async () => {
  await startStack();
  fleet = await Fleet.start();
  sending = await claimedDevices(product, senders);
  begin = Date.now(); // what was measured before its device came to the pit is no news of it
});
after(async () => {
  for (const one of opened) one.close();
  await fleet?.close();
  await stopStack();
});

const leftToDevices = async () =>
  (await metrics()).get('pitview_ingest_refused_total{reason="left_to_device"}') ?? 0;

let begin = 0;
const readingOf = (device: FleetDevice, seq: number) => ({
  topic: `workshop/${device.workshop_code}/pit/${device.pit_number}/sensors`,
  payload: JSON.stringify({
    device_id: device.device_id,
    license_key: device.license_key,
    timestamp: new Date(begin + seq).toISOString(),
    temperature: 24.5,
    boot_id: 1,
    seq,
  }),
});

test(`PostgreSQL is away while ${readings} readings come`, async (t) => {
  const [first] = sending as [FleetDevice];
  const live = await watch(product, first.workshop_code);
  opened.push(live);
  const connected = await Promise.all(
    sending.map((device) =>
      eventually("the broker knows it", () => Sender.open(product.mqtt.port, device)),
    ),
  );
  opened.push(...connected);
  await postgres.stop();
  const perDevice = readings / senders;
  await Promise.all(
    connected.map((sender, i) =>
      sender.publish(
        Array.from({ length: perDevice }, (_, seq) => readingOf(sending[i] as FleetDevice, seq)),
      ),
    ),
  );
  const marker = perDevice;
  const last = new Date(begin + marker).toISOString();
  await connected[0]?.publish([readingOf(first, marker)]);
  await eventually(
    "the newest reading is shown all the same",
    () => live.timestamps.has(`${first.pit_id} ${last}`),
    30_000,
  );
  const [left, megabytes] = [await leftToDevices(), server.peakMemoryMb];
  if (full) assert.ok(left > 0, "what the server cannot hold is left to the devices, and counted");
  t.diagnostic(
    `live: ${left} of ${readings} readings left to their devices; server ${megabytes.toFixed(0)} MB`,
  );
  await postgres.start();
  await server.ready();
  // The virtual devices repeat what was left to them.
  await fleet.assertNothingLost(t);
});
