// Mosquitto goes away, politely and not, with what it had promised to deliver.
import { existsSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
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
    // It writes every ten seconds what it has promised.
    await eventually(`${persistence} is written`, () => existsSync(persistence), 30_000);
    await mosquitto.kill();
    rmSync(persistence);
    await mosquitto.start();
    await server.ready();
  }
  await fleet.assertNothingLost(t);
});
