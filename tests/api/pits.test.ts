// Pits and their cameras: what a workshop sets of them, and what it is never told again.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, quoted, rows } from "../support/database.ts";
import { deviceAtWork, hmacOfState, Listener } from "../support/devices.ts";
import { eventually, unique } from "../support/eventually.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { gloss, logs } from "../support/stack.ts";
import { newPit, newWorkshop, runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const assertProblem = (
  answer: { status: number; text: string; json: { code: string } },
  status: number,
  code: string,
) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};

const auditOf = (pitId: number) =>
  rows(
    `SELECT action, before, after, u.username FROM audit_log a JOIN users u ON u.id = a.actor_user_id
     WHERE subject_type = 'pit' AND subject_id = ${pitId} ORDER BY a.id`,
  );

describe("a pit", () => {
  test("is added with the next number, or the one that is asked for", async () => {
    const { owner: by, pitId } = await newWorkshop();
    const first = (await by.get(`/api/pits/${pitId}`)).json;
    const next = await by.post("/api/pits", {});
    assert.equal(next.status, 201, next.text);
    assert.equal(next.json.pit_number, first.pit_number + 1);
    assert.deepEqual(
      [next.json.name, next.json.status, next.json.device, next.json.camera.status],
      [`Pit ${first.pit_number + 1}`, "active", null, "none"],
    );
    const named = await by.post("/api/pits", { pit_number: 7, name: "Wash bay" });
    assert.deepEqual([named.json.pit_number, named.json.name], [7, "Wash bay"]);
    assertProblem(await by.post("/api/pits", { pit_number: 7 }), 409, "conflict");
    const [entry] = await auditOf(named.json.id);
    assert.equal(entry.action, "pit.create");
    assert.deepEqual(entry.after, { pit_number: 7, name: "Wash bay", status: "active" });
  });

  test("gets numbers one by one from requests at once", async () => {
    const { owner: by } = await newWorkshop();
    const answers = await Promise.all(Array.from({ length: 12 }, () => by.post("/api/pits", {})));
    const numbers = answers.map(({ status, json, text }) => {
      assert.equal(status, 201, text);
      return json.pit_number;
    });
    assert.equal(new Set(numbers).size, 12);
  });

  test("is refused what is none", async () => {
    const pitId = await newPit();
    for (const body of [
      { pit_number: 0 },
      { pit_number: 1000 },
      { pit_number: 1.5 },
      { name: "" },
      { name: "x".repeat(101) },
      { status: "gone" },
    ]) {
      const answer = await owner.patch(`/api/pits/${pitId}`, body);
      assertProblem(answer, 422, "validation_failed");
      assert.equal(answer.json.errors[0].field, Object.keys(body)[0]);
    }
    assertProblem(await owner.patch("/api/pits/999999999", { name: "x" }), 404, "not_found");
    const foreign = await newPit(gloss);
    assertProblem(await owner.patch(`/api/pits/${foreign}`, { name: "x" }), 404, "not_found");
    assertProblem(
      await owner.put(`/api/pits/${foreign}/camera`, { ip: "10.64.1.2" }),
      404,
      "not_found",
    );
  });

  test("is disabled when no job waits or runs there, and its history stays", async () => {
    const pitId = await newPit();
    const path = `/api/pits/${pitId}`;
    const { job_id } = await runningJob(pitId);
    assertProblem(await owner.patch(path, { status: "disabled" }), 409, "conflict");
    const resting = await owner.patch(path, { status: "maintenance" });
    assert.deepEqual([resting.status, resting.json.status], [200, "maintenance"]);
    await setStatus(job_id, "cancelled");
    const gone = await owner.patch(path, { status: "disabled" });
    assert.deepEqual([gone.status, gone.json.status], [200, "disabled"]);
    assert.equal((await owner.get(`/api/jobs/${job_id}`)).status, 200);
    const booking = await owner.post("/api/jobs", {
      customer_name: "Late",
      car_model: "Late",
      car_plate: "Late",
      pit_id: pitId,
      work_type: "Full PPF",
    });
    assertProblem(booking, 422, "validation_failed");
    const again = await owner.patch(path, { status: "active" });
    assert.equal(again.json.status, "active");
    assert.deepEqual(
      (await auditOf(pitId)).map(({ action, after }) => [action, after.status]),
      [
        ["pit.change", "maintenance"],
        ["pit.change", "disabled"],
        ["pit.change", "active"],
      ],
    );
  });

  test("with a new number has the device at it report there", async () => {
    const device = await deviceAtWork();
    const listener = await Listener.open(device, "config");
    const taken = (await owner.get("/api/pits")).json[0].pit_number;
    const path = `/api/pits/${device.pit_id}`;
    assertProblem(await owner.patch(path, { pit_number: taken }), 409, "conflict");
    const free = 900 - (device.pit_id % 50);
    const moved = await owner.patch(path, { pit_number: free, name: `Bay ${unique()}` });
    assert.equal(moved.status, 200, moved.text);
    const { message } = await listener.next("config", (config) => config.pit_number === free);
    listener.close();
    assert.equal(message.hmac, hmacOfState(device, message));
    assert.deepEqual([message.licence, message.reason], ["enabled", "claimed"]);
    await eventually("a reading on its new topic", async () => {
      await publishReading({ ...device, pit_number: free }, { temperature: 17.5 });
      const latest = await owner.get(`${path}/sensors/latest`);
      return latest.json.temperature === 17.5;
    });
    await owner.patch(path, { pit_number: device.pit_number });
  });
});

describe("a camera", () => {
  const url = "rtsp://admin:s3cr%40t@192.168.1.100:554/Streaming/Channels/101";

  test("is kept with its password and shown without", async () => {
    const pitId = await newPit();
    const path = `/api/pits/${pitId}/camera`;
    const none = await owner.get(path);
    assert.deepEqual(none.json, { pit_id: pitId, has_camera: false, model: null, ip: null });
    const set = await owner.put(path, { model: "Hikvision DS-2CD1323G0E-I", rtsp_url: url });
    const shown = {
      pit_id: pitId,
      has_camera: true,
      model: "Hikvision DS-2CD1323G0E-I",
      ip: "192.168.1.100",
    };
    assert.equal(set.status, 200, set.text);
    assert.deepEqual(set.json, shown);
    assert.deepEqual((await owner.get(path)).json, shown);
    assert.equal((await owner.get(`/api/pits/${pitId}`)).json.camera.status, "unknown");
    const [row] = await rows(`SELECT p::text AS all FROM pits p WHERE id = ${pitId}`);
    const hex = Buffer.from("s3cr%40t").toString("hex");
    assert.ok(!row.all.includes("s3cr") && !row.all.includes(hex));
    const audit = await execute(
      `SELECT a::text FROM audit_log a WHERE subject_type = 'pit' AND subject_id = ${pitId}`,
    );
    assert.equal(audit.length, 1);
    assert.ok(!audit.join().includes("s3cr"));
    for (const [name, text] of logs()) assert.ok(!text.includes("s3cr"), name);

    assert.equal((await owner.del(path)).status, 204);
    assert.deepEqual((await owner.get(path)).json, none.json);
    const [stored] = await rows(
      `SELECT camera_rtsp_url_sealed IS NULL AS gone FROM pits WHERE id = ${pitId}`,
    );
    assert.equal(stored.gone, true);
  });

  test("of an address alone is where the plan has it", async () => {
    const path = `/api/pits/${await newPit()}/camera`;
    const set = await owner.put(path, { ip: "10.64.7.20" });
    assert.deepEqual([set.status, set.json.ip], [200, "10.64.7.20"]);
    const other = await owner.put(path, { ip: "10.64.7.21", rtsp_url: url });
    assertProblem(other, 422, "validation_failed");
    assert.equal(other.json.errors[0].field, "ip");
    assertProblem(await owner.put(path, {}), 422, "validation_failed");
  });

  test("is nowhere but where workshops have cameras", async () => {
    const path = `/api/pits/${await newPit()}/camera`;
    for (const rtsp_url of [
      "rtsp://127.0.0.1:19432/",
      "rtsp://169.254.169.254/latest/meta-data",
      "rtsp://10.8.0.1/",
      "rtsp://8.8.8.8/",
      "rtsp://localhost/",
      "rtsp://192.168.1.100@127.0.0.1/",
      "rtsp://192.168.1.100/@127.0.0.1/",
      "http://192.168.1.100/",
      "file:///etc/passwd",
      `rtsp://192.168.1.100/${"a".repeat(500)}`,
    ]) {
      const answer = await owner.put(path, { rtsp_url });
      assertProblem(answer, 422, "validation_failed");
      assert.equal(answer.json.errors[0].field, "rtsp_url", rtsp_url);
      assert.ok(!answer.text.includes(rtsp_url), "an address may hold a password");
    }
    assertProblem(await owner.put(path, { ip: "127.0.0.1" }), 422, "validation_failed");
    const kept = await execute(
      `SELECT id FROM pits WHERE camera_ip = ${quoted("127.0.0.1")}::inet`,
    );
    assert.deepEqual(kept, []);
  });
});
