// What devices do to the server: clocks that jump, and everybody's backlog at once.
import { after, before, test } from "node:test";
import { Fleet } from "./support/fleet.ts";
import { scaled } from "./support/scale.ts";
import { postgres, server, startStack, stopStack } from "./support/stack.ts";

// Time that the tests turn ahead must not lie in the future: the server refuses that.
const backlogSeconds = scaled(300, 3_600);
const behindSeconds = backlogSeconds + 3 * 3_600;

let fleet: Fleet;
before(async () => {
  await startStack();
  fleet = await Fleet.start({ behindSeconds });
});
after(async () => {
  await fleet?.close();
  await stopStack();
});

const minutes = (count: number) => count * 60_000;
const measuredMore = async (count: number) => {
  const before = new Map((await fleet.report()).map((one) => [one.device_id, one.measured]));
  await fleet.until(
    `${count} more readings`,
    ({ device_id, measured }) => measured >= (before.get(device_id) ?? 0) + count,
  );
};

test("clocks jump ahead and back, by seconds and by an hour", async (t) => {
  for (const jump of [1_500, minutes(60), -minutes(70), minutes(10)]) {
    await fleet.order("clock_drift", jump);
    await measuredMore(1);
  }
  await fleet.assertNothingLost(t);
});

test("a boot without the time, whose readings are repeated after the clock has jumped", async (t) => {
  await fleet.order("no_sntp", 1);
  await fleet.powerCycle();
  await measuredMore(2);
  await postgres.stop(); // nothing is confirmed from here on
  await fleet.order("no_sntp", 0);
  await measuredMore(2);
  await fleet.order("clock_drift", 7_000);
  await fleet.order("cut", 1); // everything unconfirmed is repeated
  await fleet.order("cut", 0);
  await measuredMore(2);
  await postgres.start();
  await server.ready();
  await fleet.order("clock_drift", -7_000);
  await fleet.assertNothingLost(t);
});

test(`everybody's backlog of ${backlogSeconds} s at once`, async (t) => {
  await fleet.order("cut", 1);
  await fleet.order("advance", backlogSeconds * 1000);
  await fleet.order("cut", 0);
  await fleet.assertNothingLost(t);
});
