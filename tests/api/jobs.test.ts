// A job from booking to hand-over.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, quoted, rows } from "../support/database.ts";
import { eventually, unique } from "../support/eventually.ts";
import type { Answer } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn, signIn, tryLogin } from "../support/session.ts";
import { deviceAt, shine } from "../support/stack.ts";
import {
  freePit,
  newJob,
  newOperator,
  newPit,
  runningJob,
  setStatus,
} from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const body = (pitId: number, change: object = {}) => ({
  customer_name: "Test Customer",
  car_model: "Test Car",
  car_plate: "DL 01",
  pit_id: pitId,
  work_type: "Full PPF",
  ...change,
});

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.equal(answer.json.code, code, answer.text);
}

const fieldsOf = (answer: Answer): string[] =>
  (answer.json.errors ?? []).map((error: { field: string }) => error.field).sort();

describe("creating a job", () => {
  test("takes the stages of its work type and waits", async () => {
    const { job } = await newJob(await newPit());
    assert.equal(job.status, "waiting");
    assert.equal(job.estimated_duration_minutes, 360, "the template's duration");
    assert.equal(job.actual_start_time, null);
    assert.equal(job.estimated_end_time, null);
    assert.equal(job.current_stage, null);
    assert.equal(job.progress, 0);
    assert.deepEqual(
      job.stages.map((stage: { name: string; state: string }) => [stage.name, stage.state]),
      [
        ["Surface Prep", "next"],
        ["PPF Installation", "next"],
        ["Curing", "next"],
        ["Quality Check", "next"],
      ],
    );
    assert.deepEqual((await owner.get(`/api/jobs/${job.job_id}`)).json, job);
  });

  test("of a work type of one's own needs a duration", async () => {
    const pitId = await newPit();
    const refused = await owner.post("/api/jobs", body(pitId, { work_type: "Wrap" }));
    assertProblem(refused, 422, "validation_failed");
    assert.deepEqual(fieldsOf(refused), ["estimated_duration_minutes"]);
    const { job } = await newJob(pitId, { work_type: "Wrap", estimated_duration_minutes: 45 });
    assert.equal(job.work_type, "Wrap");
    assert.equal(job.stages.length, 1);
  });

  test("gives the customer a login that works", async () => {
    const { login } = await runningJob(await newPit());
    const answer = await tryLogin(login.username, login.password);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.role, "customer");
  });

  test("finds a free username when the name is taken, in whichever workshop", async () => {
    const name = `Meera ${unique()}`;
    const base = name.toLowerCase().replace(" ", "");
    const pitId = await newPit();
    const names = [];
    for (let i = 0; i < 3; ++i)
      names.push((await newJob(pitId, { customer_name: name })).customer_credentials?.username);
    assert.deepEqual(names, [base, `${base}2`, `${base}3`]);
    const elsewhere = await newJob(
      deviceAt("workshop_002", 1).pit_id,
      { customer_name: name },
      "neha",
    );
    assert.equal(elsewhere.customer_credentials?.username, `${base}4`);
    await setStatus(elsewhere.job_id, "cancelled", "neha");
  });

  test("finds a username for a name without Latin letters", async () => {
    const { customer_credentials } = await newJob(await newPit(), { customer_name: "अमित कपूर" });
    assert.match(String(customer_credentials?.username), /^customer\d*$/);
  });

  test("knows a returning customer by the telephone number, however it is written", async () => {
    const digits = `98${String(unique()).padStart(8, "0").slice(-8)}`;
    const pitId = await newPit();
    const first = await newJob(pitId, { customer_phone: `+91${digits}` });
    assert.notEqual(first.customer_credentials, null);
    const written = `+91 ${digits.slice(0, 5)}-${digits.slice(5)}`;
    const second = await newJob(pitId, { customer_phone: written, customer_name: "Other Name" });
    assert.equal(second.customer_credentials, null);
    const login = first.customer_credentials;
    assert.ok(login !== null);
    const customer = await signIn(login.username, login.password);
    const jobs = (await customer.get("/api/jobs")).json.map(
      (job: { job_id: number }) => job.job_id,
    );
    assert.deepEqual(jobs, [second.job_id, first.job_id]);

    const elsewhere = await newJob(
      deviceAt("workshop_002", 1).pit_id,
      { customer_phone: written },
      "neha",
    );
    assert.notEqual(
      elsewhere.customer_credentials,
      null,
      "another workshop must not learn of the account",
    );
    await setStatus(elsewhere.job_id, "cancelled", "neha");
  });

  test("twice at once for the same new number makes one account", async () => {
    const phone = `+9197${String(unique()).padStart(8, "0").slice(-8)}`;
    const pitId = await newPit();
    const answers = await Promise.all(
      [1, 2, 3].map(() => owner.post("/api/jobs", body(pitId, { customer_phone: phone }))),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201],
    );
    const withLogin = answers.filter(({ json }) => json.customer_credentials !== null);
    assert.equal(withLogin.length, 1);
  });

  test("keeps the telephone number out of the database's plain text", async () => {
    const phone = `+9196${String(unique()).padStart(8, "0").slice(-8)}`;
    await newJob(await newPit(), { customer_phone: phone });
    const text =
      JSON.stringify(await rows("SELECT * FROM users")) +
      JSON.stringify(await rows("SELECT * FROM audit_log"));
    assert.ok(!text.includes(phone.slice(3)));
  });

  test("names every field that is missing or wrong", async () => {
    const missing = await owner.post("/api/jobs", {});
    assertProblem(missing, 422, "validation_failed");
    assert.deepEqual(fieldsOf(missing), [
      "car_model",
      "car_plate",
      "customer_name",
      "pit_id",
      "work_type",
    ]);
    const pitId = await newPit();
    const faults: Record<string, unknown[]> = {
      customer_name: ["", "   ", 5, null, "x".repeat(121), "two\nlines", "nul\u0000"],
      car_plate: ["", "x".repeat(21)],
      pit_id: [0, -1, 1.5, "1", 999_999_999, 9223372036854775807n.toString()],
      estimated_duration_minutes: [0, -5, 43_201, 1.5, "60"],
      customer_phone: ["98765", "hello", "+0123456789", 98765],
      customer_email: ["a", "a@b", "a b@example.com"],
      work_type: ["", "x".repeat(81)],
    };
    for (const [field, values] of Object.entries(faults))
      for (const value of values) {
        const answer = await owner.post("/api/jobs", body(pitId, { [field]: value }));
        assertProblem(answer, 422, "validation_failed");
        assert.deepEqual(fieldsOf(answer), [field], `${field}: ${JSON.stringify(value)}`);
      }
    assert.deepEqual((await owner.get(`/api/jobs?pit_id=${pitId}`)).json, []);
  });

  test("keeps names as people write them", async () => {
    const name = "Zoë O'Brien; DROP TABLE jobs-- <b>देवी</b> 🚗";
    const { job } = await newJob(await newPit(), { customer_name: name, car_model: "  Škoda  " });
    assert.equal(job.customer_name, name);
    assert.equal(job.car_model, "Škoda");
  });

  test("is refused at a pit that is not in use", async () => {
    const pitId = await newPit();
    await execute(`UPDATE pits SET status = 'maintenance' WHERE id = ${pitId}`);
    const answer = await owner.post("/api/jobs", body(pitId));
    assertProblem(answer, 422, "validation_failed");
    assert.deepEqual(fieldsOf(answer), ["pit_id"]);
  });
});

describe("listing jobs", () => {
  test("goes through all pages by the Link header, the newest first", async () => {
    const pitId = await newPit();
    const made: number[] = [];
    for (let i = 0; i < 5; ++i) made.push((await newJob(pitId)).job_id);
    const seen: number[] = [];
    let path: string | undefined = `/api/jobs?pit_id=${pitId}&limit=2`;
    let pages = 0;
    while (path !== undefined && pages < 10) {
      const answer = await owner.get(path);
      assert.equal(answer.status, 200);
      assert.ok(answer.json.length <= 2);
      seen.push(...answer.json.map((job: { job_id: number }) => job.job_id));
      path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
      pages += 1;
    }
    assert.deepEqual(seen, made.reverse());
  });

  test("filters by status and pit", async () => {
    const pitId = await newPit();
    const first = await newJob(pitId);
    const second = await newJob(pitId);
    await setStatus(second.job_id, "cancelled");
    const ids = async (query: string) =>
      (await owner.get(`/api/jobs?pit_id=${pitId}${query}`)).json.map(
        (job: { job_id: number }) => job.job_id,
      );
    assert.deepEqual(await ids("&status=waiting"), [first.job_id]);
    assert.deepEqual(await ids("&status=cancelled"), [second.job_id]);
    assert.deepEqual(await ids("&status=completed"), []);
  });

  test("refuses a query it does not understand, by the name of its field", async () => {
    for (const [query, field] of [
      ["status=broken", "status"],
      ["limit=0", "limit"],
      ["limit=201", "limit"],
      ["limit=abc", "limit"],
      ["cursor=-1", "cursor"],
      ["cursor=99999999999999999999", "cursor"],
      ["pit_id=1%27", "pit_id"],
    ] as const) {
      const answer = await owner.get(`/api/jobs?${query}`);
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), [field]);
    }
  });

  test("refuses ids in paths that are none", async () => {
    for (const id of ["0", "-1", "abc", "1e3", "99999999999999999999", "%00"]) {
      const answer = await owner.get(`/api/jobs/${id}`);
      assert.ok([400, 404, 422].includes(answer.status), `${id}: ${answer.status}`);
    }
    assertProblem(await owner.get("/api/jobs/9223372036854775807"), 404, "not_found");
  });
});

describe("the status of a job", () => {
  const allowed: Record<string, string[]> = {
    waiting: ["in_progress", "cancelled"],
    in_progress: ["on_hold", "quality_check", "completed", "cancelled"],
    on_hold: ["in_progress", "quality_check", "cancelled"],
    quality_check: ["in_progress", "on_hold", "completed", "cancelled"],
    completed: [],
    cancelled: [],
  };
  const wayTo: Record<string, string[]> = {
    waiting: [],
    in_progress: ["in_progress"],
    on_hold: ["in_progress", "on_hold"],
    quality_check: ["in_progress", "quality_check"],
    completed: ["in_progress", "completed"],
    cancelled: ["cancelled"],
  };
  const all = Object.keys(allowed);

  for (const from of all)
    test(`from ${from} goes to ${allowed[from]?.join(", ") || "nothing"} only`, async () => {
      const { job_id } = await newJob(await newPit());
      for (const step of wayTo[from] ?? []) await setStatus(job_id, step);
      const refused = all.filter((to) => to !== from && !allowed[from]?.includes(to));
      for (const to of refused) {
        const answer = await owner.patch(`/api/jobs/${job_id}/status`, { status: to });
        assertProblem(answer, 409, "invalid_transition");
      }
      const { json } = await owner.get(`/api/jobs/${job_id}`);
      assert.equal(json.status, from, "a refusal changes nothing");
      for (const to of allowed[from] ?? []) {
        const other = await newJob(await newPit());
        for (const step of wayTo[from] ?? []) await setStatus(other.job_id, step);
        await setStatus(other.job_id, to);
      }
    });

  test("that is none is refused by its field", async () => {
    const { job_id } = await newJob(await newPit());
    for (const status of ["done", "", null, 3]) {
      const answer = await owner.patch(`/api/jobs/${job_id}/status`, { status });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["status"]);
    }
  });

  test("in_progress starts the clock and the first stage", async () => {
    const { job_id } = await newJob(await newPit(), { estimated_duration_minutes: 90 });
    await setStatus(job_id, "in_progress");
    const { json } = await owner.get(`/api/jobs/${job_id}`);
    const lasting = Date.parse(json.estimated_end_time) - Date.parse(json.actual_start_time);
    assert.equal(lasting, 90 * 60_000);
    assert.equal(json.current_stage, 1);
    assert.equal(json.stages[0].state, "current");
  });

  test("completed stops it, with all progress and no stage under way", async () => {
    const { job_id } = await newJob(await newPit());
    await setStatus(job_id, "in_progress");
    await setStatus(job_id, "completed");
    const { json } = await owner.get(`/api/jobs/${job_id}`);
    assert.notEqual(json.actual_end_time, null);
    assert.equal(json.progress, 1);
    assert.equal(json.current_stage, null);
  });

  test("cannot be in_progress twice in one pit, also when both ask at once", async () => {
    const pitId = await newPit();
    const jobs = [await newJob(pitId), await newJob(pitId), await newJob(pitId)];
    const answers = await Promise.all(
      jobs.map(({ job_id }) =>
        owner.patch(`/api/jobs/${job_id}/status`, { status: "in_progress" }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
    for (const answer of answers)
      if (answer.status === 409) assert.equal(answer.json.code, "pit_busy");
    const running = (await owner.get(`/api/jobs?pit_id=${pitId}&status=in_progress`)).json;
    assert.equal(running.length, 1);
    await setStatus(running[0].job_id, "completed");
    const next = jobs.find(({ job_id }) => job_id !== running[0].job_id);
    await setStatus(next?.job_id ?? 0, "in_progress");
  });
});

describe("stage and time", () => {
  test("a stage may be reached, skipped to and gone back from", async () => {
    const { job_id } = await newJob(await newPit());
    await setStatus(job_id, "in_progress");
    const states = async (stage: number) => {
      const answer = await owner.patch(`/api/jobs/${job_id}/stage`, { stage });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.current_stage, stage);
      return answer.json.stages.map(({ state }: { state: string }) => state);
    };
    assert.deepEqual(await states(3), ["done", "done", "current", "next"]);
    assert.deepEqual(await states(2), ["done", "current", "next", "next"]);
    const { json } = await owner.get(`/api/jobs/${job_id}`);
    assert.ok(json.progress >= 0.25 && json.progress < 0.3, `progress ${json.progress}`);
  });

  test("a stage that the job does not have is refused", async () => {
    const { job_id } = await newJob(await newPit());
    await setStatus(job_id, "in_progress");
    for (const stage of [0, 5, -1, 51, 1.5, "1", null]) {
      const answer = await owner.patch(`/api/jobs/${job_id}/stage`, { stage });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["stage"]);
    }
  });

  test("neither changes for a job that is not running", async () => {
    const { job_id } = await newJob(await newPit());
    const end = new Date(Date.now() + 3_600_000).toISOString();
    for (const status of ["waiting", "completed"]) {
      if (status === "completed") {
        await setStatus(job_id, "in_progress");
        await setStatus(job_id, "completed");
      }
      assertProblem(await owner.patch(`/api/jobs/${job_id}/stage`, { stage: 1 }), 409, "conflict");
      const time = await owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: end });
      assertProblem(time, 409, "conflict");
    }
  });

  test("the promised time must be a time after the start", async () => {
    const { job_id } = await newJob(await newPit());
    await setStatus(job_id, "in_progress");
    for (const time of [
      "2020-01-01T00:00:00Z",
      "tomorrow",
      "",
      5,
      null,
      "2026-02-30T00:00:00Z",
      "0001-01-01T00:00:00Z",
    ]) {
      const answer = await owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: time });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["estimated_end_time"]);
    }
    const far = await owner.patch(`/api/jobs/${job_id}/time`, {
      estimated_end_time: "9999-12-31T23:59:59Z",
    });
    assert.ok(far.status < 500, far.text);
    const zoned = await owner.patch(`/api/jobs/${job_id}/time`, {
      estimated_end_time: "2036-02-21T07:30:00+05:30",
    });
    assert.equal(zoned.json.estimated_end_time, "2036-02-21T02:00:00.000Z");
  });
});

describe("people at a job", () => {
  test("an operator moves the jobs of the permitted pit, but not their time", async () => {
    const pitId = await newPit();
    const operator = await newOperator(pitId);
    const { job_id } = await newJob(pitId);
    const started = await operator.patch(`/api/jobs/${job_id}/status`, { status: "in_progress" });
    assert.equal(started.status, 200);
    assert.equal((await operator.patch(`/api/jobs/${job_id}/stage`, { stage: 2 })).status, 200);
    const time = await operator.patch(`/api/jobs/${job_id}/time`, {
      estimated_end_time: "2040-01-01T00:00:00Z",
    });
    assertProblem(time, 403, "forbidden");
  });

  test("every change is in the audit log, with who, what and from where", async () => {
    const { job_id } = await newJob(await newPit());
    await setStatus(job_id, "in_progress");
    await owner.patch(`/api/jobs/${job_id}/stage`, { stage: 2 });
    await owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: "2036-01-01T00:00:00Z" });
    await owner.patch(`/api/jobs/${job_id}/status`, { status: "waiting" }); // refused
    const log = await rows(
      `SELECT a.action, a.before, a.after, a.request_id, host(a.ip) AS ip, u.username
       FROM audit_log a JOIN users u ON u.id = a.actor_user_id
       WHERE a.subject_type = 'job' AND a.subject_id = ${job_id} ORDER BY a.id`,
    );
    assert.deepEqual(
      log.map(({ action }) => action),
      ["job.create", "job.status", "job.stage", "job.time"],
    );
    for (const entry of log) {
      assert.equal(entry.username, "amit");
      assert.match(entry.ip, /^127\./);
      assert.ok(entry.request_id.length > 0);
    }
    assert.equal(log[1].before.status, "waiting");
    assert.equal(log[1].after.status, "in_progress");
    assert.equal(log[2].after.stage, 2);
    assert.match(log[3].after.estimated_end_time, /^2036-01-01T00:00:00/);
  });

  test("a customer's live view ends with the job", async () => {
    const device = deviceAt(shine, 3);
    await freePit(device);
    const { job_id, customer, login } = await runningJob(device.pit_id);
    const live = await Live.open(customer);
    const snapshot = live.all("snapshot")[0]?.data;
    assert.deepEqual(
      snapshot.pits.map((pit: { id: number }) => pit.id),
      [device.pit_id],
    );
    assert.equal(snapshot.pits[0].job.job_id, job_id);
    await publishReading(device, { aqi: 33 });
    await live.next("sensor_update", ({ data }) => data.aqi === 33);

    await setStatus(job_id, "completed");
    await live.next(
      "job_status",
      ({ data }) => data.job_id === job_id && data.status === "completed",
    );
    await live.next("snapshot", ({ data }) => data.pits.length === 0);
    const seen = live.all("sensor_update").length;

    const watcher = await Live.open(owner);
    await publishReading(device, { aqi: 44 });
    await watcher.next("sensor_update", ({ data }) => data.aqi === 44);
    // A frame of their own after it proves that nothing came in between.
    const next = await newJob(device.pit_id);
    await execute(
      `UPDATE jobs SET customer_id = (SELECT id FROM users WHERE username = ${quoted(login.username)}) WHERE id = ${next.job_id}`,
    );
    await setStatus(next.job_id, "in_progress");
    const again = await live.next(
      "snapshot",
      ({ data }) => data.pits[0]?.job?.job_id === next.job_id,
    );
    assert.equal(again.data.pits[0].latest, null, "no reading from before the work began");
    assert.equal((await customer.get("/api/pits")).json[0].latest, null);
    assert.equal(live.all("sensor_update").length, seen, "no reading after the end of the job");
    assert.equal(
      (await customer.get(`/api/pits/${device.pit_id}/sensors/latest`)).status,
      404,
      "what was measured before the work began is not the customer's",
    );
    await publishReading(device);
    await eventually(
      "the new reading",
      async () => (await customer.get(`/api/pits/${device.pit_id}/sensors/latest`)).status === 200,
    );
    await setStatus(next.job_id, "completed");
    assert.equal((await customer.get(`/api/pits/${device.pit_id}/sensors/latest`)).status, 404);
    await live.close();
    await watcher.close();
  });
});
