// Everything at once: while malformed messages stream in, one disturbance follows the other at
// random, several at a time, and only at the end there is calm. With the large numbers only.
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { claimedDevices } from "../support/fleet.ts";
import { Fleet } from "./support/fleet.ts";
import { between, oneOf, rounds } from "./support/scale.ts";
import { Sender } from "./support/sender.ts";
import {
  mosquitto,
  postgres,
  product,
  server,
  sql,
  startEmpty,
  stopStack,
} from "./support/stack.ts";
import { type Condition, Wire } from "./support/wire.ts";

let fleet: Fleet;
let wire: Wire;
before(async () => {
  await startEmpty();
  wire = await Wire.to(product.mqtt.port);
  server.environment = { PITVIEW_MQTT_PORT: String(wire.port) };
  await server.start();
  fleet = await Fleet.start({ behindSeconds: 6 * 3_600 });
});
after(async () => {
  await fleet?.close();
  await stopStack();
  wire?.close();
});

const someDevice = () => oneOf(fleet.devices).device_id;
const away = (what: { launch: () => void }, seconds: number) =>
  pause(seconds * 1_000).then(() => what.launch());

const disturbances: Record<string, () => Promise<unknown>> = {
  "server killed": () => server.kill().then(() => away(server, between(0, 3))),
  "server stopped": () => server.stop().then(() => away(server, between(0, 3))),
  "PostgreSQL killed": () => postgres.kill().then(() => away(postgres, between(0, 10))),
  "PostgreSQL stopped": () => postgres.stop().then(() => away(postgres, between(0, 20))),
  "database sessions ended": () =>
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pitview_app'"),
  "Mosquitto killed": () => mosquitto.kill().then(() => away(mosquitto, between(0, 5))),
  "Mosquitto restarted": () => mosquitto.stop().then(() => away(mosquitto, between(0, 5))),
  "the wire is bad": async () => {
    wire.become(oneOf<Condition>(["closed", "hole", "slow"]));
    await pause(between(1_000, 20_000));
    wire.become("whole");
  },
  "the wire forgets": async () => wire.forget(),
  "clocks jump": async () => {
    const jump = Math.floor(between(-600_000, 600_000));
    for (let i = 0; i < 50; ++i) await fleet.order("clock_drift", jump, someDevice());
  },
  "power fails": async () => {
    for (let i = 0; i < 20; ++i) await fleet.powerCycle(someDevice());
  },
  "devices have no network for ten minutes": async () => {
    const cut = Array.from({ length: 50 }, someDevice);
    for (const device of cut) await fleet.order("cut", 1, device);
    for (const device of new Set(cut)) await fleet.order("advance", 600_000, device);
    for (const device of cut) await fleet.order("cut", 0, device);
  },
};

const times = rounds(1, 60);
test(`everything at once, ${times} disturbances`, async (t) => {
  postgres.mayDie = true; // it refuses to start while children of a killed one are left
  const [hostile] = await claimedDevices(product, 1);
  if (hostile === undefined) throw new Error("no device for the malformed messages");
  let over = false;
  let malformed = 0;
  const stream = async () => {
    const topic = `workshop/${hostile.workshop_code}/pit/${hostile.pit_number}/sensors`;
    while (!over) {
      try {
        const sender = await Sender.open(product.mqtt.port, hostile);
        while (!over) {
          await sender.publish(Array.from({ length: 100 }, () => ({ topic, payload: "{" })));
          malformed += 100;
          await pause(100);
        }
        sender.close();
      } catch {
        await pause(500); // the broker is away
      }
    }
  };
  const streaming = stream();

  // One of a kind at a time, up to three kinds together.
  const busy = new Map<string, Promise<unknown>>();
  const done: string[] = [];
  while (done.length < times) {
    const kind = oneOf(Object.keys(disturbances).filter((one) => !clashes(one, busy)));
    done.push(kind);
    const ends = (disturbances[kind]?.() ?? Promise.resolve()).catch((error) => {
      // What asks a database that is away fails, and has disturbed nobody.
      if (kind !== "database sessions ended") throw error;
    });
    busy.set(
      kind,
      ends.then(() => busy.delete(kind)),
    );
    if (busy.size >= 3) await Promise.race(busy.values());
    await pause(between(200, 4_000));
  }
  await Promise.all(busy.values());
  over = true;
  await streaming;
  for (const one of [postgres, mosquitto, server]) await one.ready();
  postgres.mayDie = false;
  const counts = new Map<string, number>();
  for (const kind of done) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  t.diagnostic(
    `disturbances: ${[...counts].map(([kind, count]) => `${kind} ${count}`).join(", ")}; ` +
      `${malformed} malformed messages`,
  );
  await eventually("the database answers", () => sql("SELECT 1"));
  await fleet.assertNothingLost(t);
});

/** What acts on the same process or wire cannot happen twice at a time. */
function clashes(kind: string, busy: Map<string, unknown>): boolean {
  const subject = (name: string) => name.split(" ").slice(0, 2).join(" ");
  const process = (name: string) =>
    ["server", "PostgreSQL", "Mosquitto", "the wire"].find((one) => name.startsWith(one)) ??
    subject(name);
  return [...busy.keys()].some((one) => process(one) === process(kind));
}
