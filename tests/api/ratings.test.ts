// What customers say of finished jobs.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  assertProblem,
  byLink,
  completedJob,
  endedAgo,
  fieldsOf,
  put,
  tokenOf,
} from "../support/customers.ts";
import { execute, rows } from "../support/database.ts";
import { Live } from "../support/live.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { newJob, newOperator, newPit, newWorkshop, runningJob } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const rate = (customer: SignedIn, jobId: number, body: object) =>
  put(customer, `/api/jobs/${jobId}/rating`, body);

describe("rating a job", () => {
  test("is for its customer, when it is done", async () => {
    const { job_id, customer } = await completedJob(await newPit());
    assertProblem(await customer.get(`/api/jobs/${job_id}/rating`), 404, "not_found");
    const given = await rate(customer, job_id, { stars: 4, comment: "Clean edges.\nThank you!" });
    assert.equal(given.status, 200, given.text);
    assert.equal(given.json.stars, 4);
    assert.equal(given.json.comment, "Clean edges.\nThank you!");
    assert.deepEqual((await customer.get(`/api/jobs/${job_id}/rating`)).json, given.json);
  });

  test("is refused before it is done, and for a job that was cancelled", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    assertProblem(await rate(customer, job_id, { stars: 5 }), 409, "conflict");
    await owner.patch(`/api/jobs/${job_id}/status`, { status: "cancelled" });
    assertProblem(await rate(customer, job_id, { stars: 5 }), 409, "conflict");
  });

  test("is refused for whose job it is not, as if there were none", async () => {
    const mine = await completedJob(await newPit());
    const other = await completedJob(await newPit());
    assertProblem(await rate(mine.customer, other.job_id, { stars: 1 }), 404, "not_found");
    assertProblem(await rate(mine.customer, 999_999_999, { stars: 1 }), 404, "not_found");
    assertProblem(await rate(await demo("kiran"), mine.job_id, { stars: 1 }), 404, "not_found");
    assertProblem(await mine.customer.get(`/api/jobs/${other.job_id}/rating`), 404, "not_found");
    assert.deepEqual(await execute(`SELECT 1 FROM ratings WHERE job_id = ${other.job_id}`), []);
  });

  test("ends 30 days after the job, and changing one 24 hours after giving it", async () => {
    const { job_id, customer } = await completedJob(await newPit());
    await endedAgo(job_id, "29 days");
    assert.equal((await rate(customer, job_id, { stars: 3 })).status, 200);
    const changed = await rate(customer, job_id, { stars: 5, comment: "They mended it." });
    assert.equal(changed.status, 200);
    assert.equal(changed.json.stars, 5);
    await execute(
      `UPDATE ratings SET created_at = created_at - interval '24 hours' WHERE job_id = ${job_id}`,
    );
    assertProblem(await rate(customer, job_id, { stars: 1 }), 409, "conflict");
    const same = await rate(customer, job_id, { stars: 5, comment: "They mended it." });
    assert.equal(same.status, 200, "a retry is no change");

    const late = await completedJob(await newPit());
    await endedAgo(late.job_id, "31 days");
    assertProblem(await rate(late.customer, late.job_id, { stars: 5 }), 404, "not_found");
  });

  test("names what is wrong with it", async () => {
    const { job_id, customer } = await completedJob(await newPit());
    const faults: [object, string][] = [
      [{}, "stars"],
      [{ stars: 0 }, "stars"],
      [{ stars: 6 }, "stars"],
      [{ stars: 4.5 }, "stars"],
      [{ stars: "5" }, "stars"],
      [{ stars: null }, "stars"],
      [{ stars: 5, comment: "x".repeat(1001) }, "comment"],
      [{ stars: 5, comment: "a\u0007b" }, "comment"],
      [{ stars: 5, comment: 5 }, "comment"],
    ];
    for (const [body, field] of faults) {
      const answer = await rate(customer, job_id, body);
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), [field], JSON.stringify(body));
    }
    assert.equal(
      (await rate(customer, job_id, { stars: 5, comment: "ü".repeat(1000) })).status,
      200,
    );
  });

  test("50 times at once leaves one rating, and an audit log that tells the same", async () => {
    const { job_id, customer, tracking_url } = await completedJob(await newPit());
    const second = await byLink(tokenOf(tracking_url));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        rate(n % 2 === 0 ? customer : second, job_id, { stars: 1 + (n % 5), comment: `${n}` }),
      ),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const [stored, ...more] = await rows(`SELECT * FROM ratings WHERE job_id = ${job_id}`);
    assert.deepEqual(more, []);
    const comment = Number(stored.comment);
    assert.equal(stored.stars, 1 + (comment % 5), "stars and comment are of the same request");
    const log = await rows(
      `SELECT before, after FROM audit_log WHERE action = 'job.rate' AND subject_id = ${job_id} ORDER BY id`,
    );
    assert.equal(log.length, 50);
    assert.equal(log[0].before, null);
    assert.equal(log.at(-1).after.stars, stored.stars);
    for (let i = 1; i < log.length; ++i) assert.deepEqual(log[i].before, log[i - 1].after);
  });

  test("is told to owners and managers at once, and to nobody else", async () => {
    const pitId = await newPit();
    const { job_id, customer } = await completedJob(pitId);
    const watchers = {
      owner: await Live.open(owner),
      manager: await Live.open(await demo("pooja")),
    };
    const blind = {
      operator: await Live.open(await newOperator(pitId)),
      customer: await Live.open(customer),
      neighbour: await Live.open(await demo("neha")),
    };
    await rate(customer, job_id, { stars: 2, comment: "Late." });
    for (const live of Object.values(watchers)) {
      const { data } = await live.next("rating", (frame) => frame.data.job_id === job_id);
      assert.equal(data.stars, 2);
    }
    // Something that must arrive afterwards.
    const marker = await newJob(pitId);
    await blind.operator.next("job_status", ({ data }) => data.job_id === marker.job_id);
    for (const [who, live] of Object.entries(blind)) assert.deepEqual(live.all("rating"), [], who);
    for (const live of [...Object.values(watchers), ...Object.values(blind)]) await live.close();
  });
});

describe("the ratings of a workshop", () => {
  test("are listed with their jobs, page by page, and averaged", async () => {
    const { owner: boss, pitId } = await newWorkshop();
    assert.deepEqual((await boss.get("/api/ratings/summary")).json, {
      count: 0,
      average: null,
      by_stars: [0, 0, 0, 0, 0],
    });
    const jobs: number[] = [];
    for (const stars of [5, 4, 4, 1]) {
      const made = await boss.post("/api/jobs", {
        customer_name: `Rater ${stars}`,
        car_model: "Car",
        car_plate: "DL 01",
        pit_id: pitId,
        work_type: "Wrap",
        estimated_duration_minutes: 60,
      });
      assert.equal(made.status, 201, made.text);
      const { job_id, tracking_url } = made.json;
      for (const status of ["in_progress", "completed"])
        assert.equal((await boss.patch(`/api/jobs/${job_id}/status`, { status })).status, 200);
      const customer = await byLink(tokenOf(tracking_url));
      assert.equal((await rate(customer, job_id, { stars })).status, 200);
      jobs.push(job_id);
    }
    assert.deepEqual((await boss.get("/api/ratings/summary")).json, {
      count: 4,
      average: 3.5,
      by_stars: [1, 0, 0, 2, 1],
    });
    const seen: number[] = [];
    let path: string | undefined = "/api/ratings?limit=3";
    while (path !== undefined) {
      const answer = await boss.get(path);
      assert.equal(answer.status, 200);
      seen.push(...answer.json.map((rating: { job_id: number }) => rating.job_id));
      path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
    }
    assert.deepEqual(seen, [...jobs].reverse());
    const [first] = (await boss.get(`/api/ratings?job_id=${jobs[0]}`)).json;
    assert.equal(first.customer_name, "Rater 5");
    assert.equal(first.pit_number, 100);
    assert.equal((await boss.get("/api/ratings?stars=4")).json.length, 2);
    const later = new Date(Date.now() + 60_000).toISOString();
    assert.deepEqual((await boss.get(`/api/ratings?from=${later}`)).json, []);
    assert.equal((await boss.get(`/api/ratings/summary?to=${later}`)).json.count, 4);
    assert.equal((await boss.get("/api/ratings?stars=6")).status, 422);

    const foreign = (await owner.get("/api/ratings?limit=200")).json;
    for (const rating of foreign) assert.ok(!jobs.includes(rating.job_id), "another workshop's");
  });
});
