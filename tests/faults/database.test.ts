// PostgreSQL goes away, politely and not.
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { Fleet } from "./support/fleet.ts";
import { rounds, scaled } from "./support/scale.ts";
import { isReady, postgres, product, server, startStack, stopStack } from "./support/stack.ts";

let fleet: Fleet;
before(async () => {
  await startStack();
  fleet = await Fleet.start();
});
after(async () => {
  await fleet?.close();
  await stopStack();
});

const outage = scaled(5, 120);
test(`PostgreSQL is stopped for ${outage} s`, async (t) => {
  await postgres.stop();
  await eventually("the server says so", async () => !(await isReady(product.http.url)));
  await pause(outage * 1000);
  await postgres.start();
  await server.ready();
  await fleet.assertNothingLost(t);
});

const times = rounds(1, 10);
test(`kill -9 of the postmaster under load, ${times} times`, async (t) => {
  // Its children may hold its memory for a moment; it refuses to start until they are gone.
  postgres.mayDie = true;
  for (let round = 0; round < times; ++round) {
    await postgres.kill();
    await postgres.start();
    await server.ready();
  }
  postgres.mayDie = false;
  await fleet.assertNothingLost(t);
});
