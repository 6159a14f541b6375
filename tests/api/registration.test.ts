// Devices that come without the factory, and what staff changes of a device: its pit, its
// calibration, its end.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { count, execute, quoted, rows } from "../support/database.ts";
import {
  asDevice,
  claim,
  deviceAtWork,
  hmacOfState,
  type Issued,
  issueOne,
  Listener,
  newDeviceId,
} from "../support/devices.ts";
import { eventually, unique } from "../support/eventually.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { type Device, stack } from "../support/stack.ts";
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

const workshopOf = async (session: SignedIn): Promise<number> =>
  (await session.get("/api/auth/me")).json.workshop_id;

let lastNumber = 400;
const freeNumber = (): number => {
  lastNumber += 1;
  return lastNumber;
};

describe("registering a device", () => {
  test("takes the plan's request and answers what the device needs, once", async () => {
    const { owner: by, code } = await newWorkshop();
    const device_id = newDeviceId();
    const answer = await by.post("/api/devices", {
      device_id,
      pit_number: 1,
      camera_ip: "192.168.1.100",
      camera_model: "Hikvision DS-2CD1323G0E-I",
    });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.headers["cache-control"], "no-store");
    const { license_key, status, mqtt_password, command_key, pit_id, ...rest } = answer.json;
    assert.match(license_key, /^LIC-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.match(mqtt_password, /^[\w-]{32}$/);
    assert.match(command_key, /^[0-9a-f]{64}$/);
    assert.equal(status, "active");
    assert.deepEqual(rest, {
      device_id,
      workshop_code: code,
      pit_number: 1,
      mqtt_username: device_id,
      mqtt_host: stack.mqtt.host,
      mqtt_port: stack.mqtt.port,
      mqtt_tls: false,
    });
    const pit = (await by.get(`/api/pits/${pit_id}`)).json;
    assert.deepEqual([pit.pit_number, pit.name, pit.device.device_id], [1, "Pit 1", device_id]);
    const camera = (await by.get(`/api/pits/${pit_id}/camera`)).json;
    assert.deepEqual(camera, {
      pit_id,
      has_camera: true,
      model: "Hikvision DS-2CD1323G0E-I",
      ip: "192.168.1.100",
    });

    const device = { ...(answer.json as Issued & Device), command_key };
    const listener = await Listener.open(device);
    const { message } = await listener.next("config");
    listener.close();
    assert.deepEqual([message.licence, message.pit_number], ["enabled", 1]);
    assert.equal(message.hmac, hmacOfState(device, message));
    await publishReading(device, { temperature: 21.5 });
    await eventually("its reading", async () => {
      const latest = await by.get(`/api/pits/${pit_id}/sensors/latest`);
      return latest.json.temperature === 21.5;
    });
    const shown = (await by.get(`/api/devices/${device_id}`)).text;
    for (const secret of [license_key, mqtt_password, command_key])
      assert.ok(!shown.includes(secret));
    const audited = await rows(
      `SELECT a.action FROM audit_log a JOIN devices d ON d.id = a.subject_id AND a.subject_type = 'device'
       WHERE d.device_id = ${quoted(device_id)}`,
    );
    assert.deepEqual(audited, [{ action: "device.register" }]);
  });

  test("cannot take a device by the id that is printed on it", async () => {
    const [fresh, working] = [await issueOne(), await deviceAtWork()];
    const thief = await newWorkshop();
    for (const { device_id } of [fresh, working]) {
      const answer = await thief.owner.post("/api/devices", { device_id, pit_number: 2 });
      assertProblem(answer, 409, "conflict");
      assert.equal(answer.json.errors[0].field, "device_id");
    }
    assert.equal((await thief.owner.get("/api/devices")).json.length, 0);
    assert.equal(
      await count(
        `SELECT 1 FROM pits p JOIN workshops w ON w.id = p.workshop_id WHERE w.code = ${quoted(thief.code)} AND p.pit_number = 2`,
      ),
      0,
      "nor is a pit left over",
    );
    assert.equal((await asDevice(fresh)).json.licence, "unprovisioned");
    assert.equal((await claim(fresh, await newPit())).status, 200);
  });

  test("cannot be used to find out which ids there are", async () => {
    const known = await issueOne();
    const { owner: by } = await newWorkshop();
    const codes: string[] = [];
    for (let i = 0; i < 12; ++i)
      codes.push(
        (await by.post("/api/devices", { device_id: known.device_id, pit_number: 2 })).json.code,
      );
    assert.deepEqual(codes, [...Array(10).fill("conflict"), "rate_limited", "rate_limited"]);
  });

  test("is bounded: ids that are only taken are no devices", async () => {
    const { owner: by } = await newWorkshop();
    for (let i = 0; i < 20; ++i) {
      const answer = await by.post("/api/devices", { device_id: newDeviceId(), pit_number: 1 + i });
      assert.equal(answer.status, 201, answer.text);
    }
    const one = await by.post("/api/devices", { device_id: newDeviceId(), pit_number: 30 });
    assertProblem(one, 409, "conflict");
    const { json } = await by.get("/api/devices?limit=1");
    await by.post(`/api/devices/${json[0].device_id}/retire`, {});
    const more = await by.post("/api/devices", { device_id: newDeviceId(), pit_number: 30 });
    assertProblem(more, 409, "conflict");
    await execute(
      `UPDATE devices SET last_seen_at = now() WHERE device_id = ${quoted(json[0].device_id)}`,
    );
    const seen = await by.post("/api/devices", { device_id: newDeviceId(), pit_number: 30 });
    assert.equal(seen.status, 201, seen.text);
  });

  test("leaves a pit that has a device to it", async () => {
    const device = await deviceAtWork();
    const body = { device_id: newDeviceId(), pit_number: device.pit_number };
    assertProblem(await owner.post("/api/devices", body), 409, "pit_occupied");
    assertProblem(await owner.get(`/api/devices/${body.device_id}`), 404, "not_found");
  });

  test("is refused what is no device, pit or camera", async () => {
    const sound = { device_id: newDeviceId(), pit_number: 1 };
    for (const [change, field] of [
      [{ device_id: "esp32-aabbccddeeff" }, "device_id"],
      [{ device_id: "" }, "device_id"],
      [{ pit_number: 0 }, "pit_number"],
      [{ pit_number: 1000 }, "pit_number"],
      [{ camera_ip: "127.0.0.1" }, "camera_ip"],
      [{ camera_ip: "camera.local" }, "camera_ip"],
      [{ camera_model: "x".repeat(101) }, "camera_model"],
    ] as [object, string][]) {
      const answer = await owner.post("/api/devices", { ...sound, ...change });
      assertProblem(answer, 422, "validation_failed");
      assert.equal(answer.json.errors[0].field, field);
    }
  });

  test("fifty times at once, of one device by two workshops, succeeds exactly once", async () => {
    const [mine, theirs] = [await newWorkshop(), await newWorkshop()];
    const device_id = newDeviceId();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (i % 2 === 0 ? mine : theirs).owner.post("/api/devices", {
          device_id,
          pit_number: freeNumber(),
        }),
      ),
    );
    const won = answers.filter(({ status }) => status === 201);
    assert.equal(won.length, 1, answers.map(({ text }) => text).join("\n"));
    for (const { status, json } of answers)
      if (status !== 201) assert.ok(["conflict", "rate_limited"].includes(json.code), json.code);
    const kept = await rows(
      `SELECT count(*)::int AS devices, count(a.id)::int AS assignments, count(s.id)::int AS subscriptions
       FROM devices d LEFT JOIN device_assignments a ON a.device_key = d.id
       LEFT JOIN subscriptions s ON s.device_key = d.id WHERE d.device_id = ${quoted(device_id)}`,
    );
    assert.deepEqual(kept, [{ devices: 1, assignments: 1, subscriptions: 1 }]);
    const login = won[0]?.json as Issued;
    assert.equal((await asDevice(login)).json.licence, "enabled");
  });

  test("is done by the platform for a workshop, with devices of the factory too", async () => {
    const { owner: by } = await newWorkshop();
    const workshop_id = await workshopOf(by);
    const stock = await issueOne();
    const given = await platform.post("/api/devices", {
      device_id: stock.device_id,
      pit_number: 1,
      workshop_id,
    });
    assert.equal(given.status, 201, given.text);
    assert.deepEqual(
      [given.json.license_key, given.json.mqtt_password, given.json.command_key, given.json.status],
      [null, null, null, "active"],
    );
    assert.equal((await asDevice(stock)).json.licence, "enabled", "it keeps its secrets");
    assertProblem(await claim(stock, await newPit()), 409, "claim_used");
    const again = await platform.post("/api/devices", {
      device_id: stock.device_id,
      pit_number: 2,
      workshop_id,
    });
    assertProblem(again, 409, "conflict");
    const fresh = { device_id: newDeviceId(), pit_number: 2 };
    const made = await platform.post("/api/devices", { ...fresh, workshop_id });
    assert.equal(made.status, 201, made.text);
    assert.match(made.json.license_key, /^LIC-/);
    for (const nowhere of [{}, { workshop_id: 1 }, { workshop_id: 999_999_999 }]) {
      const answer = await platform.post("/api/devices", {
        device_id: newDeviceId(),
        pit_number: 3,
        ...nowhere,
      });
      assertProblem(answer, 422, "validation_failed");
      assert.equal(answer.json.errors[0].field, "workshop_id");
    }
    const foreign = await by.post("/api/devices", { ...fresh, workshop_id: 2 });
    assertProblem(foreign, 403, "forbidden");
  });
});

describe("a device", () => {
  test("moves to another pit, and what it measured stays where it was", async () => {
    const device = await deviceAtWork();
    const target = await newPit();
    const number = (await owner.get(`/api/pits/${target}`)).json.pit_number;
    await publishReading(device, { temperature: 11.5 });
    await eventually("the reading", async () => {
      const latest = await owner.get(`/api/pits/${device.pit_id}/sensors/latest`);
      return latest.json.temperature === 11.5;
    });
    const path = `/api/devices/${device.device_id}`;
    const { job_id } = await runningJob(device.pit_id);
    assertProblem(await owner.put(`${path}/pit`, { pit_id: target }), 409, "conflict");
    await setStatus(job_id, "cancelled");
    const occupied = await deviceAtWork();
    assertProblem(await owner.put(`${path}/pit`, { pit_id: occupied.pit_id }), 409, "pit_occupied");
    assertProblem(await owner.put(`${path}/pit`, { pit_id: 999_999_999 }), 404, "not_found");

    const listener = await Listener.open(device, "config");
    const moved = await owner.put(`${path}/pit`, { pit_id: target });
    assert.equal(moved.status, 200, moved.text);
    assert.deepEqual([moved.json.pit_id, moved.json.licence_reason], [target, "claimed"]);
    const { message } = await listener.next("config", ({ pit_number }) => pit_number === number);
    assert.equal(message.hmac, hmacOfState(device, message));
    listener.close();
    await eventually("a reading at the new pit", async () => {
      await publishReading({ ...device, pit_number: number }, { temperature: 12.5 });
      const latest = await owner.get(`/api/pits/${target}/sensors/latest`);
      return latest.json.temperature === 12.5;
    });
    const old = await owner.get(`/api/pits/${device.pit_id}/sensors/latest`);
    assert.equal(old.json.temperature, 11.5);

    const history = await owner.get(`${path}/history`);
    assert.deepEqual(
      history.json.map((at: { pit_id: number; released_at: string | null }) => [
        at.pit_id,
        at.released_at === null,
      ]),
      [
        [target, true],
        [device.pit_id, false],
      ],
    );
    assert.equal(history.json[0].assigned_at, history.json[1].released_at);
    const page = await owner.get(`${path}/history?limit=1`);
    const next = /<([^>]+)>/.exec(String(page.headers.link))?.[1] ?? "";
    assert.deepEqual((await owner.get(next)).json, [history.json[1]]);
  });

  test("moved twenty times at once is at one pit, without a gap", async () => {
    const device = await deviceAtWork();
    const pits: number[] = [];
    for (let i = 0; i < 4; ++i) pits.push(await newPit());
    const path = `/api/devices/${device.device_id}/pit`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => owner.put(path, { pit_id: pits[i % pits.length] })),
    );
    for (const { status, text } of answers) assert.equal(status, 200, text);
    const [state] = await rows(
      `SELECT count(*) FILTER (WHERE a.released_at IS NULL)::int AS here, count(*)::int - 1 AS moves,
              count(*) FILTER (WHERE EXISTS (SELECT FROM device_assignments n WHERE n.device_key = a.device_key
                                             AND n.assigned_at = a.released_at))::int AS joined
       FROM device_assignments a JOIN devices d ON d.id = a.device_key WHERE d.device_id = ${quoted(device.device_id)}`,
    );
    assert.equal(state.here, 1);
    assert.equal(state.joined, state.moves);
  });

  test("is told its calibration", async () => {
    const device = await deviceAtWork();
    const path = `/api/devices/${device.device_id}`;
    assert.equal((await owner.get(path)).json.calibrated_at, null);
    const listener = await Listener.open(device, "config", "command");
    const set = await owner.patch(`${path}/calibration`, { temperature_offset_centi: -120 });
    assert.equal(set.status, 200, set.text);
    assert.deepEqual(
      [set.json.temperature_offset_centi, set.json.humidity_offset_centi, set.json.state_version],
      [-120, 0, 3],
    );
    assert.ok(Date.parse(set.json.calibrated_at) > Date.now() - 60_000);
    const { message } = await listener.next("config", ({ version }) => version === 3);
    assert.equal(message.temperature_offset_centi, -120);
    assert.equal(message.hmac, hmacOfState(device, message));
    assert.deepEqual(listener.all("command"), []);
    listener.close();
    for (const body of [
      { temperature_offset_centi: 2001 },
      { humidity_offset_centi: -5001 },
      { humidity_offset_centi: 0.5 },
    ])
      assertProblem(await owner.patch(`${path}/calibration`, body), 422, "validation_failed");
    const [audit] = await rows(
      `SELECT a.before, a.after FROM audit_log a JOIN devices d ON d.id = a.subject_id AND a.subject_type = 'device'
       WHERE a.action = 'device.calibrate' AND d.device_id = ${quoted(device.device_id)}`,
    );
    assert.deepEqual(
      [audit.before.temperature_offset_centi, audit.after.temperature_offset_centi],
      [0, -120],
    );
  });

  test("is put out for good: told, disconnected, let in no more, and its pit is free", async () => {
    const device = await deviceAtWork();
    const path = `/api/devices/${device.device_id}`;
    const listener = await Listener.open(device, "config");
    const { job_id } = await runningJob(device.pit_id);
    assertProblem(await owner.post(`${path}/retire`, { reason: "broken" }), 409, "conflict");
    await setStatus(job_id, "cancelled");
    assertProblem(
      await owner.post(`${path}/retire`, { reason: "Broken!" }),
      422,
      "validation_failed",
    );
    const gone = await owner.post(`${path}/retire`, { reason: "broken" });
    assert.equal(gone.status, 200, gone.text);
    assert.deepEqual(
      [gone.json.status, gone.json.status_reason, gone.json.pit_id, gone.json.licence],
      ["retired", "broken", null, "unprovisioned"],
    );
    const { message } = await listener.next(
      "config",
      (config) => config?.licence === "unprovisioned",
    );
    assert.equal(message.hmac, hmacOfState(device, message));
    await eventually("its connection ends", () => listener.ended);
    await eventually("the broker lets it in no more", () =>
      publishReading(device).then(
        () => false,
        (error: Error) => /not authori[sz]ed/i.test(error.message),
      ),
    );
    for (const again of [
      owner.post(`${path}/retire`, {}),
      owner.put(`${path}/pit`, { pit_id: device.pit_id }),
      owner.patch(`${path}/calibration`, {}),
    ])
      assertProblem(await again, 404, "not_found");
    const fresh = await issueOne();
    assert.equal((await claim(fresh, device.pit_id)).status, 200);
  });

  test("has a history of what it was told, page by page", async () => {
    const device = await deviceAtWork();
    const path = `/api/devices/${device.device_id}`;
    for (const status of ["disabled", "active", "disabled"])
      await owner.patch(`${path}/status`, { status, reason: `test_${unique()}` });
    const all = (await owner.get(`${path}/commands`)).json;
    assert.deepEqual(
      all.map((one: { version: number; command: string }) => [one.version, one.command]),
      [
        [5, "DISABLE"],
        [4, "ENABLE"],
        [3, "DISABLE"],
      ],
    );
    assert.ok(all.every((one: { sent_at: string; by: string }) => one.by === "Amit Kapoor"));
    const seen = [];
    let next: string | undefined = `${path}/commands?limit=2`;
    while (next !== undefined) {
      const answer = await owner.get(next);
      seen.push(...answer.json);
      next = /<([^>]+)>/.exec(String(answer.headers.link))?.[1];
    }
    assert.deepEqual(seen, all);
  });
});
