// The server dies at random moments, with whatever it was doing, and is started again.
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Fleet } from "./support/fleet.ts";
import { between, rounds } from "./support/scale.ts";
import { server, startStack, stopStack } from "./support/stack.ts";

let fleet: Fleet;
before(async () => {
  await startStack();
  fleet = await Fleet.start();
});
after(async () => {
  await fleet?.close();
  await stopStack();
});

const times = rounds(3, 50);
test(`kill -9 of the server under load, ${times} times`, async (t) => {
  for (let round = 0; round < times; ++round) {
    await pause(between(100, 3_000));
    await server.kill();
    await server.start();
  }
  await fleet.assertNothingLost(t);
});

test("the server is told to stop under load, and started again", async (t) => {
  await server.stop();
  await server.start();
  await fleet.assertNothingLost(t);
});
