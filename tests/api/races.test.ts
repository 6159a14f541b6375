// The same thing wanted fifty times at once: one result, an audit log that tells how it came to be,
// and never a 500.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { completedJob, put } from "../support/customers.ts";
import { count, rows } from "../support/database.ts";
import { type Issued, issue, issueOne } from "../support/devices.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { refreshCookieOf, signIn } from "../support/session.ts";
import { loginOf } from "../support/stack.ts";
import { newTenant, type Tenant } from "../support/tenants.ts";
import { newPit } from "../support/workshop.ts";

const times = 50;

let tenant: Tenant;
before(async () => {
  tenant = await newTenant();
});

const atOnce = (ask: (n: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: times }, (_, n) => ask(n)));

/** The codes of those that were refused, each once; none of them is a fault of the server. */
function refusals(answers: Answer[], allowed: string[]): string[] {
  for (const { status, text } of answers) assert.ok(status < 500, `${status} ${text}`);
  const codes = [...new Set(answers.filter((a) => a.status >= 400).map((a) => a.json.code))];
  for (const code of codes) assert.ok(allowed.includes(code), `${code}: ${allowed.join(", ")}`);
  return codes;
}

const succeeded = (answers: Answer[]) => answers.filter(({ status }) => status < 300);

interface Logged {
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
}

/** What the audit log has of a job, in order; each entry begins where the one before it ended. */
async function historyOf(jobId: number): Promise<Logged[]> {
  const history: Logged[] = await rows(
    `SELECT action, before, after FROM audit_log
     WHERE subject_type = 'job' AND subject_id = ${jobId}
       AND action IN ('job.create', 'job.status', 'job.stage', 'job.time') ORDER BY id`,
  );
  for (const [index, entry] of history.entries())
    if (index > 0) assert.deepEqual(entry.before, history[index - 1]?.after, entry.action);
  return history;
}

async function newJob(pitId: number, change: object = {}): Promise<number> {
  const { status, text, json } = await tenant.owner.post("/api/jobs", {
    customer_name: "Somebody",
    car_model: "Car",
    car_plate: "DL 1",
    pit_id: pitId,
    work_type: "Full PPF",
    estimated_duration_minutes: 60,
    ...change,
  });
  assert.equal(status, 201, text);
  return json.job_id;
}

describe("a job", () => {
  test("whose status is changed fifty times at once has one history, and its last status", async () => {
    const path = `/api/jobs/${tenant.jobId}/status`;
    const wanted = ["on_hold", "in_progress", "quality_check"];
    const people = [tenant.owner, tenant.manager, tenant.operator];
    const answers = await atOnce((n) =>
      (people[n % 2] ?? tenant.operator).patch(path, { status: wanted[n % 3] }),
    );
    refusals(answers, ["invalid_transition"]);
    const history = (await historyOf(tenant.jobId)).slice(2); // created, started
    const { status } = (await tenant.owner.get(`/api/jobs/${tenant.jobId}`)).json;
    assert.equal(history.at(-1)?.after.status, status);
    assert.ok(history.length > 0 && history.length <= succeeded(answers).length);
    for (const { action, before: from, after: to } of history) {
      assert.equal(action, "job.status");
      assert.notEqual(from?.status, to.status);
    }
  });

  test("whose stage is changed fifty times at once has one current stage", async () => {
    const jobId = tenant.otherJobId;
    await tenant.owner.patch(`/api/jobs/${jobId}/status`, { status: "in_progress" });
    const before = (await historyOf(jobId)).length;
    const answers = await atOnce((n) =>
      tenant.owner.patch(`/api/jobs/${jobId}/stage`, { stage: 1 + (n % 4) }),
    );
    refusals(answers, ["validation_failed", "conflict"]);
    const job = (await tenant.owner.get(`/api/jobs/${jobId}`)).json;
    const current = job.stages.filter(
      (stage: { started_at: unknown; finished_at: unknown }) =>
        stage.started_at !== null && stage.finished_at === null,
    );
    assert.deepEqual(
      current.map((stage: { position: number }) => stage.position),
      [job.current_stage],
    );
    const history = await historyOf(jobId);
    if (history.length > before) assert.equal(history.at(-1)?.after.stage, job.current_stage);
  });

  test("whose end is moved fifty times at once ends when the log says it does", async () => {
    const jobId = tenant.otherJobId;
    const timeOf = (n: number) => new Date(Date.UTC(2040, 0, 1, n)).toISOString();
    const answers = await atOnce((n) =>
      tenant.owner.patch(`/api/jobs/${jobId}/time`, { estimated_end_time: timeOf(n) }),
    );
    assert.deepEqual(refusals(answers, []), []);
    const job = (await tenant.owner.get(`/api/jobs/${jobId}`)).json;
    const history = await historyOf(jobId);
    const logged = String(history.at(-1)?.after.estimated_end_time);
    assert.equal(Date.parse(logged), Date.parse(job.estimated_end_time));
    assert.equal(history.filter(({ action }) => action === "job.time").length, times);
  });

  test("that is completed and cancelled at once is one of both", async () => {
    const path = `/api/jobs/${tenant.otherJobId}/status`;
    const wanted = ["completed", "cancelled"];
    const answers = await atOnce((n) => tenant.owner.patch(path, { status: wanted[n % 2] }));
    assert.deepEqual(refusals(answers, ["invalid_transition"]), ["invalid_transition"]);
    const { status } = (await tenant.owner.get(`/api/jobs/${tenant.otherJobId}`)).json;
    const history = await historyOf(tenant.otherJobId);
    const ends = history.filter(({ after: to }) => wanted.includes(String(to.status)));
    assert.deepEqual(
      ends.map(({ after: to }) => to.status),
      [status],
    );
    assert.equal(succeeded(answers).length, times / 2, "saying it again is no fault");
  });
});

test("a job that is rated fifty times at once has one rating, the last one", async () => {
  const { job_id, customer } = await completedJob(await newPit());
  const answers = await atOnce((n) =>
    put(customer, `/api/jobs/${job_id}/rating`, { stars: 1 + (n % 5), comment: `${n}` }),
  );
  assert.deepEqual(refusals(answers, []), []);
  const kept = await rows(`SELECT stars, comment FROM ratings WHERE job_id = ${job_id}`);
  assert.equal(kept.length, 1);
  const logged: Logged[] = await rows(
    `SELECT before, after FROM audit_log
     WHERE action = 'job.rate' AND subject_id = ${job_id} ORDER BY id`,
  );
  assert.equal(logged.length, times);
  for (const [index, entry] of logged.entries())
    assert.deepEqual(entry.before, index === 0 ? null : logged[index - 1]?.after);
  assert.equal(logged.at(-1)?.after.stars, kept[0].stars);
});

test("of many jobs that begin at one pit at once, one begins", async () => {
  const jobs: number[] = [];
  for (let n = 0; n < 10; ++n) jobs.push(await newJob(tenant.otherPitId));
  const answers = await atOnce((n) =>
    tenant.owner.patch(`/api/jobs/${jobs[n % jobs.length]}/status`, { status: "in_progress" }),
  );
  assert.deepEqual(refusals(answers, ["pit_busy"]), ["pit_busy"]);
  const running = await rows(
    `SELECT id FROM jobs WHERE pit_id = ${tenant.otherPitId} AND status = 'in_progress'`,
  );
  assert.equal(running.length, 1);
  const started = await rows(
    `SELECT subject_id FROM audit_log WHERE action = 'job.status' AND subject_id IN (${jobs.join()})`,
  );
  assert.deepEqual(
    started.map(({ subject_id }) => subject_id),
    [running[0].id],
  );
  await tenant.owner.patch(`/api/jobs/${running[0].id}/status`, { status: "cancelled" });
});

test("jobs that are made at once for one telephone number have one customer", async () => {
  const phone = "+919800000001";
  const made = await Promise.all(
    Array.from({ length: 8 }, () => newJob(tenant.otherPitId, { customer_phone: phone })),
  );
  const customers = await rows(
    `SELECT DISTINCT customer_id FROM jobs WHERE id IN (${made.join()})`,
  );
  assert.equal(customers.length, 1);
});

describe("devices", () => {
  const claim = (device: Issued, pitId: number) =>
    tenant.owner.post("/api/devices/claim", {
      device_id: device.device_id,
      claim_code: device.claim_code,
      pit_id: pitId,
    });
  const assigned = (where: string) =>
    rows(`SELECT a.pit_id, d.device_id FROM device_assignments a JOIN devices d ON d.id = a.device_key
          WHERE a.released_at IS NULL AND ${where}`);

  test("a device that is claimed fifty times at once is at one pit", async () => {
    const device = await issueOne();
    const pits = [tenant.pitId, tenant.otherPitId];
    const answers = await atOnce((n) => claim(device, pits[n % 2] ?? 0));
    refusals(answers, ["claim_used", "pit_occupied", "rate_limited"]);
    const [won, ...more] = succeeded(answers);
    assert.deepEqual(more, []);
    const places = await assigned(`d.device_id = '${device.device_id}'`);
    assert.deepEqual(places, [{ pit_id: won?.json.device.pit_id, device_id: device.device_id }]);
    const claims = await count(
      `SELECT FROM audit_log l JOIN devices d ON d.id = l.subject_id
       WHERE l.action = 'device.claim' AND d.device_id = '${device.device_id}'`,
    );
    assert.equal(claims, 1);
  });

  test("of devices that are claimed for one pit at once, one is there", async () => {
    const other = await newTenant();
    const devices = await issue(times);
    const answers = await atOnce((n) => {
      const { device_id, claim_code } = devices[n] as Issued;
      return other.owner.post("/api/devices/claim", { device_id, claim_code, pit_id: other.pitId });
    });
    refusals(answers, ["pit_occupied", "rate_limited", "conflict"]);
    assert.equal(succeeded(answers).length, 1);
    const places = await assigned(`a.pit_id = ${other.pitId}`);
    assert.equal(places.length, 1);
    assert.equal(places[0].device_id, succeeded(answers)[0]?.json.device.device_id);
  });
});

describe("a session", () => {
  const newSession = () => signIn(tenant.manager.username, loginOf("pooja").password);
  const sessionsOf = (token: string) => {
    const { sid } = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"),
    );
    return rows(`SELECT ended_at, end_reason FROM sessions WHERE id = ${sid}`);
  };

  test("that is refreshed fifty times at once with one token goes on with one token", async () => {
    const session = await newSession();
    const headers = { Cookie: `pitview_refresh=${session.refreshCookie}` };
    const from = newAddress();
    const answers = await atOnce(() => call("POST", "/api/auth/refresh", { headers, from }));
    assert.deepEqual(refusals(answers, []), []);
    const [successor, ...others] = new Set(answers.map(refreshCookieOf));
    assert.deepEqual(others, []);
    const next = await call("POST", "/api/auth/refresh", {
      headers: { Cookie: `pitview_refresh=${successor}` },
    });
    assert.equal(next.status, 200, next.text);
    assert.equal((await sessionsOf(session.token))[0].ended_at, null);
  });

  test("that is ended fifty times at once has ended once", async () => {
    const session = await newSession();
    const answers = await atOnce(() => session.post("/api/auth/logout"));
    refusals(answers, ["session_ended"]);
    assert.ok(succeeded(answers).length >= 1);
    assert.equal((await session.get("/api/auth/me")).status, 401);
    assert.equal((await sessionsOf(session.token))[0].end_reason, "logged_out");
  });

  test("that is refreshed and ended at once has ended", async () => {
    const session = await newSession();
    const headers = { Cookie: `pitview_refresh=${session.refreshCookie}` };
    const from = newAddress();
    const answers = await atOnce((n) =>
      n % 2 === 0
        ? call("POST", "/api/auth/refresh", { headers, from })
        : session.post("/api/auth/logout"),
    );
    refusals(answers, ["session_ended"]);
    for (const answer of answers.filter(({ json }) => json.access_token !== undefined)) {
      const { access_token: token } = answer.json;
      assert.equal((await call("GET", "/api/auth/me", { token })).status, 401);
      const cookie = { Cookie: `pitview_refresh=${refreshCookieOf(answer)}` };
      const again = await call("POST", "/api/auth/refresh", { headers: cookie });
      assert.equal(again.status, 401);
    }
  });
});
