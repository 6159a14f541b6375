// What a workshop learns from its past, against jobs, ratings and rollups that are put there.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, quoted } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import type { SignedIn } from "../support/session.ts";
import { newPit, newWorkshop } from "../support/workshop.ts";

interface PastJob {
  start: string;
  end: string | null;
  type?: string;
  status?: string;
  estimate?: number;
  pit?: number;
}

let owner: SignedIn;
let stranger: SignedIn;
let pitId = 0;
let secondPit = 0;
let code = "";
let customerId = 0;

const workshop = () => `(SELECT id FROM workshops WHERE code = ${quoted(code)})`;

before(async () => {
  ({ owner, pitId, code } = await newWorkshop());
  stranger = (await newWorkshop()).owner;
  secondPit = await newPit(code);
  const [id] = await execute(
    `INSERT INTO users (workshop_id, username, display_name, role, password_hash)
     VALUES (${workshop()}, 'customer${unique()}', 'Customer', 'customer', 'x') RETURNING id`,
  );
  customerId = Number(id);
});

/** Returns the ids. */
async function put(jobs: PastJob[]): Promise<number[]> {
  const ids: number[] = [];
  for (const job of jobs) {
    const { start, end, type = "Full PPF", status = "completed", estimate = 200 } = job;
    const [id] = await execute(
      `WITH j AS (
         INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type, status,
                           estimated_duration_minutes, actual_start_time, estimated_end_time, actual_end_time)
         VALUES (${workshop()}, ${job.pit ?? pitId}, ${customerId}, 'C', 'Car', 'KA01', ${quoted(type)},
                 ${quoted(status)}, ${estimate}, '${start}', '${end ?? start}', ${end === null ? "NULL" : `'${end}'`})
         RETURNING id, workshop_id)
       INSERT INTO job_stages (workshop_id, job_id, position, name, weight)
       SELECT workshop_id, id, n, 'Stage ' || n, 1 FROM j, generate_series(1, 2) n
       RETURNING job_id`,
    );
    ids.push(Number(id));
  }
  return ids;
}

const later = (start: string, minutes: number) =>
  new Date(Date.parse(start) + minutes * 60_000).toISOString();
const span = (from: string, to: string) => `from=${from}T00:00:00Z&to=${to}T00:00:00Z`;

async function ask(path: string, by = owner) {
  const answer = await by.get(`/api/analytics/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

describe("busy", () => {
  test("counts the hours with a car, by pit and by the clock on the workshop's wall", async () => {
    // Monday, 09:30 to 11:15 in Kolkata; and Sunday 23:30 to Monday 00:30 at the other pit.
    await put([
      { start: "2026-05-04T04:00:00Z", end: "2026-05-04T05:45:00Z" },
      { start: "2026-05-03T18:00:00Z", end: "2026-05-03T19:00:00Z", pit: secondPit },
    ]);
    const busy = await ask(`busy?${span("2026-05-01", "2026-05-10")}`);
    assert.equal(busy.timezone, "Asia/Kolkata");
    assert.deepEqual(
      busy.pits.map(({ pit_id, jobs, hours }: Record<string, number>) => [pit_id, jobs, hours]),
      [
        [pitId, 1, 1.75],
        [secondPit, 1, 1],
      ],
    );
    assert.deepEqual(busy.by_hour, [
      { weekday: 1, hour: 0, jobs: 0, hours: 0.5 },
      { weekday: 1, hour: 9, jobs: 1, hours: 0.5 },
      { weekday: 1, hour: 10, jobs: 0, hours: 1 },
      { weekday: 1, hour: 11, jobs: 0, hours: 0.25 },
      { weekday: 7, hour: 23, jobs: 1, hours: 0.5 },
    ]);
  });

  test("counts of a job what lies in the range, and of a running one until now", async () => {
    const clipped = await ask("busy?from=2026-05-04T04:30:00Z&to=2026-05-04T05:00:00Z");
    assert.deepEqual(clipped.by_hour, [{ weekday: 1, hour: 10, jobs: 0, hours: 0.5 }]);
    const start = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const [id] = await put([{ start, end: null, status: "in_progress", pit: secondPit }]);
    const running = await ask(`busy?from=${later(start, -60)}`);
    const [pit] = running.pits;
    assert.equal(pit.pit_id, secondPit);
    assert.ok(Math.abs(pit.hours - 3) < 0.05, `${pit.hours} hours`);
    await execute(`UPDATE jobs SET status = 'completed', actual_end_time = now() WHERE id = ${id}`);
  });

  test("of another workshop has its own pits and nothing else", async () => {
    const busy = await ask(`busy?${span("2026-05-01", "2026-05-10")}`, stranger);
    assert.equal(busy.pits.length, 1);
    assert.equal(busy.pits[0].hours, 0);
    assert.notEqual(busy.pits[0].pit_id, pitId);
    assert.deepEqual(busy.by_hour, []);
  });
});

describe("environment", () => {
  const august = span("2026-08-01", "2026-08-10");
  before(async () => {
    // 19:00Z is half past midnight in Kolkata.
    await execute(
      `INSERT INTO sensor_rollups (workshop_id, pit_id, at, n, temperature_n, temperature_min, temperature_mean,
         temperature_max, humidity_n, humidity_min, humidity_mean, humidity_max, pressure_n, gas_ohm_n, aqi_n)
       SELECT ${workshop()}, ${pitId}, at::timestamptz, n, n, low, mean, high, 0, NULL, NULL, NULL, 0, 0, 0
       FROM (VALUES ('2026-08-02T10:00:00Z', 90, 20, 22, 24), ('2026-08-02T18:15:00Z', 30, 10, 18, 19),
                    ('2026-08-02T19:00:00Z', 90, 21, 25, 30)) v (at, n, low, mean, high)`,
    );
  });

  test("is one row for a pit and day of the workshop", async () => {
    const rest = { humidity: null, aqi: null, pressure: null };
    assert.deepEqual(await ask(`environment?${august}`), [
      {
        pit_id: pitId,
        day: "2026-08-02",
        readings: 120,
        temperature: { mean: 21, min: 10, max: 24 },
        ...rest,
      },
      {
        pit_id: pitId,
        day: "2026-08-03",
        readings: 90,
        temperature: { mean: 25, min: 21, max: 30 },
        ...rest,
      },
    ]);
    assert.equal((await ask(`environment?${august}&pit_id=${pitId}`)).length, 2);
    assert.deepEqual(await ask(`environment?${august}&pit_id=${secondPit}`), []);
  });

  test("of another workshop's pit has no days", async () => {
    assert.deepEqual(await ask(`environment?${august}`, stranger), []);
    assert.deepEqual(await ask(`environment?${august}&pit_id=${pitId}`, stranger), []);
  });

  test("of all pits has shorter ranges than that of one", async () => {
    const half = span("2026-01-01", "2026-07-01");
    const answer = await owner.get(`/api/analytics/environment?${half}`);
    assert.equal(answer.status, 422);
    assert.equal(answer.json.errors[0].field, "from");
    await ask(`environment?${half}&pit_id=${pitId}`);
  });
});

describe("ratings", () => {
  const range = span("2026-06-01", "2026-08-01");

  test("have an average, a distribution and months of the workshop's clock", async () => {
    const start = "2026-06-01T04:00:00Z";
    const ids = await put([1, 2, 3].map(() => ({ start, end: later(start, 60) })));
    const given = ["2026-06-10T10:00:00Z", "2026-06-30T19:00:00Z", "2026-07-02T10:00:00Z"];
    for (const [i, stars] of [5, 4, 2].entries())
      await execute(
        `INSERT INTO ratings (workshop_id, job_id, customer_id, stars, created_at, updated_at)
         VALUES (${workshop()}, ${ids[i]}, ${customerId}, ${stars}, '${given[i]}', '${given[i]}')`,
      );
    assert.deepEqual(await ask(`ratings?${range}`), {
      ratings: 3,
      average: 3.67,
      stars: [0, 1, 0, 1, 1],
      months: [
        { month: "2026-06", ratings: 1, average: 5 },
        { month: "2026-07", ratings: 2, average: 3 },
      ],
    });
  });

  test("of another workshop are not there, and no ratings have no average", async () => {
    const none = { ratings: 0, average: null, stars: [0, 0, 0, 0, 0], months: [] };
    assert.deepEqual(await ask(`ratings?${range}`, stranger), none);
  });
});

test("ranges that make no sense are refused by field", async () => {
  for (const path of ["busy", "environment", "ratings"])
    for (const [query, field] of [
      ["from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from"],
      ["from=2024-01-01T00:00:00Z&to=2025-01-03T00:00:00Z", "from"],
      ["to=tomorrow", "to"],
    ]) {
      const answer = await owner.get(`/api/analytics/${path}?${query}`);
      assert.equal(answer.status, 422, `${path}?${query}`);
      assert.deepEqual(
        answer.json.errors.map((error: { field: string }) => error.field),
        [field],
      );
    }
});

/** Completed jobs that took so many minutes each, one a day. */
async function past(type: string, minutes: number[], month = "04"): Promise<number[]> {
  const starts = minutes.map(
    (_, i) => `2026-${month}-${String(1 + i).padStart(2, "0")}T04:00:00.000Z`,
  );
  const jobs = minutes.map((m, i) => ({
    start: starts[i] ?? "",
    end: later(starts[i] ?? "", m),
    type,
  }));
  return put(jobs);
}

describe("durations", () => {
  test("are the median and the 80 % of what was completed, without holds", async () => {
    const type = `Type ${unique()}`;
    const ids = await past(type, [100, 110, 120, 130, 300]);
    await execute(
      `UPDATE job_stages SET held_seconds = 3600 WHERE job_id = ${ids[4]} AND position = 1`,
    );
    await put([
      { start: "2026-04-20T04:00:00Z", end: "2026-04-20T09:00:00Z", type, status: "cancelled" },
    ]);
    const { by_type } = await ask(`durations?${span("2026-04-01", "2026-05-01")}`);
    assert.deepEqual(
      by_type.filter(({ work_type }: { work_type: string }) => work_type === type),
      [
        {
          work_type: type,
          jobs: 5,
          median_minutes: 120,
          p80_minutes: 152,
          mean_minutes: 140,
          over_plan: 1,
        },
      ],
    );
    assert.deepEqual((await ask(`durations?${span("2026-01-01", "2026-02-01")}`)).by_type, []);
    assert.deepEqual(
      (await ask(`durations?${span("2026-04-01", "2026-05-01")}`, stranger)).by_type,
      [],
    );
  });
});

describe("an estimate", () => {
  const type = `Type ${unique()}`;
  const of = (work_type: string) => ask(`estimate?work_type=${encodeURIComponent(work_type)}`);

  test("of a type says nothing before there are five, and then what four of five took", async () => {
    const start = new Date(Date.now() - 20 * 86_400_000).toISOString();
    const job = (minutes: number) => ({ start, end: later(start, minutes), type });
    await put([job(100), job(110), job(120), job(130)]);
    const few = await of(type);
    assert.deepEqual([few.jobs, few.p50_minutes, few.p80_minutes], [4, null, null]);
    await put([job(140)]);
    const enough = await of(type);
    assert.deepEqual([enough.jobs, enough.p50_minutes, enough.p80_minutes], [5, 120, 132]);
    assert.deepEqual([enough.p50_at, enough.job_id], [null, null]);
  });

  test("of a running job rests on those that took longer from its stage on", async () => {
    await execute(
      `UPDATE job_stages s SET started_at = j.actual_start_time + interval '30 minutes' * (s.position - 1)
       FROM jobs j WHERE j.workshop_id = s.workshop_id AND j.id = s.job_id AND j.work_type = ${quoted(type)}`,
    );
    const start = new Date(Date.now() - 60 * 60_000).toISOString();
    const [running] = await put([
      { start, end: null, type, status: "in_progress", pit: await newPit(code) },
    ]);
    const inStage = (position: number, minutes: number) =>
      execute(
        `UPDATE job_stages SET started_at = now() - interval '${minutes} minutes'
         WHERE job_id = ${running} AND position = ${position}`,
      );
    await inStage(1, 60);
    await inStage(2, 20);
    // From stage 2 on the others took 70, 80, 90, 100 and 110 minutes; 20 are over.
    const all = await ask(`estimate?job_id=${running}`);
    assert.equal(all.jobs, 5);
    assert.ok(
      Math.abs(all.p50_minutes - 70) < 1 && Math.abs(all.p80_minutes - 82) < 1,
      JSON.stringify(all),
    );
    assert.ok(Math.abs(Date.parse(all.p80_at) - Date.now() - 82 * 60_000) < 60_000);
    // After 75 minutes one of them is no example any more, and four are too few.
    await inStage(2, 75);
    const late = await ask(`estimate?job_id=${running}`);
    assert.deepEqual([late.jobs, late.p50_minutes, late.p50_at], [4, null, null]);
  });

  test("is refused for a job that is over, of another workshop, or for nothing", async () => {
    const [over] = await put([{ start: "2026-04-25T04:00:00Z", end: "2026-04-25T05:00:00Z" }]);
    assert.equal((await owner.get(`/api/analytics/estimate?job_id=${over}`)).status, 409);
    assert.equal((await stranger.get(`/api/analytics/estimate?job_id=${over}`)).status, 404);
    const nothing = await owner.get("/api/analytics/estimate");
    assert.equal(nothing.status, 422, nothing.text);
    assert.equal(nothing.json.errors[0].field, "job_id");
    assert.equal((await ask("estimate?work_type=nothing%20of%20ours")).jobs, 0);
  });
});

describe("calls avoided", () => {
  test("are openings of the page, for each job at most what customers called before", async () => {
    const ids = await past(`Type ${unique()}`, [60, 60, 60], "02");
    const opens = (job: number | undefined, day: string, count: number) =>
      execute(
        `INSERT INTO tracking_opens (workshop_id, job_id, day, opens) VALUES (${workshop()}, ${job}, '${day}', ${count})`,
      );
    await opens(ids[0], "2026-02-01", 4);
    await opens(ids[0], "2026-02-02", 5);
    await opens(ids[1], "2026-02-02", 2);
    const range = span("2026-02-01", "2026-03-01");
    const unset = await ask(`calls-avoided?${range}`);
    assert.deepEqual(unset, {
      jobs: 3,
      opens: 11,
      opens_per_job: 3.67,
      baseline_calls_per_job: null,
      calls_avoided: null,
    });
    await execute(`UPDATE workshops SET baseline_calls_per_job = 3.5 WHERE code = ${quoted(code)}`);
    assert.equal((await ask(`calls-avoided?${range}`)).calls_avoided, 5.5);
    const none = await ask(`calls-avoided?${span("2026-01-01", "2026-02-01")}`);
    assert.deepEqual([none.jobs, none.opens_per_job, none.calls_avoided], [0, null, 0]);
    assert.equal((await ask(`calls-avoided?${range}`, stranger)).jobs, 0);
  });
});
