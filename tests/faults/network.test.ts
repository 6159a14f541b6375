// The network between server and broker, in every way in which it fails.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { Fleet } from "./support/fleet.ts";
import { full, scaled } from "./support/scale.ts";
import { isReady, product, server, startEmpty, stopStack } from "./support/stack.ts";
import { Wire } from "./support/wire.ts";

let fleet: Fleet;
let wire: Wire;
before(async () => {
  await startEmpty();
  wire = await Wire.to(product.mqtt.port);
  server.environment = { PITVIEW_MQTT_PORT: String(wire.port) };
  await server.start();
  fleet = await Fleet.start();
});
after(async () => {
  await fleet?.close();
  await stopStack();
  wire?.close();
});

const noticed = () =>
  eventually("the server notices", async () => !(await isReady(product.http.url)), 120_000);

const cut = scaled(3, 60);
test(`connections are reset, and new ones too, for ${cut} s`, async (t) => {
  wire.become("closed");
  await noticed();
  await pause(cut * 1000);
  wire.become("whole");
  await server.ready();
  await fleet.assertNothingLost(t);
});

const pulled = scaled(4, 20);
test(`nothing passes for ${pulled} s, then everything that was underway`, async (t) => {
  const { made } = wire;
  wire.become("hole");
  await pause(pulled * 1000);
  wire.become("whole");
  await fleet.assertNothingLost(t);
  assert.equal(wire.made, made, "the connection outlived it");
});

const slow = scaled(5, 60);
test(`a few kilobytes a second for ${slow} s`, async (t) => {
  wire.become("slow");
  await pause(slow * 1000);
  wire.become("whole");
  await fleet.assertNothingLost(t);
});

// Only a keep-alive of half a minute tells the server.
if (full)
  test("the connection is forgotten on the way, and no end is told of it", async (t) => {
    const { made } = wire;
    wire.forget();
    await noticed();
    await server.ready();
    assert.ok(wire.made > made, "the server has connected anew by itself");
    await fleet.assertNothingLost(t);
  });
