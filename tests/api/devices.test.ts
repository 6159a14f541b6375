// From the factory to the wall: batches, claiming, what a device may ask and what staff may do to it.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, quoted, rows } from "../support/database.ts";
import {
  asDevice,
  claim,
  deviceAtWork,
  deviceTopic,
  hmacOfCommand,
  hmacOfState,
  type Issued,
  issue,
  issueOne,
  Listener,
  newDeviceId,
} from "../support/devices.ts";
import { eventually, unique } from "../support/eventually.ts";
import { newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { publish, publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { baseUrl, type Device, gloss, logs, stack } from "../support/stack.ts";
import { newPit, newWorkshop, runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
let platform: SignedIn;
before(async () => {
  [owner, platform] = [await demo("amit"), await demo("platform")];
});

const assertProblem = (
  answer: { status: number; text: string; json: { code: string } },
  status: number,
  code: string,
) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};

describe("a batch from the factory", () => {
  test("answers everything a device is made with, once", async () => {
    const ids = [newDeviceId(), newDeviceId()];
    const name = `Batch ${unique()}`;
    const body = { name, hw_rev: "D1", devices: ids, claim_days: 30 };
    const answer = await platform.post("/api/factory/batches", body);
    assert.equal(answer.status, 201, answer.text);
    const { devices, ...batch } = answer.json;
    assert.ok(batch.batch_id > 0);
    assert.deepEqual(
      { ...batch, batch_id: 0 },
      {
        batch_id: 0,
        name,
        hw_rev: "D1",
        api_url: baseUrl,
        mqtt_host: stack.mqtt.host,
        mqtt_port: stack.mqtt.port,
        mqtt_tls: false,
      },
    );
    assert.deepEqual(
      devices.map((device: Issued) => device.device_id),
      ids,
    );
    for (const device of devices as Issued[]) {
      assert.equal(device.mqtt_username, device.device_id);
      assert.match(device.license_key, /^LIC-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      assert.match(device.mqtt_password, /^[\w-]{32}$/);
      assert.match(device.command_key, /^[0-9a-f]{64}$/);
      assert.match(
        device.claim_code,
        /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$/,
      );
      const bare = device.claim_code.replaceAll("-", "");
      assert.equal(device.claim_url, `${baseUrl}/claim#${device.device_id}/${bare}`);
      const days = (Date.parse(device.claim_expires_at) - Date.now()) / 86_400_000;
      assert.ok(days > 29.9 && days <= 30, `${days} days`);
    }
    const values = (devices as Issued[]).flatMap((d) => [
      d.license_key,
      d.mqtt_password,
      d.command_key,
      d.claim_code,
    ]);
    assert.equal(new Set(values).size, values.length);
  });

  test("with ids that are registered, wrong or twice in it adds none and names them", async () => {
    const known = (await issueOne()).device_id;
    const [fresh, other] = [newDeviceId(), newDeviceId()];
    const ask = (devices: string[], change: object = {}) =>
      platform.post("/api/factory/batches", {
        name: `Batch ${unique()}`,
        hw_rev: "D1",
        devices,
        ...change,
      });
    const conflict = await ask([fresh, known]);
    assertProblem(conflict, 409, "conflict");
    assert.deepEqual(
      conflict.json.errors.map((e: { field: string }) => e.field),
      ["devices[1]"],
    );
    const faulty = await ask([fresh, "ESP32-xyz", fresh]);
    assertProblem(faulty, 422, "validation_failed");
    assert.deepEqual(
      faulty.json.errors.map((e: { field: string }) => e.field),
      ["devices[1]", "devices[2]"],
    );
    for (const [devices, change] of [
      [[], {}],
      [Array.from({ length: 501 }, newDeviceId), {}],
      [[other], { claim_days: 0 }],
      [[other], { claim_days: 1096 }],
      [[other], { name: "" }],
    ] as [string[], object][])
      assertProblem(await ask(devices, change), 422, "validation_failed");
    const added = await execute(
      `SELECT device_id FROM devices WHERE device_id IN (${quoted(fresh)}, ${quoted(other)})`,
    );
    assert.deepEqual(added, []);
  });

  test("of 500 devices is registered whole", async () => {
    assert.equal((await issue(500)).length, 500);
  });

  test("has a name that no other batch has", async () => {
    const name = `Batch ${unique()}`;
    await issueOne({ name });
    const again = await platform.post("/api/factory/batches", {
      name,
      hw_rev: "D1",
      devices: [newDeviceId()],
    });
    assertProblem(again, 409, "conflict");
    assert.equal(again.json.errors[0].field, "name");
  });
});

describe("a device that asks for itself", () => {
  test("before it is claimed is unprovisioned, signed with its key", async () => {
    const device = await issueOne();
    const { status, json } = await asDevice(device);
    assert.equal(status, 200);
    assert.deepEqual(json, {
      version: 1,
      licence: "unprovisioned",
      reason: "",
      workshop_code: "",
      pit_number: 0,
      temperature_offset_centi: 0,
      humidity_offset_centi: 0,
      hmac: hmacOfState(device, json),
    });
  });

  test("is let in with its own password only, and into nothing else", async () => {
    const [device, other] = await issue(2);
    assert.ok(device && other);
    const from = newAddress();
    for (const wrong of [
      { ...device, mqtt_password: other.mqtt_password },
      { ...device, mqtt_password: "" },
      { ...device, device_id: "ESP32-00000000BEEF" },
      { ...device, device_id: "platform" },
    ])
      assertProblem(await asDevice(wrong, undefined, { from }), 401, "unauthenticated");
    for (const path of [
      "/api/pits",
      "/api/devices",
      `/api/devices/${device.device_id}`,
      "/api/auth/me",
    ])
      assertProblem(await asDevice(device, path, { from }), 401, "unauthenticated");
    assert.equal((await asDevice(device, undefined, { from })).status, 200);
  });

  test("guesses at a limited rate", async () => {
    const [device, from] = [await issueOne(), newAddress()];
    const statuses = new Set<number>();
    for (let i = 0; i < 12; ++i)
      for (const { status } of await Promise.all(
        Array.from({ length: 10 }, () =>
          asDevice({ ...device, mqtt_password: "guess" }, undefined, { from }),
        ),
      ))
        statuses.add(status);
    assert.deepEqual([...statuses].sort(), [401, 429]);
  });
});

describe("claiming", () => {
  test("puts the device to work at the pit and tells everyone", async () => {
    const [device, pitId, live] = [await issueOne(), await newPit(), await Live.open(owner)];
    const typed = device.claim_code
      .toLowerCase()
      .replaceAll("-", "")
      .replaceAll("0", "o")
      .replaceAll("1", "l");
    const answer = await claim(device, pitId, "pooja", { claim_code: typed });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.replaced, null);
    const claimed = answer.json.device;
    assert.equal(claimed.pit_id, pitId);
    assert.deepEqual(
      [claimed.status, claimed.licence, claimed.licence_reason, claimed.state_version],
      ["active", "enabled", "claimed", 2],
    );

    const { data } = await live.next("device_status", (frame) => frame.data.pit_id === pitId);
    assert.deepEqual(data, { pit_id: pitId, status: "unknown", last_seen: null });
    await live.close();

    const placed: Issued & Device = {
      ...device,
      workshop_code: "workshop_001",
      pit_id: pitId,
      pit_number: claimed.pit_number,
    };
    const listener = await Listener.open(placed);
    const { message, retained } = await listener.next("config");
    listener.close();
    assert.equal(retained, true);
    assert.deepEqual(message, {
      version: 2,
      licence: "enabled",
      reason: "claimed",
      workshop_code: "workshop_001",
      pit_number: claimed.pit_number,
      temperature_offset_centi: 0,
      humidity_offset_centi: 0,
      hmac: hmacOfState(device, message),
    });
    assert.deepEqual((await asDevice(device)).json, message);

    await publishReading(placed, { temperature: 21.5 });
    await eventually("its reading", async () => {
      const latest = await owner.get(`/api/pits/${pitId}/sensors/latest`);
      return latest.json.temperature === 21.5;
    });
    const [subscription] = await rows(
      `SELECT s.status FROM subscriptions s JOIN devices d ON d.id = s.device_key WHERE d.device_id = ${quoted(device.device_id)}`,
    );
    assert.equal(subscription.status, "active");
    const [audit] = await rows(
      `SELECT a.action, u.username FROM audit_log a JOIN users u ON u.id = a.actor_user_id
       JOIN devices d ON d.id = a.subject_id AND a.subject_type = 'device' WHERE d.device_id = ${quoted(device.device_id)}`,
    );
    assert.deepEqual(audit, { action: "device.claim", username: "pooja" });
  });

  test("says the same of an unknown device and of a wrong code", async () => {
    const [device, other] = await issue(2);
    assert.ok(device && other);
    const { owner: by, pitId } = await newWorkshop();
    const unknown = await claim({ ...device, device_id: newDeviceId() }, pitId, by);
    const wrong = await claim({ ...device, claim_code: other.claim_code }, pitId, by);
    const shapeless = await claim({ ...device, claim_code: "?" }, pitId, by);
    for (const answer of [unknown, wrong, shapeless]) {
      assertProblem(answer, 404, "claim_invalid");
      assert.equal(answer.json.detail, unknown.json.detail);
    }
    assert.equal((await claim(device, pitId, by)).status, 200);
  });

  test("is done once", async () => {
    const device = await issueOne();
    assert.equal((await claim(device, await newPit())).status, 200);
    assertProblem(await claim(device, await newPit()), 409, "claim_used");
    assertProblem(await claim(device, await newPit(gloss), "neha"), 409, "claim_used");
  });

  test("has an end", async () => {
    const device = await issueOne();
    await execute(
      `UPDATE devices SET claim_expires_at = now() - interval '1 second' WHERE device_id = ${quoted(device.device_id)}`,
    );
    assertProblem(await claim(device, await newPit()), 410, "claim_expired");
  });

  test("twenty times at once, for as many pits of two workshops, succeeds exactly once", async () => {
    const device = await issueOne();
    const claims: [number, string][] = [];
    for (let i = 0; i < 10; ++i) {
      claims.push([await newPit(), "amit"]);
      claims.push([await newPit(gloss), "neha"]);
    }
    const answers = await Promise.all(claims.map(([pit, by]) => claim(device, pit, by)));
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, answers.map(({ text }) => text).join("\n"));
    for (const { status, json } of answers)
      if (status !== 200) assert.ok(["claim_used", "rate_limited"].includes(json.code), json.code);
    const assignments = await execute(
      `SELECT a.id FROM device_assignments a JOIN devices d ON d.id = a.device_key
       WHERE d.device_id = ${quoted(device.device_id)} AND a.workshop_id = d.workshop_id`,
    );
    assert.equal(assignments.length, 1);
  });

  test("is for a pit of one's own, and changes nothing otherwise", async () => {
    const device = await issueOne();
    assertProblem(await claim(device, await newPit(gloss)), 404, "not_found");
    assert.equal((await asDevice(device)).json.licence, "unprovisioned");
    assert.equal((await claim(device, await newPit())).status, 200);
  });

  test("is closed for an hour after ten wrong codes: to that workshop, and of that device", async () => {
    const [device, other] = await issue(2);
    assert.ok(device && other);
    const [guesser, neighbour] = [await newWorkshop(), await newWorkshop()];
    const wrong = { ...device, claim_code: other.claim_code };
    for (let i = 0; i < 10; ++i)
      assertProblem(await claim(wrong, guesser.pitId, guesser.owner), 404, "claim_invalid");
    const closed = [
      await claim(device, guesser.pitId, guesser.owner),
      await claim(other, guesser.pitId, guesser.owner),
      await claim(device, neighbour.pitId, neighbour.owner),
    ];
    for (const answer of closed) {
      assertProblem(answer, 429, "rate_limited");
      assert.ok(Number(answer.headers["retry-after"]) > 3000);
    }
    assert.equal((await claim(other, neighbour.pitId, neighbour.owner)).status, 200);
  });
});

describe("a pit that has a device", () => {
  test("keeps it, unless it is to be replaced; the old one is put out", async () => {
    const old = await deviceAtWork();
    const listener = await Listener.open(old, "config", "command");
    const fresh = await issueOne();
    assertProblem(await claim(fresh, old.pit_id), 409, "pit_occupied");

    const answer = await claim(fresh, old.pit_id, "amit", { replace: true });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.replaced, old.device_id);
    const told = await listener.next("config", (message) => message?.licence === "unprovisioned");
    assert.equal(told.message.hmac, hmacOfState(old, told.message));
    await eventually("its connection ends", () => listener.ended);
    await eventually("the broker lets it in no more", () =>
      publishReading(old).then(
        () => false,
        (error: Error) => /not authori[sz]ed/i.test(error.message),
      ),
    );
    assert.equal((await owner.get(`/api/devices/${old.device_id}`)).json.status, "retired");
    assert.equal((await asDevice(old)).json.licence, "unprovisioned");
    assert.equal(
      (await owner.get(`/api/pits/${old.pit_id}`)).json.device.device_id,
      fresh.device_id,
    );
    const history = await rows(
      `SELECT d.device_id, a.released_at IS NULL AS here FROM device_assignments a JOIN devices d ON d.id = a.device_key
       WHERE a.pit_id = ${old.pit_id} ORDER BY a.id`,
    );
    assert.deepEqual(history, [
      { device_id: old.device_id, here: false },
      { device_id: fresh.device_id, here: true },
    ]);
    assertProblem(
      await owner.patch(`/api/devices/${old.device_id}/status`, { status: "active" }),
      404,
      "not_found",
    );
  });
});

describe("staff", () => {
  test("sees the workshop's devices, page by page", async () => {
    const made = [await deviceAtWork(), await deviceAtWork()];
    const seen: string[] = [];
    let path: string | undefined = "/api/devices?limit=1";
    while (path !== undefined && seen.length < 2) {
      const answer = await owner.get(path);
      assert.equal(answer.status, 200);
      assert.equal(answer.json.length, 1);
      seen.push(answer.json[0].device_id);
      path = /<([^>]+)>/.exec(String(answer.headers.link))?.[1];
    }
    assert.deepEqual(seen, made.map(({ device_id }) => device_id).reverse());
    const text = (await owner.get("/api/devices?limit=200")).text;
    for (const { license_key, mqtt_password, command_key } of made)
      assert.ok(
        !text.includes(license_key) && !text.includes(mqtt_password) && !text.includes(command_key),
      );
  });

  test("switches a device off and on; the device confirms", async () => {
    const device = await deviceAtWork();
    const listener = await Listener.open(device, "command", "config");
    const path = `/api/devices/${device.device_id}/status`;
    const off = await owner.patch(path, { status: "disabled", reason: "maintenance" });
    assert.equal(off.status, 200, off.text);
    assert.deepEqual(off.json, {
      device_id: device.device_id,
      status: "disabled",
      command_sent: true,
      state_version: 3,
    });
    const { message: command } = await listener.next("command");
    const minutes = (Date.parse(command.expires_at) - Date.now()) / 60_000;
    assert.ok(minutes > 4 && minutes <= 5, `${minutes} minutes`);
    assert.deepEqual(command, {
      command: "DISABLE",
      reason: "maintenance",
      id: 3,
      expires_at: command.expires_at,
      hmac: hmacOfCommand(device, command),
    });
    const { message: config } = await listener.next("config", (message) => message.version === 3);
    assert.deepEqual([config.licence, config.reason], ["disabled", "maintenance"]);
    assert.equal(config.hmac, hmacOfState(device, config));

    const shown = async () => (await owner.get(`/api/devices/${device.device_id}`)).json;
    assert.equal((await shown()).acknowledged_at, null);
    const status = (change: object) =>
      publish(
        device,
        JSON.stringify({ status: "disabled", ...change }),
        deviceTopic(device, "status"),
      );
    await status({ state_version: 2, fw: "1.2.3" });
    await eventually("its firmware", async () => (await shown()).fw === "1.2.3");
    assert.equal((await shown()).commands[0].acknowledged_at, null);
    await status({ state_version: 3 });
    await eventually("the confirmation", async () => (await shown()).acknowledged_version === 3);
    const [sent] = (await shown()).commands;
    assert.ok(sent.acknowledged_at !== null && (await shown()).acknowledged_at !== null);
    assert.deepEqual([sent.version, sent.command, sent.by], [3, "DISABLE", "Amit Kapoor"]);

    const on = await owner.patch(path, { status: "active" });
    assert.deepEqual([on.json.status, on.json.state_version], ["active", 4]);
    const { message: enable } = await listener.next(
      "command",
      (message) => message.command === "ENABLE",
    );
    assert.equal(enable.id, 4);
    listener.close();
  });

  test("cannot claim to have heard more than was said", async () => {
    const device = await deviceAtWork();
    const report = JSON.stringify({ status: "online", state_version: 9_000_000, fw: "9" });
    await publish(device, report, deviceTopic(device, "status"));
    const shown = await eventually("the report", async () => {
      const { json } = await owner.get(`/api/devices/${device.device_id}`);
      return json.fw === "9" ? json : undefined;
    });
    assert.equal(shown.acknowledged_version, shown.state_version);
  });

  test("gives reasons a device can be told", async () => {
    const device = await deviceAtWork();
    const path = `/api/devices/${device.device_id}/status`;
    for (const body of [
      { status: "disabled", reason: "Not paid!" },
      { status: "disabled", reason: "x".repeat(65) },
      { status: "retired" },
      { reason: "x" },
    ])
      assertProblem(await owner.patch(path, body), 422, "validation_failed");
  });
});

describe("an open payment", () => {
  test("switches off by the platform, never under a running job, and is not for the workshop to undo", async () => {
    const device = await deviceAtWork();
    const path = `/api/devices/${device.device_id}/status`;
    const overdue = { status: "disabled", reason: "payment_overdue" };
    const { job_id } = await runningJob(device.pit_id);
    assertProblem(await platform.patch(path, overdue), 409, "conflict");
    await setStatus(job_id, "cancelled");
    const off = await platform.patch(path, overdue);
    assert.deepEqual([off.status, off.json.status], [200, "disabled"]);
    assertProblem(await owner.patch(path, { status: "active" }), 403, "forbidden");
    const on = await platform.patch(path, { status: "active", reason: "payment_received" });
    assert.deepEqual([on.status, on.json.status], [200, "active"]);
  });
});

test("no secret of a device is in any log, or readable in the database", async () => {
  const device = await deviceAtWork();
  await asDevice(device);
  await owner.patch(`/api/devices/${device.device_id}/status`, { status: "disabled" });
  const secrets = [
    device.license_key,
    device.mqtt_password,
    device.command_key,
    device.claim_code,
    device.claim_code.replaceAll("-", ""),
  ];
  for (const [name, text] of logs())
    for (const secret of secrets) assert.ok(!text.includes(secret), `${name} holds a secret`);
  const [row] = await rows(
    `SELECT d::text AS all FROM devices d WHERE device_id = ${quoted(device.device_id)}`,
  );
  const hex = (text: string) => Buffer.from(text).toString("hex");
  for (const secret of secrets)
    assert.ok(!row.all.includes(secret) && !row.all.includes(hex(secret)));
});
