// What devices send, and what becomes of it. The devices are mosquitto_pub with the demo devices'
// own credentials.
import assert from "node:assert/strict";
import { afterEach, before, describe, test } from "node:test";
import { count, execute, quoted, rows } from "../support/database.ts";
import { deviceAtWork } from "../support/devices.ts";
import { eventually, unique } from "../support/eventually.ts";
import { Live } from "../support/live.ts";
import { metric, refused } from "../support/metrics.ts";
import { payloadOf, publish, publishLines, publishReading, topicOf } from "../support/mqtt.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { type Device, deviceAt, gloss, logs, shine, stack } from "../support/stack.ts";

const device = deviceAt(shine, 2);
let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const ofDevice = ({ device_id }: Device) =>
  `SELECT s.* FROM sensor_data s JOIN devices d ON d.id = s.device_key WHERE d.device_id = ${quoted(device_id)}`;

/** Sends a good reading and waits for it: all that was sent before has been dealt with then. */
async function settle(sender = device): Promise<void> {
  const seq = unique();
  await publishReading(sender, { seq });
  await eventually("a good reading is stored", () =>
    count(`${ofDevice(sender)} AND s.seq = ${seq}`),
  );
}

describe("a good reading", () => {
  test("is stored, is the latest, is in the history and on the live connection", async () => {
    const live = await Live.open(owner);
    const seq = unique();
    const timestamp = new Date().toISOString();
    const values = { temperature: 23.25, humidity: 61.5, aqi: 112, pressure: 1008.5 };
    await publishReading(device, {
      timestamp,
      seq,
      boot_id: 7,
      iaq_accuracy: 2,
      gas_ohm: 120_000,
      ...values,
    });

    const { data } = await live.next(
      "sensor_update",
      (frame) => frame.data.timestamp === timestamp,
    );
    assert.deepEqual(data, { pit_id: device.pit_id, iaq_accuracy: 2, timestamp, ...values });

    await eventually("the row", () => count(`${ofDevice(device)} AND s.seq = ${seq}`));
    const [row] = await rows(`${ofDevice(device)} AND s.seq = ${seq}`);
    assert.equal(row.pit_id, device.pit_id);
    assert.equal(row.boot_id, 7);
    assert.equal(row.gas_ohm, 120_000);
    assert.equal(row.replayed, false);
    assert.deepEqual([row.temperature, row.humidity, row.aqi, row.pressure], Object.values(values));

    const latest = (await owner.get(`/api/pits/${device.pit_id}/sensors/latest`)).json;
    assert.equal(latest.timestamp, timestamp);
    const pit = (await owner.get(`/api/pits/${device.pit_id}`)).json;
    assert.equal(pit.latest.timestamp, timestamp);
    assert.equal(pit.device.status, "online");
    const history = (await owner.get(`/api/pits/${device.pit_id}/sensors/history?resolution=raw`))
      .json;
    assert.equal(history.at(-1).timestamp, timestamp);
    await live.close();
  });

  test("may come by the older spelling of the topic", async () => {
    const seq = unique();
    await publish(device, payloadOf(device, { seq }), `workshop/${shine}/pit2/sensors`);
    await eventually("the row", () => count(`${ofDevice(device)} AND s.seq = ${seq}`));
  });

  test("may lack values, sequence and time, and may hold members nobody knows", async () => {
    const { device_id, license_key } = device;
    const humidity = 40 + (unique() % 1000) / 100;
    await publish(
      device,
      JSON.stringify({ device_id, license_key, temperature: null, humidity, mood: "good" }),
    );
    const row = await eventually("the row", async () => {
      const [found] = await rows(`${ofDevice(device)} AND s.humidity = ${humidity}::real`);
      return found;
    });
    assert.deepEqual([row.temperature, row.aqi, row.pressure, row.seq], [null, null, null, 0]);
    assert.ok(Math.abs(Date.parse(row.measured_at) - Date.now()) < 10_000);
  });

  test("at the edges of its ranges is stored", async () => {
    for (const edge of [
      { temperature: -40, humidity: 0, aqi: 0, pressure: 300 },
      { temperature: 85, humidity: 100, aqi: 500, pressure: 1100 },
    ]) {
      const seq = unique();
      await publishReading(device, { seq, ...edge });
      await eventually("the row", () => count(`${ofDevice(device)} AND s.seq = ${seq}`));
    }
  });

  test("replayed from the device's memory is stored but not shown as live", async () => {
    const live = await Live.open(owner);
    const seq = unique();
    const timestamp = new Date(Date.now() - 3_600_000).toISOString();
    await publishReading(device, { seq, timestamp, replay: true });
    const row = await eventually(
      "the row",
      async () => (await rows(`${ofDevice(device)} AND s.seq = ${seq}`))[0],
    );
    assert.equal(row.replayed, true);
    const marker = new Date().toISOString();
    await publishReading(device, { timestamp: marker });
    await live.next("sensor_update", ({ data }) => data.timestamp === marker);
    assert.ok(!live.all("sensor_update").some(({ data }) => data.timestamp === timestamp));
    await live.close();
  });

  test("of exactly 4096 bytes is stored", async () => {
    const seq = unique();
    const bare = payloadOf(device, { seq, pad: "" });
    await publish(
      device,
      payloadOf(device, { seq, pad: "x".repeat(4096 - Buffer.byteLength(bare)) }),
    );
    await eventually("the row", () => count(`${ofDevice(device)} AND s.seq = ${seq}`));
  });

  test("sent twice is one row", async () => {
    const seq = unique();
    const payload = payloadOf(device, { seq, boot_id: 3 });
    const before = await metric("pitview_ingest_duplicates_total");
    await publish(device, payload);
    await publish(device, payload);
    await settle();
    assert.equal(await count(`${ofDevice(device)} AND s.seq = ${seq}`), 1);
    assert.equal(await metric("pitview_ingest_duplicates_total"), before + 1);
  });

  test("without a sequence is known by its time", async () => {
    const timestamp = new Date(Date.now() - 120_000).toISOString();
    const payload = payloadOf(device, { timestamp, boot_id: undefined, seq: undefined });
    await publish(device, payload);
    await publish(device, payload);
    await settle();
    assert.equal(await count(`${ofDevice(device)} AND s.measured_at = ${quoted(timestamp)}`), 1);
  });
});

describe("a bad message is counted under its reason and not stored", () => {
  const other = deviceAt(shine, 1);
  const foreign = deviceAt(gloss, 1);
  const hours = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();
  const good = () => payloadOf(device);
  const cases: { what: string; reason: string; payload: () => string | Buffer; topic?: string }[] =
    [
      { what: "broken JSON", reason: "malformed_json", payload: () => good().slice(0, -5) },
      { what: "an empty payload", reason: "malformed_json", payload: () => "" },
      { what: "NaN", reason: "malformed_json", payload: () => good().replace("24.5", "NaN") },
      {
        what: "Infinity",
        reason: "malformed_json",
        payload: () => good().replace("24.5", "1e999"),
      },
      { what: "text after the document", reason: "malformed_json", payload: () => `${good()}{}` },
      { what: "deep nesting", reason: "malformed_json", payload: () => "[".repeat(2000) },
      {
        what: "bytes that are no UTF-8",
        reason: "malformed_json",
        payload: () => Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      },
      { what: "a list", reason: "invalid_payload", payload: () => "[]" },
      {
        what: "a temperature in quotes",
        reason: "invalid_payload",
        payload: () => payloadOf(device, { temperature: "24.5" }),
      },
      {
        what: "a negative sequence",
        reason: "invalid_payload",
        payload: () => payloadOf(device, { seq: -1 }),
      },
      {
        what: "a sequence beyond 31 bits",
        reason: "invalid_payload",
        payload: () => payloadOf(device, { seq: 2 ** 31 }),
      },
      {
        what: "a time that is none",
        reason: "invalid_payload",
        payload: () => payloadOf(device, { timestamp: "today" }),
      },
      {
        what: "a sequence without its boot",
        reason: "invalid_payload",
        payload: () => payloadOf(device, { boot_id: undefined }),
      },
      {
        what: "no licence key",
        reason: "invalid_payload",
        payload: () => payloadOf(device, { license_key: undefined }),
      },
      {
        what: "a wrong licence key",
        reason: "wrong_licence",
        payload: () => payloadOf(device, { license_key: "LIC-4F8D-9K2L-3P7Q" }),
      },
      {
        what: "another device's licence key",
        reason: "wrong_licence",
        payload: () => payloadOf(device, { license_key: other.license_key }),
      },
      {
        what: "an unknown device",
        reason: "unknown_device",
        payload: () => payloadOf(device, { device_id: "ESP32-000000000000" }),
      },
      {
        what: "another pit's device with its licence",
        reason: "topic_mismatch",
        payload: () => payloadOf(other),
      },
      {
        what: "another workshop's device with its licence",
        reason: "topic_mismatch",
        payload: () => payloadOf(foreign),
      },
      {
        what: "a time 6 minutes ahead",
        reason: "future_timestamp",
        payload: () => payloadOf(device, { timestamp: hours(0.1) }),
      },
      {
        what: "a time in 2036",
        reason: "future_timestamp",
        payload: () => payloadOf(device, { timestamp: "2036-01-01T00:00:00Z" }),
      },
      {
        what: "a time of 1970",
        reason: "too_old",
        payload: () => payloadOf(device, { timestamp: "1970-01-01T00:00:10Z" }),
      },
      {
        what: "a time 91 days ago",
        reason: "too_old",
        payload: () => payloadOf(device, { timestamp: hours(-24 * 91) }),
      },
      {
        what: "a temperature of 85.1",
        reason: "out_of_range",
        payload: () => payloadOf(device, { temperature: 85.1 }),
      },
      {
        what: "a humidity of -1",
        reason: "out_of_range",
        payload: () => payloadOf(device, { humidity: -1 }),
      },
      {
        what: "an air quality of 501",
        reason: "out_of_range",
        payload: () => payloadOf(device, { aqi: 501 }),
      },
      {
        what: "an air quality of 1e300",
        reason: "out_of_range",
        payload: () => payloadOf(device, { aqi: 1e300 }),
      },
      {
        what: "a pressure of 0",
        reason: "out_of_range",
        payload: () => payloadOf(device, { pressure: 0 }),
      },
      {
        what: "4097 bytes",
        reason: "too_large",
        payload: () => {
          const bare = payloadOf(device, { seq: 1, pad: "" });
          return payloadOf(device, { seq: 1, pad: "x".repeat(4097 - Buffer.byteLength(bare)) });
        },
      },
      {
        what: "60,000 bytes",
        reason: "too_large",
        payload: () => payloadOf(device, { pad: "x".repeat(60_000) }),
      },
    ];

  for (const { what, reason, payload } of cases)
    test(`${what}: ${reason}`, async () => {
      const before = {
        refused: await refused(reason),
        rows: await count("SELECT 1 FROM sensor_data"),
      };
      await publish(device, payload());
      await eventually(reason, async () => (await refused(reason)) === before.refused + 1);
      await settle();
      assert.equal(await count("SELECT 1 FROM sensor_data"), before.rows + 1, "the good one only");
    });
});

test("a reading from before its device came to its pit is set aside with its reason, and once", async () => {
  const aside = () => metric("pitview_ingest_set_aside_total", { reason: "no_assignment" });
  const before = await aside();
  const seq = unique();
  const timestamp = new Date(Date.now() - 30 * 86_400_000).toISOString();
  await publishReading(device, { seq, timestamp });
  await publishReading(device, { seq, timestamp });
  await settle();
  assert.equal(await aside(), before + 2);
  assert.equal(await count(`${ofDevice(device)} AND s.seq = ${seq}`), 0);
  const kept = await rows(`SELECT * FROM platform.readings_set_aside WHERE seq = ${seq}`);
  assert.equal(kept.length, 1);
  assert.equal(kept[0].reason, "no_assignment");
  assert.equal(Date.parse(kept[0].measured_at), Date.parse(timestamp));
});

test("a device that sends without end is held to its budget, and holds up nobody", async () => {
  const flooding = await deviceAtWork();
  const [before, sent] = [await refused("too_many"), 6_000];
  const begin = Date.now();
  await publishLines(
    flooding,
    Array.from({ length: sent }, (_, seq) =>
      payloadOf(flooding, {
        boot_id: 1,
        seq,
        timestamp: new Date(begin + seq).toISOString(),
        replay: true,
      }),
    ),
  );
  await settle(device);
  await eventually(
    "every message is stored or counted",
    async () => (await count(ofDevice(flooding))) + (await refused("too_many")) - before === sent,
    30_000,
  );
  assert.ok((await count(ofDevice(flooding))) >= 5_000, "what a backlog may need at once");
  assert.ok((await refused("too_many")) > before);
});

describe("the broker", () => {
  test("drops what a device sends in another's name, on every topic that is not its own", async () => {
    const live = await Live.open(owner);
    const victim = deviceAt(shine, 1);
    const before = await metric("pitview_ingest_accepted_total");
    const mismatches = await refused("topic_mismatch");
    const marker = new Date().toISOString();
    const stolen = payloadOf(victim, { timestamp: marker });
    const topics = [
      topicOf(victim),
      `workshop/${shine}/pit1/sensors`,
      topicOf(deviceAt(gloss, 1)),
      `workshop/${shine}/device/${victim.device_id}/status`,
      `workshop/${shine}/device/${device.device_id}/command`,
      "$SYS/broker/uptime",
      "anything",
    ];
    for (const topic of topics) await publish(device, stolen, topic);
    await settle();
    assert.equal(
      await metric("pitview_ingest_accepted_total"),
      before + 1,
      "the settling one only",
    );
    assert.equal(await refused("topic_mismatch"), mismatches);
    assert.ok(!live.all("sensor_update").some(({ data }) => data.timestamp === marker));
    await live.close();
  });

  test("lets nobody in without the right password", async () => {
    await assert.rejects(
      publishReading({ ...device, mqtt_password: "wrong" }),
      /not authori[sz]ed/i,
    );
    await assert.rejects(
      publishReading({ ...device, mqtt_username: "pitview-server" }),
      /not authori[sz]ed/i,
    );
    await assert.rejects(
      publishReading({ ...device, mqtt_username: "nobody" }),
      /not authori[sz]ed/i,
    );
  });
});

describe("a licence", () => {
  const subject = deviceAt(shine, 3);
  const subscription = (set: string) =>
    execute(
      `UPDATE subscriptions SET ${set} FROM devices d
       WHERE d.id = device_key AND d.device_id = ${quoted(subject.device_id)}`,
    );
  const deviceStatus = (status: string) =>
    execute(
      `UPDATE devices SET status = ${quoted(status)} WHERE device_id = ${quoted(subject.device_id)}`,
    );
  const restored = async () => {
    await subscription("status = 'active', expires_at = now() + interval '1 year'");
    await deviceStatus("active");
    // The server reads its list of devices again every few seconds.
    const first = unique();
    await eventually("readings are taken again", async () => {
      await publishReading(subject, { seq: unique() });
      return count(`${ofDevice(subject)} AND s.seq > ${first}`);
    });
  };
  afterEach(restored);

  const ends: [string, () => Promise<unknown>][] = [
    ["suspended", () => subscription("status = 'suspended'")],
    ["past its end", () => subscription("expires_at = now() - interval '1 minute'")],
    ["of a disabled device", () => deviceStatus("disabled")],
  ];
  for (const [what, end] of ends)
    test(`${what} is refused within seconds and nothing is stored`, async () => {
      await end();
      await eventually("the refusal", async () => {
        const before = await refused("licence_refused");
        await publishReading(subject);
        await settle();
        return (await refused("licence_refused")) > before;
      });
      const before = await count(ofDevice(subject));
      await publishReading(subject);
      await settle();
      assert.equal(await count(ofDevice(subject)), before);
    });
});

describe("a device's status", () => {
  test("offline by its last will is shown, and a reading brings it back", async () => {
    const live = await Live.open(owner);
    const other = await Live.open(await demo("neha"));
    const topic = `workshop/${shine}/device/${device.device_id}/status`;
    const stateOfPit = async () =>
      (await owner.get(`/api/pits/${device.pit_id}`)).json.device.status;
    await publishReading(device);
    await eventually("online", async () => (await stateOfPit()) === "online");
    await publish(device, JSON.stringify({ status: "offline" }), topic);
    const { data } = await live.next("device_status", (frame) => frame.data.status === "offline");
    assert.equal(data.pit_id, device.pit_id);
    assert.ok(!JSON.stringify(live.frames).includes("license"));
    await eventually("offline in the list", async () => (await stateOfPit()) === "offline");
    await publishReading(device);
    await live.next("device_status", (frame) => frame.data.status === "online");
    await eventually("online in the list", async () => (await stateOfPit()) === "online");
    assert.deepEqual(other.all("device_status"), []);
    await live.close();
    await other.close();
  });

  test("that is none is refused", async () => {
    const topic = `workshop/${shine}/device/${device.device_id}/status`;
    for (const payload of ["broken", "{}", '{"status":"asleep"}', '{"status":5}']) {
      const before = await refused("invalid_payload");
      await publish(device, payload, topic);
      await eventually(
        "the refusal",
        async () => (await refused("invalid_payload")) === before + 1,
      );
    }
  });
});

test("neither licence keys nor the devices' passwords are in any log", async () => {
  await publish(device, `{"license_key":"${device.license_key}",`);
  await publish(device, payloadOf(device, { device_id: "ESP32-000000000000" }));
  await settle();
  for (const [name, text] of logs())
    for (const { license_key, mqtt_password } of stack.devices)
      assert.ok(
        !text.includes(license_key) && !text.includes(mqtt_password),
        `${name} holds a secret`,
      );
});
