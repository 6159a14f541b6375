// Two servers share the readings; one of them dies, and what it had taken is not lost.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { Fleet } from "./support/fleet.ts";
import { between, oneOf, rounds } from "./support/scale.ts";
import { metrics, product, secondServer, server, startStack, stopStack } from "./support/stack.ts";

let fleet: Fleet;
const second = secondServer();
before(async () => {
  server.environment = { PITVIEW_SERVER_NAME: "main" };
  await startStack();
  await second.start();
  fleet = await Fleet.start();
});
after(async () => {
  await fleet?.close();
  await stopStack(second);
});

const taken = async (url: string): Promise<number> =>
  (await metrics(url)).get("pitview_ingest_accepted_total") ?? 0;
const urls = [product.http.url, second.url];

test("both take readings", async (t) => {
  for (const url of urls)
    await eventually(`${url} takes readings`, async () => (await taken(url)) > 20);
  await fleet.assertNothingLost(t);
});

test("one is killed and stays away: the other one takes what was dealt to it", async (t) => {
  await second.kill();
  await fleet.assertNothingLost(t);
  await second.start();
  await eventually("it takes readings again", async () => (await taken(second.url)) > 20);
  await fleet.assertNothingLost(t);
});

const times = rounds(2, 30);
test(`kill -9 of one or the other under load, ${times} times`, async (t) => {
  for (let round = 0; round < times; ++round) {
    const victim = oneOf([server, second]);
    await pause(between(100, 3_000));
    await victim.kill();
    await pause(between(0, 3_000));
    await victim.start();
  }
  await fleet.assertNothingLost(t);
  assert.deepEqual([...server.faults, ...second.faults], []);
});
