// Mosquitto goes away, politely and not, with what it had promised to deliver.
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { Fleet } from "./support/fleet.ts";
import { rounds } from "./support/scale.ts";
import { mosquitto, persistence, server, startStack, stopStack } from "./support/stack.ts";

let fleet: Fleet;
before(async () => {
  await startStack();
  fleet = await Fleet.start();
});
after(async () => {
  await fleet?.close();
  await stopStack();
});

test("Mosquitto is restarted under load", async (t) => {
  await mosquitto.stop();
  await mosquitto.start();
  await server.ready();
  await fleet.assertNothingLost(t);
});

const times = rounds(1, 10);
test(`kill -9 of Mosquitto, and its persistence file is gone, ${times} times`, async (t) => {
  for (let round = 0; round < times; ++round) {
    await mosquitto.kill();
    assert.ok(existsSync(persistence), `${persistence} is where it keeps what it has promised`);
    rmSync(persistence);
    await mosquitto.start();
    await server.ready();
  }
  await fleet.assertNothingLost(t);
});
