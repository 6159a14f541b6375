// The platform's workshops: made, changed, suspended and resumed; and what an owner sets.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { count, quoted, rows } from "../support/database.ts";
import { claim, type Issued, issueOne, Listener } from "../support/devices.ts";
import { eventually, unique } from "../support/eventually.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn, tryLogin } from "../support/session.ts";
import type { Device } from "../support/stack.ts";
import { newWorkshop } from "../support/workshop.ts";

let platform: SignedIn;
before(async () => {
  platform = await demo("platform");
});

const assertProblem = (
  answer: { status: number; text: string; json: { code: string } },
  status: number,
  code: string,
) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};

const request = (change: object = {}) => ({
  name: `Workshop ${unique()}`,
  owner_name: "Meera Nair",
  owner_email: "meera@example.com",
  owner_phone: `+9198${String(unique()).padStart(9, "0").slice(-8)}`,
  address: "12 MG Road\nKochi",
  pits: 3,
  plan: "standard",
  ...change,
});

/** A workshop of the tests with a device at work; `id` is what the platform calls it. */
async function atWork() {
  const { owner, pitId, code } = await newWorkshop();
  const issued = await issueOne();
  const claimed = await claim(issued, pitId, owner);
  assert.equal(claimed.status, 200, claimed.text);
  const pit_number = claimed.json.device.pit_number as number;
  const device: Issued & Device = { ...issued, workshop_code: code, pit_id: pitId, pit_number };
  const id = (await owner.get("/api/auth/me")).json.workshop_id as number;
  return { owner, pitId, code, device, id };
}

async function runningJob(owner: SignedIn, pitId: number): Promise<number> {
  const made = await owner.post("/api/jobs", {
    customer_name: `Customer ${unique()}`,
    car_model: "Car",
    car_plate: "KL 07",
    pit_id: pitId,
    work_type: "Anything",
    estimated_duration_minutes: 60,
  });
  assert.equal(made.status, 201, made.text);
  const started = await owner.patch(`/api/jobs/${made.json.job_id}/status`, {
    status: "in_progress",
  });
  assert.equal(started.status, 200, started.text);
  return made.json.job_id;
}

describe("a new workshop", () => {
  test("has a code, an owner with a temporary password, pits, work types and a trial", async () => {
    const body = request();
    const answer = await platform.post("/api/workshops", body);
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.headers["cache-control"], "no-store");
    const { workshop, owner_credentials: login } = answer.json;
    assert.match(workshop.code, /^workshop_\d{3,}$/);
    assert.equal(login.username, `owner_${workshop.code}`);
    const hours = (Date.parse(login.expires_at) - Date.now()) / 3_600_000;
    assert.ok(hours > 71.9 && hours <= 72, `${hours} hours`);
    const days = (Date.parse(workshop.subscription_expires_at) - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days <= 30, `${days} days`);
    assert.deepEqual(
      [workshop.name, workshop.address, workshop.phone, workshop.plan, workshop.pits],
      [body.name, body.address, body.owner_phone, "standard", 3],
    );
    assert.deepEqual(
      [workshop.subscription_status, workshop.timezone, workshop.language, workshop.devices],
      ["trial", "Asia/Kolkata", "en", 0],
    );
    assert.deepEqual(
      [workshop.owner.username, workshop.owner.display_name, workshop.owner.email],
      [login.username, "Meera Nair", "meera@example.com"],
    );
    assert.deepEqual((await platform.get(`/api/workshops/${workshop.id}`)).json, workshop);

    const signedIn = await tryLogin(login.username, login.password);
    assert.equal(signedIn.status, 200, signedIn.text);
    const [user] = await rows(
      `SELECT role, must_change_password, phone_sealed IS NOT NULL AS has_phone, u::text AS all
       FROM users u WHERE username = ${quoted(login.username)}`,
    );
    assert.deepEqual([user.role, user.must_change_password, user.has_phone], ["owner", true, true]);
    assert.ok(!user.all.includes(login.password) && !user.all.includes(body.owner_phone));
    const kinds = await rows(
      `SELECT name FROM work_type_templates WHERE workshop_id = ${workshop.id} ORDER BY position`,
    );
    assert.deepEqual(
      kinds.map(({ name }) => name),
      ["Full PPF", "Partial PPF", "Ceramic Coating", "Custom"],
    );
    const pits = await rows(
      `SELECT pit_number, name FROM pits WHERE workshop_id = ${workshop.id} ORDER BY pit_number`,
    );
    assert.deepEqual(
      pits.map(({ pit_number, name }) => [pit_number, name]),
      [
        [1, "Pit 1"],
        [2, "Pit 2"],
        [3, "Pit 3"],
      ],
    );
    const [audit] = await rows(
      `SELECT action, a.after->>'plan' AS plan FROM audit_log a WHERE workshop_id = ${workshop.id}
       AND subject_type = 'workshop' AND subject_id = ${workshop.id}`,
    );
    assert.deepEqual(audit, { action: "workshop.create", plan: "standard" });
  });

  test("made ten times at once has ten codes", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => platform.post("/api/workshops", request({ pits: 1 }))),
    );
    for (const { status, text } of answers) assert.equal(status, 201, text);
    assert.equal(new Set(answers.map(({ json }) => json.workshop.code)).size, 10);
  });

  test("is refused what is none", async () => {
    for (const [change, field] of [
      [{ name: "" }, "name"],
      [{ name: "x".repeat(101) }, "name"],
      [{ owner_name: null }, "owner_name"],
      [{ owner_email: "meera" }, "owner_email"],
      [{ owner_phone: "12345" }, "owner_phone"],
      [{ pits: 0 }, "pits"],
      [{ pits: 101 }, "pits"],
      [{ plan: "gold" }, "plan"],
      [{ timezone: "Asia/Nowhere" }, "timezone"],
      [{ language: "xx" }, "language"],
      [{ trial_ends_at: "2020-01-01T00:00:00Z" }, "trial_ends_at"],
      [{ address: "x".repeat(501) }, "address"],
    ] as [object, string][]) {
      const answer = await platform.post("/api/workshops", request(change));
      assertProblem(answer, 422, "validation_failed");
      assert.equal(answer.json.errors[0].field, field);
    }
  });
});

describe("the platform", () => {
  test("sees all workshops, page by page, and none of itself", async () => {
    const made = [await newWorkshop(), await newWorkshop()].map(({ code }) => code);
    const seen: string[] = [];
    let path: string | undefined = "/api/workshops?limit=1";
    while (path !== undefined && seen.length < 2) {
      const answer = await platform.get(path);
      assert.equal(answer.status, 200, answer.text);
      seen.push(answer.json[0].code);
      path = /<([^>]+)>/.exec(String(answer.headers.link))?.[1];
    }
    assert.deepEqual(seen, made.reverse());
    const all = (await platform.get("/api/workshops?limit=200&status=active")).json;
    assert.ok(all.length > 0);
    for (const one of all) assert.equal(one.subscription_status, "active");
    for (const id of [0, 1, 999_999_999]) {
      const answer = await platform.get(`/api/workshops/${id}`);
      assert.ok([404, 422].includes(answer.status), `${id}: ${answer.text}`);
    }
    const suspended = await platform.post("/api/workshops/1/suspend", { reason: "itself" });
    assertProblem(suspended, 404, "not_found");
  });

  test("moves a workshop as its payments go, and only so", async () => {
    const { id } = await atWork();
    const path = `/api/workshops/${id}`;
    for (const status of ["past_due", "grace", "restricted", "active"]) {
      const answer = await platform.patch(path, { status, reason: `to ${status}` });
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(
        [answer.json.subscription_status, answer.json.status_reason],
        [status, `to ${status}`],
      );
    }
    assertProblem(await platform.patch(path, { status: "grace" }), 409, "invalid_transition");
    assertProblem(await platform.patch(path, { status: "suspended" }), 422, "validation_failed");
    const log = await rows(
      `SELECT a.after->>'subscription_status' AS status FROM audit_log a
       WHERE a.action = 'workshop.change' AND a.subject_id = ${id} ORDER BY a.id`,
    );
    assert.deepEqual(
      log.map(({ status }) => status),
      ["past_due", "grace", "restricted", "active"],
    );
  });

  test("gives the plan and its end to the licences of all devices", async () => {
    const { id, owner } = await atWork();
    const answer = await platform.patch(`/api/workshops/${id}`, {
      plan: "premium",
      subscription_expires_at: "2041-02-03T04:05:06Z",
    });
    assert.equal(answer.status, 200, answer.text);
    const [licence] = (await owner.get("/api/subscriptions")).json;
    assert.deepEqual([licence.plan, licence.expires_at], ["premium", "2041-02-03T04:05:06.000Z"]);
  });

  test("serves one in arrears although its licences are over", async () => {
    const { id, owner } = await atWork();
    const path = `/api/workshops/${id}`;
    await platform.patch(path, { subscription_expires_at: "2025-01-01T00:00:00Z" });
    const refusal = async () => (await owner.get("/api/subscriptions")).json[0].refusal;
    assert.equal(await refusal(), "License expired");
    await platform.patch(path, { status: "past_due" });
    assert.equal(await refusal(), null);
    await platform.patch(path, { status: "active" });
    assert.equal(await refusal(), "License expired");
  });
});

describe("a suspended workshop", () => {
  test("needs a reason, has its devices stop, and go on when it is resumed", async () => {
    const { id, owner, device } = await atWork();
    const listener = await Listener.open(device, "command");
    const path = `/api/workshops/${id}`;
    for (const body of [{}, { reason: "" }, { reason: "x".repeat(201) }])
      assertProblem(await platform.post(`${path}/suspend`, body), 422, "validation_failed");
    const suspended = await platform.post(`${path}/suspend`, { reason: "unpaid since June" });
    assert.equal(suspended.status, 200, suspended.text);
    assert.deepEqual(
      [
        suspended.json.subscription_status,
        suspended.json.status_reason,
        suspended.json.status_before,
        suspended.json.suspend_requested_at,
      ],
      ["suspended", "unpaid since June", "active", null],
    );
    const { message } = await listener.next("command");
    assert.deepEqual([message.command, message.reason], ["DISABLE", "subscription_suspended"]);
    assert.equal((await owner.get("/api/subscriptions")).json[0].refusal, "Payment overdue");
    assert.equal((await owner.get("/api/workshop")).json.subscription_status, "suspended");

    const resumed = await platform.post(`${path}/resume`, { reason: "paid" });
    assert.deepEqual(
      [resumed.json.subscription_status, resumed.json.status_before, resumed.json.status_reason],
      ["active", null, "paid"],
    );
    const { message: enable } = await listener.next(
      "command",
      ({ command }) => command === "ENABLE",
    );
    assert.equal(enable.reason, "payment_received");
    listener.close();
    assertProblem(
      await platform.post(`${path}/resume`, { reason: "again" }),
      409,
      "invalid_transition",
    );
    const log = await rows(
      `SELECT a.action, u.username, a.after->>'status_reason' AS reason FROM audit_log a
       JOIN users u ON u.id = a.actor_user_id WHERE a.subject_type = 'workshop' AND a.subject_id = ${id} ORDER BY a.id`,
    );
    assert.deepEqual(log, [
      { action: "workshop.suspend", username: "platform", reason: "unpaid since June" },
      { action: "workshop.resume", username: "platform", reason: "paid" },
    ]);
  });

  test("is served until its running jobs are over, and takes no new ones", async () => {
    const { id, owner, pitId, device } = await atWork();
    const listener = await Listener.open(device, "command");
    const jobId = await runningJob(owner, pitId);
    const path = `/api/workshops/${id}`;
    const waits = await platform.post(`${path}/suspend`, { reason: "unpaid" });
    assert.deepEqual(
      [waits.status, waits.json.subscription_status, waits.json.running_jobs],
      [200, "restricted", 1],
    );
    assert.ok(waits.json.suspend_requested_at);
    assert.equal(
      (await owner.get("/api/workshop")).json.suspend_requested_at,
      waits.json.suspend_requested_at,
    );
    await publishReading(device, { temperature: 13.5 });
    await eventually("its reading", async () => {
      const latest = await owner.get(`/api/pits/${pitId}/sensors/latest`);
      return latest.json.temperature === 13.5;
    });
    assert.deepEqual(listener.all("command"), []);
    const booking = await owner.post("/api/jobs", {
      customer_name: "New",
      car_model: "New",
      car_plate: "New",
      pit_id: pitId,
      work_type: "Anything",
      estimated_duration_minutes: 60,
    });
    assertProblem(booking, 403, "workshop_restricted");

    const done = await owner.patch(`/api/jobs/${jobId}/status`, { status: "completed" });
    assert.equal(done.status, 200, done.text);
    const { message } = await listener.next("command");
    assert.deepEqual([message.command, message.reason], ["DISABLE", "subscription_suspended"]);
    listener.close();
    const now = (await platform.get(path)).json;
    assert.deepEqual(
      [now.subscription_status, now.suspend_requested_at, now.status_reason],
      ["suspended", null, "unpaid"],
    );
    const system = await count(
      `SELECT 1 FROM audit_log WHERE action = 'workshop.suspend' AND subject_id = ${id} AND actor_user_id IS NULL`,
    );
    assert.equal(system, 1);
  });

  test("can be let off before the jobs are over; a trial stays one", async () => {
    const made = await platform.post("/api/workshops", request({ pits: 1 }));
    const { id } = made.json.workshop;
    const path = `/api/workshops/${id}`;
    await platform.post(`${path}/suspend`, { reason: "by mistake" });
    const back = await platform.post(`${path}/resume`, { reason: "sorry" });
    assert.equal(back.json.subscription_status, "trial");

    const { id: other, owner, pitId } = await atWork();
    await runningJob(owner, pitId);
    await platform.post(`/api/workshops/${other}/suspend`, { reason: "unpaid" });
    const off = await platform.post(`/api/workshops/${other}/resume`, { reason: "paid" });
    assert.deepEqual(
      [off.json.subscription_status, off.json.suspend_requested_at],
      ["active", null],
    );
  });
});

describe("an owner", () => {
  test("sets what is the workshop's own", async () => {
    const { owner } = await newWorkshop();
    const before = (await owner.get("/api/workshop")).json;
    assert.deepEqual(
      [before.working_hours, before.baseline_calls_per_job, before.language],
      [[], null, "en"],
    );
    const change = {
      name: "Shine & Co",
      address: "1 Ring Road\nDelhi",
      phone: "+911123456789",
      timezone: "Asia/Dubai",
      language: "hi",
      working_hours: [
        { day: 1, opens: "09:00", closes: "13:00" },
        { day: 1, opens: "14:00", closes: "24:00" },
      ],
      baseline_calls_per_job: 3.5,
    };
    const answer = await owner.patch("/api/workshop", change);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { ...before, ...change });
    assert.deepEqual((await owner.get("/api/workshop")).json, answer.json);
    assert.equal((await owner.get("/api/auth/me")).json.workshop.name, "Shine & Co");
    const [audit] = await rows(
      `SELECT a.before->>'language' AS was, a.after->>'language' AS now FROM audit_log a
       WHERE a.action = 'workshop.settings' AND a.subject_id = ${before.id}`,
    );
    assert.deepEqual(audit, { was: "en", now: "hi" });
    const shut = await owner.patch("/api/workshop", { working_hours: [] });
    assert.deepEqual(shut.json.working_hours, []);
  });

  test("is refused what is none, and cannot give itself a subscription", async () => {
    const { owner } = await newWorkshop();
    for (const [body, field] of [
      [{ name: "" }, "name"],
      [{ phone: "call me" }, "phone"],
      [{ timezone: "Mars/Olympus" }, "timezone"],
      [{ language: "klingon" }, "language"],
      [{ baseline_calls_per_job: 101 }, "baseline_calls_per_job"],
      [{ working_hours: [{ day: 8, opens: "09:00", closes: "18:00" }] }, "working_hours[0].day"],
      [{ working_hours: [{ day: 1, opens: "18:00", closes: "09:00" }] }, "working_hours[0].closes"],
    ] as [object, string][]) {
      const answer = await owner.patch("/api/workshop", body);
      assertProblem(answer, 422, "validation_failed");
      assert.equal(answer.json.errors[0].field, field);
    }
    const greedy = await owner.patch("/api/workshop", {
      subscription_status: "active",
      plan: "premium",
      subscription_expires_at: "2099-01-01T00:00:00Z",
    });
    assert.deepEqual([greedy.json.plan, greedy.json.subscription_expires_at], ["basic", null]);
  });
});
