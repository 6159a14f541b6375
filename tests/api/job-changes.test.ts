// What changes about a job while it is done: holds, promises, stages told late, staff, what was
// written down wrongly; who is refused; fifty at once.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { count, execute, quoted, rows } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import type { Answer } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { demo, type SignedIn } from "../support/session.ts";
import {
  newJob,
  newOperator,
  newPit,
  newWorkshop,
  runningJob,
  setStatus,
} from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.equal(answer.json.code, code, answer.text);
}

const fieldsOf = (answer: Answer): string[] =>
  (answer.json.errors ?? []).map((error: { field: string }) => error.field).sort();

const idOf = async (username: string): Promise<number> =>
  Number((await execute(`SELECT id FROM users WHERE username = ${quoted(username)}`))[0]);

const jobOf = async (id: number) => (await owner.get(`/api/jobs/${id}`)).json;
const minutes = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 60_000;

/** As if it had begun, been held, or moved to its stage so long ago. */
const age = (jobId: number, span: string) =>
  execute(
    `UPDATE jobs SET actual_start_time = actual_start_time - interval '${span}',
       estimated_end_time = estimated_end_time - interval '${span}', held_since = held_since - interval '${span}',
       created_at = created_at - interval '${span}', updated_at = updated_at - interval '${span}'
     WHERE id = ${jobId};
     UPDATE job_stages SET started_at = started_at - interval '${span}',
       finished_at = finished_at - interval '${span}' WHERE job_id = ${jobId}`,
  );

describe("a hold", () => {
  test("says why, stops the clock and is added to the promise", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    const held = await owner.patch(`/api/jobs/${job_id}/status`, {
      status: "on_hold",
      reason: "We are waiting for a part of the film.",
    });
    assert.equal(held.status, 200, held.text);
    await age(job_id, "90 minutes");
    const before = (await customer.get(`/api/jobs/${job_id}`)).json;
    assert.equal(before.status_reason, "We are waiting for a part of the film.");
    assert.ok(before.progress < 0.01, `progress ${before.progress}: the bar stands still`);

    await setStatus(job_id, "in_progress");
    const after = (await customer.get(`/api/jobs/${job_id}`)).json;
    assert.equal(after.status_reason, null);
    assert.equal(after.held_since, null);
    assert.equal(after.time_reason, "We are waiting for a part of the film.");
    const moved = minutes(before.estimated_end_time, after.estimated_end_time);
    assert.ok(moved >= 90 && moved < 92, `${moved} minutes`);
    assert.ok(after.progress < 0.01, `progress ${after.progress}: the hold is no work`);

    const changes = (await owner.get(`/api/jobs/${job_id}/time`)).json;
    assert.equal(changes.length, 1);
    assert.equal(changes[0].cause, "hold");
    assert.equal(changes[0].end_before, before.estimated_end_time);
    assert.equal(changes[0].end_after, after.estimated_end_time);
    assert.equal(changes[0].by.name, "Amit Kapoor");
  });

  test("that ends with the quality check counts too; one that ends the job does not", async () => {
    const checked = await runningJob(await newPit());
    await setStatus(checked.job_id, "on_hold");
    await age(checked.job_id, "10 minutes");
    const before = (await jobOf(checked.job_id)).estimated_end_time;
    await setStatus(checked.job_id, "quality_check");
    const moved = minutes(before, (await jobOf(checked.job_id)).estimated_end_time);
    assert.ok(moved >= 10 && moved < 12, `${moved} minutes`);

    const given = await runningJob(await newPit());
    await setStatus(given.job_id, "on_hold");
    const cancelled = await owner.patch(`/api/jobs/${given.job_id}/status`, {
      status: "cancelled",
      reason: "The customer took the car home.",
    });
    assert.equal(cancelled.status, 200, cancelled.text);
    const job = await jobOf(given.job_id);
    assert.equal(job.status_reason, "The customer took the car home.");
    assert.equal(job.held_since, null);
    assert.deepEqual((await owner.get(`/api/jobs/${given.job_id}/time`)).json, []);
  });

  test("knows of a time that is promised meanwhile", async () => {
    const { job_id } = await runningJob(await newPit());
    await setStatus(job_id, "on_hold");
    await age(job_id, "60 minutes");
    const promised = "2036-01-01T10:00:00.000Z";
    await owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: promised });
    await setStatus(job_id, "in_progress");
    const moved = minutes(promised, (await jobOf(job_id)).estimated_end_time);
    assert.ok(moved >= 0 && moved < 2, `${moved} minutes: the hour before was known`);
  });

  test("takes another reason, and other states take none", async () => {
    const { job_id } = await runningJob(await newPit());
    for (const status of ["in_progress", "quality_check", "completed", "waiting"]) {
      const answer = await owner.patch(`/api/jobs/${job_id}/status`, { status, reason: "Because" });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["reason"]);
    }
    for (const reason of ["", "x".repeat(301), 5]) {
      const answer = await owner.patch(`/api/jobs/${job_id}/status`, { status: "on_hold", reason });
      assert.deepEqual(fieldsOf(answer), ["reason"]);
    }
    await setStatus(job_id, "on_hold");
    assert.equal((await jobOf(job_id)).status_reason, null);
    await owner.patch(`/api/jobs/${job_id}/status`, { status: "on_hold", reason: "Lunch" });
    assert.equal((await jobOf(job_id)).status_reason, "Lunch");
    await setStatus(job_id, "on_hold");
    assert.equal((await jobOf(job_id)).status_reason, "Lunch", "nothing said, nothing changed");
  });
});

describe("the promised time", () => {
  test("moves with a reason for the customer, who is told at once", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    const live = await Live.open(customer);
    const end = "2036-02-03T04:05:06.000Z";
    const answer = await owner.patch(`/api/jobs/${job_id}/time`, {
      estimated_end_time: end,
      reason: "The bumper needs a second layer.",
    });
    assert.equal(answer.status, 200, answer.text);
    const frame = await live.next("job_time");
    assert.deepEqual(frame.data, {
      job_id,
      estimated_end_time: end,
      reason: "The bumper needs a second layer.",
    });
    await live.next("job_status", ({ data }) => data.estimated_end_time === end);
    assert.equal(
      (await customer.get(`/api/jobs/${job_id}`)).json.time_reason,
      "The bumper needs a second layer.",
    );
    await live.close();
  });

  test("keeps its history, page by page, the newest first", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    const ends = [1, 2, 3, 4, 5].map((day) => `2036-01-0${day}T00:00:00.000Z`);
    for (const [i, end] of ends.entries())
      await owner.patch(`/api/jobs/${job_id}/time`, {
        estimated_end_time: end,
        ...(i % 2 === 0 ? { reason: `Reason ${i}` } : {}),
      });
    const again = await owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: ends[4] });
    assert.equal(again.status, 200, "the same once more is no change");
    const seen: { end_after: string; reason: string | null; by: object | null }[] = [];
    let path: string | undefined = `/api/jobs/${job_id}/time?limit=2`;
    while (path !== undefined && seen.length < 20) {
      const page: Answer = await owner.get(path);
      seen.push(...page.json);
      path = /^<([^>]+)>; rel="next"$/.exec(String(page.headers.link ?? ""))?.[1];
    }
    assert.deepEqual(
      seen.map(({ end_after, reason }) => [end_after, reason]),
      [
        [ends[4], "Reason 4"],
        [ends[3], null],
        [ends[2], "Reason 2"],
        [ends[1], null],
        [ends[0], "Reason 0"],
      ],
    );
    const asCustomer = (await customer.get(`/api/jobs/${job_id}/time`)).json;
    assert.equal(asCustomer.length, 5);
    for (const change of asCustomer) assert.equal(change.by, null);
  });

  test("has a history for those who see the job only", async () => {
    const { job_id } = await runningJob(await newPit());
    const stranger = await runningJob(await newPit());
    for (const session of [stranger.customer, await demo("imran"), await demo("neha")])
      assertProblem(await session.get(`/api/jobs/${job_id}/time`), 404, "not_found");
    assertProblem(await owner.get("/api/jobs/999999999/time"), 404, "not_found");
    for (const cursor of ["0", "-1", "x"])
      assert.equal((await owner.get(`/api/jobs/${job_id}/time?cursor=${cursor}`)).status, 422);
  });
});

describe("a stage told late", () => {
  test("began then, and the one before it ended then", async () => {
    const { job_id } = await runningJob(await newPit());
    await age(job_id, "60 minutes");
    const start = (await jobOf(job_id)).actual_start_time;
    const began = new Date(Date.parse(start) + 20 * 60_000).toISOString();
    const answer = await owner.patch(`/api/jobs/${job_id}/stage`, { stage: 2, started_at: began });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.stages[0].finished_at, began);
    assert.equal(answer.json.stages[1].started_at, began);
    const earlier = new Date(Date.parse(start) + 10 * 60_000).toISOString();
    const again = await owner.patch(`/api/jobs/${job_id}/stage`, { stage: 2, started_at: earlier });
    assert.equal(again.json.stages[0].finished_at, earlier);
    assert.equal(again.json.stages[1].started_at, earlier);
    const log = await rows(
      `SELECT after FROM audit_log WHERE subject_type = 'job' AND subject_id = ${job_id} ORDER BY id DESC LIMIT 1`,
    );
    assert.equal(Date.parse(log[0].after.stage_started_at), Date.parse(earlier));
  });

  test("neither before the job and its earlier stages, nor in the future", async () => {
    const { job_id } = await runningJob(await newPit());
    await age(job_id, "60 minutes");
    await owner.patch(`/api/jobs/${job_id}/stage`, { stage: 2 });
    const start = Date.parse((await jobOf(job_id)).actual_start_time);
    for (const at of [start - 1000, start + 30 * 60_000, Date.now() + 60_000]) {
      const answer = await owner.patch(`/api/jobs/${job_id}/stage`, {
        stage: 3,
        started_at: new Date(at).toISOString(),
      });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["started_at"]);
    }
    assert.equal((await jobOf(job_id)).current_stage, 2);
  });
});

describe("the staff of a job", () => {
  test("is set as a whole, and everybody who watches sees it", async () => {
    const pitId = await newPit();
    const { job_id, customer } = await runningJob(pitId);
    const operator = await newOperator(pitId);
    const live = await Live.open(customer);
    const ids = [await idOf(operator.username), await idOf("pooja")];
    const set = await owner.put(`/api/jobs/${job_id}/staff`, { user_ids: [...ids, ids[0]] });
    assert.equal(set.status, 200, set.text);
    assert.deepEqual(set.json.assigned_staff, [
      { id: ids[0], name: "Operator" },
      { id: ids[1], name: "Pooja Verma" },
    ]);
    await live.next("job_status", ({ data }) => data.assigned_staff.length === 2);
    const listed = (await owner.get(`/api/jobs?pit_id=${pitId}&staff_id=${ids[0]}`)).json;
    assert.deepEqual(
      listed.map((job: { job_id: number }) => job.job_id),
      [job_id],
    );
    const fewer = await owner.put(`/api/jobs/${job_id}/staff`, { user_ids: [ids[1]] });
    assert.deepEqual(fewer.json.assigned_staff, [{ id: ids[1], name: "Pooja Verma" }]);
    const none = await owner.put(`/api/jobs/${job_id}/staff`, { user_ids: [] });
    assert.deepEqual(none.json.assigned_staff, []);
    const log = await rows(
      `SELECT before, after FROM audit_log WHERE action = 'job.staff' AND subject_id = ${job_id} ORDER BY id`,
    );
    assert.equal(log.length, 3);
    assert.deepEqual(log[1].before.staff, ids);
    assert.deepEqual(log[1].after.staff, [ids[1]]);
    await live.close();
  });

  test("is active staff of the workshop, operators at their pits", async () => {
    const pitId = await newPit();
    const { job_id } = await newJob(pitId);
    const gone = await newOperator(pitId);
    await execute(`UPDATE users SET disabled_at = now() WHERE username = '${gone.username}'`);
    const strangers = ["imran", "rohan", "neha", "platform", gone.username];
    for (const username of strangers) {
      const user_ids = [await idOf("amit"), await idOf(username)];
      const answer = await owner.put(`/api/jobs/${job_id}/staff`, { user_ids });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["user_ids[1]"], username);
    }
    for (const user_ids of [undefined, null, 5, [0], ["a"], Array(21).fill(1)]) {
      const answer = await owner.put(`/api/jobs/${job_id}/staff`, { user_ids });
      assertProblem(answer, 422, "validation_failed");
    }
    assert.deepEqual((await jobOf(job_id)).assigned_staff, []);
  });

  test("stays with a job that is over", async () => {
    const { job_id } = await newJob(await newPit());
    await setStatus(job_id, "cancelled");
    const answer = await owner.put(`/api/jobs/${job_id}/staff`, { user_ids: [] });
    assertProblem(answer, 409, "conflict");
  });
});

describe("what was written down wrongly", () => {
  test("is mended, and the rest stays", async () => {
    const pitId = await newPit();
    const { job_id, job } = await newJob(pitId);
    const answer = await owner.patch(`/api/jobs/${job_id}`, {
      customer_name: "  Rohini D'Souza ",
      car_plate: "KA 01 AB 1",
    });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, {
      ...job,
      customer_name: "Rohini D'Souza",
      car_plate: "KA 01 AB 1",
      updated_at: answer.json.updated_at,
    });
    const nothing = await owner.patch(`/api/jobs/${job_id}`, {});
    assert.deepEqual(nothing.json, answer.json);
    const log = await rows(
      `SELECT before, after FROM audit_log WHERE action = 'job.mend' AND subject_id = ${job_id}`,
    );
    assert.equal(log.length, 1);
    assert.equal(log[0].before.customer_name, job.customer_name);
    assert.equal(log[0].after.customer_name, "Rohini D'Souza");
  });

  test("moves to another pit while the job waits, and not when it has begun", async () => {
    const [from, to] = [await newPit(), await newPit()];
    const { job_id } = await newJob(from);
    const moved = await owner.patch(`/api/jobs/${job_id}`, { pit_id: to });
    assert.equal(moved.json.pit_id, to);
    const number = (await owner.get(`/api/pits/${to}`)).json.pit_number;
    assert.equal(moved.json.pit_number, number);
    await setStatus(job_id, "in_progress");
    assertProblem(await owner.patch(`/api/jobs/${job_id}`, { pit_id: from }), 409, "conflict");
    const same = await owner.patch(`/api/jobs/${job_id}`, { pit_id: to, car_model: "Mended" });
    assert.equal(same.json.car_model, "Mended");
  });

  test("does not move to where it cannot be done", async () => {
    const [from, closed, other] = [await newPit(), await newPit(), await newPit()];
    await execute(`UPDATE pits SET status = 'disabled' WHERE id = ${closed}`);
    const { job_id } = await newJob(from);
    const operator = await newOperator(from);
    await owner.put(`/api/jobs/${job_id}/staff`, { user_ids: [await idOf(operator.username)] });
    const foreign = Number(
      (
        await execute(
          "SELECT min(p.id) FROM pits p JOIN workshops w ON w.id = p.workshop_id WHERE w.code = 'workshop_002'",
        )
      )[0],
    );
    for (const pit_id of [closed, foreign, 999_999_999, other]) {
      const answer = await owner.patch(`/api/jobs/${job_id}`, { pit_id });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["pit_id"]);
    }
    assert.equal((await jobOf(job_id)).pit_id, from);
  });

  test("names every fault by its field", async () => {
    const { job_id } = await newJob(await newPit());
    const faults: Record<string, unknown[]> = {
      customer_name: ["", " ", "x".repeat(121), 5, "a\nb"],
      car_model: ["", "x".repeat(121)],
      car_plate: ["", "x".repeat(21)],
      pit_id: [0, "1", 1.5],
    };
    for (const [field, values] of Object.entries(faults))
      for (const value of values) {
        const answer = await owner.patch(`/api/jobs/${job_id}`, { [field]: value });
        assertProblem(answer, 422, "validation_failed");
        assert.deepEqual(fieldsOf(answer), [field]);
      }
  });
});

describe("a workshop whose subscription allows no new work", () => {
  for (const status of ["restricted", "suspended", "cancelled", "expired"])
    test(`finishes what is under way and begins nothing when it is ${status}`, async () => {
      const { owner: other, pitId, code } = await newWorkshop();
      const second = await newPit(code);
      const book = (pit_id: number) =>
        other.post("/api/jobs", {
          customer_name: "Somebody",
          car_model: "Car",
          car_plate: `P ${unique() % 1000}`,
          pit_id,
          work_type: "Wrap",
          estimated_duration_minutes: 60,
        });
      const running = (await book(pitId)).json.job_id;
      const waiting = (await book(second)).json.job_id;
      const go = (job: number, to: string) =>
        other.patch(`/api/jobs/${job}/status`, { status: to });
      assert.equal((await go(running, "in_progress")).status, 200);
      await execute(
        `UPDATE workshops SET subscription_status = '${status}' WHERE code = '${code}'`,
      );

      assertProblem(await book(second), 403, "workshop_restricted");
      assertProblem(await go(waiting, "in_progress"), 403, "workshop_restricted");
      for (const to of ["on_hold", "in_progress", "quality_check", "in_progress", "completed"])
        assert.equal((await go(running, to)).status, 200, to);
      assert.equal((await go(waiting, "cancelled")).status, 200);
    });

  for (const status of ["trial", "active", "past_due", "grace"])
    test(`works on when it is ${status}`, async () => {
      const { owner: other, pitId, code } = await newWorkshop();
      await execute(
        `UPDATE workshops SET subscription_status = '${status}' WHERE code = '${code}'`,
      );
      const made = await other.post("/api/jobs", {
        customer_name: "Somebody",
        car_model: "Car",
        car_plate: "P 1",
        pit_id: pitId,
        work_type: "Wrap",
        estimated_duration_minutes: 60,
      });
      assert.equal(made.status, 201, made.text);
      const begun = await other.patch(`/api/jobs/${made.json.job_id}/status`, {
        status: "in_progress",
      });
      assert.equal(begun.status, 200, begun.text);
    });
});

describe("fifty at once", () => {
  const fifty = <T>(one: (i: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, i) => one(i)));

  test("changes of status leave one way through the states, without a gap", async () => {
    const { job_id } = await newJob(await newPit());
    const states = ["in_progress", "on_hold", "quality_check", "in_progress", "cancelled"];
    const answers = await fifty((i) =>
      owner.patch(`/api/jobs/${job_id}/status`, { status: states[i % states.length] }),
    );
    for (const answer of answers)
      if (answer.status !== 200) assertProblem(answer, 409, "invalid_transition");
    const log = await rows(
      `SELECT before, after FROM audit_log WHERE action = 'job.status' AND subject_id = ${job_id} ORDER BY id`,
    );
    let at = "waiting";
    for (const { before, after } of log) {
      assert.equal(before.status, at, "each began where the one before it ended");
      at = after.status;
    }
    const job = await jobOf(job_id);
    assert.equal(job.status, at);
    assert.equal(job.status, "cancelled");
    const started = log.some(({ after }) => after.status === "in_progress");
    assert.equal(job.actual_start_time !== null, started);
    const holds = log.filter(
      ({ before, after }) => before.status === "on_hold" && after.status !== "cancelled",
    );
    assert.equal((await owner.get(`/api/jobs/${job_id}/time`)).json.length, holds.length);
  });

  test("moves between stages leave one stage under way and times in order", async () => {
    const { job_id } = await runningJob(await newPit());
    const answers = await fifty((i) =>
      owner.patch(`/api/jobs/${job_id}/stage`, { stage: 1 + (i % 4) }),
    );
    for (const answer of answers) assert.equal(answer.status, 200, answer.text);
    const { current_stage, stages } = await jobOf(job_id);
    for (const [i, stage] of stages.entries()) {
      if (i + 1 < current_stage) assert.ok(stage.finished_at !== null && stage.state === "done");
      if (i + 1 === current_stage)
        assert.ok(stage.finished_at === null && stage.started_at !== null);
      if (i + 1 > current_stage) assert.equal(stage.started_at, null);
      if (i > 0 && i + 1 <= current_stage)
        assert.ok(Date.parse(stage.started_at) >= Date.parse(stages[i - 1].started_at));
    }
    const log = await rows(
      `SELECT before, after FROM audit_log WHERE action = 'job.stage' AND subject_id = ${job_id} ORDER BY id`,
    );
    assert.equal(log.at(-1).after.stage, current_stage);
    for (const [i, { before }] of log.entries())
      if (i > 0) assert.deepEqual(before, log[i - 1].after);
  });

  test("promises leave the last one, and each is in the history once", async () => {
    const { job_id } = await runningJob(await newPit());
    const end = (i: number) => new Date(Date.UTC(2036, 0, 1, 0, i)).toISOString();
    await fifty((i) => owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: end(i) }));
    const changes = (await owner.get(`/api/jobs/${job_id}/time`)).json;
    assert.equal(changes.length, 50);
    assert.equal(changes[0].end_after, (await jobOf(job_id)).estimated_end_time);
    for (const [i, change] of changes.entries())
      if (i > 0) assert.equal(changes[i - 1].end_before, change.end_after);
  });

  test("sets of staff leave one of them whole", async () => {
    const pitId = await newPit();
    const { job_id } = await newJob(pitId);
    const ids = [];
    for (let i = 0; i < 4; ++i) ids.push(await idOf((await newOperator(pitId)).username));
    const sets = [ids.slice(0, 2), ids.slice(2), ids, [], ids.slice(1, 3)];
    const answers = await fifty((i) =>
      owner.put(`/api/jobs/${job_id}/staff`, { user_ids: sets[i % sets.length] }),
    );
    for (const answer of answers) assert.equal(answer.status, 200, answer.text);
    const left = (await jobOf(job_id)).assigned_staff.map(({ id }: { id: number }) => id).sort();
    assert.ok(
      sets.some((set) => JSON.stringify([...set].sort()) === JSON.stringify(left)),
      JSON.stringify(left),
    );
  });

  test("starts in one pit leave one car there", async () => {
    const pitId = await newPit();
    const jobs: number[] = [];
    for (let i = 0; i < 5; ++i) jobs.push((await newJob(pitId)).job_id);
    await fifty((i) => owner.patch(`/api/jobs/${jobs[i % 5]}/status`, { status: "in_progress" }));
    const running = `SELECT 1 FROM jobs WHERE pit_id = ${pitId} AND status = 'in_progress'`;
    assert.equal(await count(running), 1);
  });
});

describe("looking for jobs", () => {
  test("by several states, work type, name and plate however it is spaced", async () => {
    const pitId = await newPit();
    const name = `Zubin ${unique()}`;
    const plate = `MH ${unique() % 100} X ${unique() % 10_000}`;
    const first = await newJob(pitId, { customer_name: `${name} Mehta`, car_plate: plate });
    const second = await newJob(pitId, { work_type: "ceramic coating" });
    const third = await newJob(pitId, { work_type: "Custom", estimated_duration_minutes: 5 });
    await setStatus(second.job_id, "cancelled");
    const ids = async (query: string) => {
      const answer = await owner.get(`/api/jobs?pit_id=${pitId}&${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json.map((job: { job_id: number }) => job.job_id);
    };
    assert.deepEqual(await ids("status=waiting&status=cancelled"), [
      third.job_id,
      second.job_id,
      first.job_id,
    ]);
    assert.deepEqual(await ids("status=waiting"), [third.job_id, first.job_id]);
    assert.deepEqual(await ids("work_type=CERAMIC%20coating"), [second.job_id]);
    assert.deepEqual(await ids(`q=${encodeURIComponent(name.toUpperCase())}`), [first.job_id]);
    assert.deepEqual(await ids(`q=${encodeURIComponent("mehta")}`), [first.job_id]);
    const squeezed = plate.replaceAll(" ", "").toLowerCase();
    assert.deepEqual(await ids(`q=${squeezed}`), [first.job_id]);
    assert.deepEqual(await ids(`q=${squeezed.slice(0, 3)}-${squeezed.slice(3)}`), [first.job_id]);
    for (const nothing of ["%25", "_", "-", "'; DROP TABLE jobs; --"])
      assert.deepEqual(
        await ids(`q=${encodeURIComponent(decodeURIComponent(nothing))}`),
        [],
        nothing,
      );
  });

  test("keeps its filters from page to page", async () => {
    const pitId = await newPit();
    for (let i = 0; i < 3; ++i) await newJob(pitId);
    const cancelled = await newJob(pitId);
    await setStatus(cancelled.job_id, "cancelled");
    const path = `/api/jobs?pit_id=${pitId}&status=cancelled&status=waiting&q=test&limit=2`;
    const first = await owner.get(path);
    const next = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? "";
    const second = await owner.get(next);
    assert.equal(first.json.length, 2);
    assert.equal(second.json.length, 2);
    for (const part of ["status=cancelled", "status=waiting", "q=test", `pit_id=${pitId}`])
      assert.ok(next.includes(part), next);
  });

  test("leaves out what was over long ago, unless asked for it", async () => {
    const pitId = await newPit();
    const old = await runningJob(pitId);
    await setStatus(old.job_id, "completed");
    await execute(
      `UPDATE jobs SET created_at = now() - interval '100 days', actual_start_time = now() - interval '100 days',
         actual_end_time = now() - interval '99 days', updated_at = now() WHERE id = ${old.job_id}`,
    );
    const forgotten = await newJob(pitId);
    await execute(
      `UPDATE jobs SET created_at = now() - interval '200 days' WHERE id = ${forgotten.job_id}`,
    );
    const fresh = await newJob(pitId);
    const ids = async (query: string) =>
      (await owner.get(`/api/jobs?pit_id=${pitId}${query}`)).json.map(
        (job: { job_id: number }) => job.job_id,
      );
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    assert.deepEqual(
      await ids(""),
      [fresh.job_id, forgotten.job_id],
      "one that waits is no history",
    );
    assert.deepEqual(await ids(`&from=${ago(120)}`), [fresh.job_id, forgotten.job_id, old.job_id]);
    assert.deepEqual(await ids(`&from=${ago(120)}&to=${ago(90)}`), [forgotten.job_id, old.job_id]);
    assert.deepEqual(await ids(`&from=${ago(98)}&to=${ago(90)}`), [forgotten.job_id]);
    const backwards = await owner.get(`/api/jobs?from=${ago(1)}&to=${ago(2)}`);
    assertProblem(backwards, 422, "validation_failed");
    assert.deepEqual(fieldsOf(backwards), ["to"]);
  });

  test("finds for customers and operators only what they may see", async () => {
    const pitId = await newPit();
    const name = `Shared ${unique()}`;
    const mine = await runningJob(pitId, { customer_name: name });
    const other = await newJob(await newPit(), { customer_name: name });
    const operator = await newOperator(pitId);
    const q = `/api/jobs?q=${encodeURIComponent(name)}`;
    const ids = async (session: SignedIn) =>
      (await session.get(q)).json.map((job: { job_id: number }) => job.job_id);
    assert.deepEqual(await ids(owner), [other.job_id, mine.job_id]);
    assert.deepEqual(await ids(mine.customer), [mine.job_id]);
    assert.deepEqual(await ids(operator), [mine.job_id]);
    assert.deepEqual(await ids(await demo("neha")), []);
  });

  test("refuses what it does not understand, by the name of its field", async () => {
    for (const [query, field] of [
      ["status=waiting&status=broken", "status"],
      ["q=", undefined],
      [`q=${"x".repeat(61)}`, "q"],
      [`work_type=${"x".repeat(81)}`, "work_type"],
      ["staff_id=0", "staff_id"],
      ["from=yesterday", "from"],
      ["to=1999-01-01T00:00:00Z", "to"],
    ] as const) {
      const answer = await owner.get(`/api/jobs?${query}`);
      if (field === undefined) assert.equal(answer.status, 200, query);
      else assert.deepEqual(fieldsOf(answer), [field], query);
    }
  });
});
