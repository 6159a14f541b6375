// The kinds of work a workshop offers, and what a job takes from them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, rows } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import type { Answer } from "../support/http.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { newJob, newPit, newWorkshop } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const stage = (name: string, change: object = {}) => ({ name, weight: 1, ...change });
const body = (change: object = {}) => ({
  name: `Wrap ${unique()}`,
  default_minutes: 90,
  stages: [stage("Clean"), stage("Wrap", { weight: 3, sentence: "The wrap goes on." })],
  ...change,
});

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.equal(answer.json.code, code, answer.text);
}

const fieldsOf = (answer: Answer): string[] =>
  (answer.json.errors ?? []).map((error: { field: string }) => error.field).sort();

const noSpec = {
  temperature_min: null,
  temperature_max: null,
  humidity_min: null,
  humidity_max: null,
  dew_point_margin_min: null,
  aqi_max: null,
};

describe("the work types everyone begins with", () => {
  test("are four, with stages, sentences and the air they need", async () => {
    const all = (await owner.get("/api/work-types")).json;
    const [full, partial, ceramic, custom] = all;
    assert.deepEqual(
      [full, partial, ceramic, custom].map(({ name, default_minutes }) => [name, default_minutes]),
      [
        ["Full PPF", 360],
        ["Partial PPF", 180],
        ["Ceramic Coating", 240],
        ["Custom", null],
      ],
    );
    for (const { stages } of [full, partial, ceramic, custom]) {
      assert.deepEqual(
        stages.map(({ position }: { position: number }) => position),
        stages.map((_: unknown, i: number) => i + 1),
      );
      for (const { sentence } of stages) assert.ok(sentence.length > 10);
    }
    const film = { humidity_min: 30, humidity_max: 70, dew_point_margin_min: 3, aqi_max: 150 };
    assert.deepEqual(full.spec, { temperature_min: 15, temperature_max: 30, ...film });
    assert.deepEqual(custom.spec, full.spec);
    assert.deepEqual(ceramic.spec, {
      ...full.spec,
      temperature_max: 25,
      humidity_min: 40,
      humidity_max: 60,
    });
  });

  test("are given once, and what a workshop has made of them is left alone", async () => {
    const { owner: other, code } = await newWorkshop();
    assert.deepEqual((await other.get("/api/work-types")).json, []);
    const give = `SELECT platform.add_default_work_types(id) FROM workshops WHERE code = '${code}'`;
    await execute(give);
    const given = (await other.get("/api/work-types")).json;
    assert.equal(given.length, 4);
    const [first, second] = given;
    await other.put(
      `/api/work-types/${first.id}`,
      body({ name: "full ppf", default_minutes: 300 }),
    );
    await other.del(`/api/work-types/${second.id}`);
    await execute(give);
    const after = (await other.get("/api/work-types")).json;
    assert.deepEqual(
      after.map((work: { name: string }) => work.name).sort(),
      ["Ceramic Coating", "Custom", "Partial PPF", "full ppf"].sort(),
    );
    assert.equal(after[0].default_minutes, 300);
  });

  test("the one for everything else wants a duration", async () => {
    const pit_id = await newPit();
    const answer = await owner.post("/api/jobs", {
      customer_name: "Somebody",
      car_model: "Car",
      car_plate: "DL 1",
      pit_id,
      work_type: "custom",
    });
    assertProblem(answer, 422, "validation_failed");
    assert.deepEqual(fieldsOf(answer), ["estimated_duration_minutes"]);
    const { job } = await newJob(pit_id, { work_type: "custom", estimated_duration_minutes: 75 });
    assert.equal(job.work_type, "Custom");
    assert.equal(job.estimated_duration_minutes, 75);
    assert.equal(job.stages.length, 3);
  });
});

describe("a work type of one's own", () => {
  test("is added at the end, read, replaced and deleted", async () => {
    const made = await owner.post("/api/work-types", body());
    assert.equal(made.status, 201, made.text);
    const { id, name } = made.json;
    assert.deepEqual(made.json.stages, [
      { position: 1, name: "Clean", weight: 1, sentence: "", spec: noSpec },
      { position: 2, name: "Wrap", weight: 3, sentence: "The wrap goes on.", spec: noSpec },
    ]);
    assert.deepEqual((await owner.get(`/api/work-types/${id}`)).json, made.json);
    const all = (await owner.get("/api/work-types?limit=200")).json;
    assert.equal(all.at(-1).id, id);

    const change = body({
      name: `${name} new`,
      default_minutes: null,
      spec: { temperature_min: 10.5, temperature_max: 25 },
      stages: [stage("Only", { spec: { aqi_max: 100, temperature_max: 20.25 } })],
    });
    const replaced = await owner.put(`/api/work-types/${id}`, change);
    assert.equal(replaced.status, 200, replaced.text);
    assert.deepEqual((await owner.get(`/api/work-types/${id}`)).json, replaced.json);
    assert.equal(replaced.json.default_minutes, null);
    assert.deepEqual(replaced.json.spec, { ...noSpec, temperature_min: 10.5, temperature_max: 25 });
    assert.deepEqual(replaced.json.stages[0].spec, {
      ...noSpec,
      aqi_max: 100,
      temperature_max: 20.25,
    });

    assert.equal((await owner.del(`/api/work-types/${id}`)).status, 204);
    assertProblem(await owner.get(`/api/work-types/${id}`), 404, "not_found");
    assertProblem(await owner.put(`/api/work-types/${id}`, body()), 404, "not_found");
    assertProblem(await owner.del(`/api/work-types/${id}`), 404, "not_found");
    const log = await rows(
      `SELECT action, before, after FROM audit_log WHERE subject_type = 'work_type' AND subject_id = ${id} ORDER BY id`,
    );
    assert.deepEqual(
      log.map(({ action }) => action),
      ["work_type.create", "work_type.change", "work_type.delete"],
    );
    assert.equal(log[1].before.name, name);
    assert.equal(log[1].after.stages[0].name, "Only");
    assert.equal(log[2].after, null);
  });

  test("goes through all pages by the Link header", async () => {
    const { owner: other } = await newWorkshop();
    const made: number[] = [];
    for (let i = 0; i < 5; ++i) made.push((await other.post("/api/work-types", body())).json.id);
    const seen: number[] = [];
    let path: string | undefined = "/api/work-types?limit=2";
    while (path !== undefined && seen.length < 10) {
      const answer: Answer = await other.get(path);
      seen.push(...answer.json.map((work: { id: number }) => work.id));
      path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
    }
    assert.deepEqual(seen, made);
  });

  test("is copied into its jobs: what changes later changes no job", async () => {
    const made = await owner.post(
      "/api/work-types",
      body({
        spec: { temperature_min: 15, temperature_max: 30, humidity_max: 70 },
        stages: [stage("Clean"), stage("Cure", { spec: { temperature_max: 24, aqi_max: 100 } })],
      }),
    );
    const { id, name } = made.json;
    const pit = await newPit();
    const { job_id } = await newJob(pit, { work_type: name.toUpperCase() });
    await owner.put(`/api/work-types/${id}`, body({ name, stages: [stage("Other")] }));
    const { json: job } = await owner.get(`/api/jobs/${job_id}`);
    assert.equal(job.work_type, name);
    assert.equal(job.estimated_duration_minutes, 90);
    assert.deepEqual(
      job.stages.map((one: { name: string }) => one.name),
      ["Clean", "Cure"],
    );
    const bands = await rows(
      `SELECT temperature_min, temperature_max, humidity_min, humidity_max, dew_margin_min, aqi_max
       FROM job_stages WHERE job_id = ${job_id} ORDER BY position`,
    );
    const ofType = {
      temperature_min: 15,
      humidity_min: null,
      humidity_max: 70,
      dew_margin_min: null,
    };
    assert.deepEqual(bands, [
      { ...ofType, temperature_max: 30, aqi_max: null },
      { ...ofType, temperature_max: 24, aqi_max: 100 },
    ]);
    await owner.del(`/api/work-types/${id}`);
    assert.equal((await owner.get(`/api/jobs/${job_id}`)).json.stages.length, 2);
  });

  test("names every fault by its field", async () => {
    const stages = (count: number) => Array.from({ length: count }, (_, i) => stage(`Stage ${i}`));
    const faults: [object, string[]][] = [
      [{ name: "" }, ["name"]],
      [{ name: "x".repeat(81) }, ["name"]],
      [{ name: 5 }, ["name"]],
      [{ default_minutes: 0 }, ["default_minutes"]],
      [{ default_minutes: 43_201 }, ["default_minutes"]],
      [{ stages: [] }, ["stages"]],
      [{ stages: stages(51) }, ["stages"]],
      [{ stages: "none" }, ["stages"]],
      [{ stages: [stage(""), stage("b", { weight: 0 })] }, ["stages[0].name", "stages[1].weight"]],
      [{ stages: [stage("a", { weight: 1001 })] }, ["stages[0].weight"]],
      [{ stages: [stage("a", { sentence: "x".repeat(301) })] }, ["stages[0].sentence"]],
      [{ spec: { temperature_min: -41 } }, ["spec.temperature_min"]],
      [{ spec: { humidity_max: 101 } }, ["spec.humidity_max"]],
      [{ spec: { temperature_min: 30, temperature_max: 15 } }, ["spec.temperature_min"]],
      [{ spec: { aqi_max: 1.5 } }, ["spec.aqi_max"]],
      [{ spec: { dew_point_margin_min: "3" } }, ["spec.dew_point_margin_min"]],
      [
        { stages: [stage("a"), stage("b", { spec: { aqi_max: 501 } })] },
        ["stages[1].spec.aqi_max"],
      ],
      [
        { spec: { temperature_max: 25 }, stages: [stage("a", { spec: { temperature_min: 26 } })] },
        ["stages[0].spec.temperature_min"],
      ],
    ];
    for (const [change, fields] of faults) {
      const answer = await owner.post("/api/work-types", body(change));
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), fields, JSON.stringify(change).slice(0, 200));
    }
    assert.equal((await owner.post("/api/work-types", body({ stages: stages(50) }))).status, 201);
  });

  test("takes fifty stages with long sentences in any language", async () => {
    const sentence = "क".repeat(300);
    const stages = Array.from({ length: 50 }, (_, i) => stage(`Stage ${i}`, { sentence }));
    const made = await owner.post("/api/work-types", body({ stages }));
    assert.equal(made.status, 201, made.text.slice(0, 200));
    assert.equal(made.json.stages[49].sentence, sentence);
  });

  test("has a name of its own, in whatever case, also when two ask at once", async () => {
    const name = `Tint ${unique()}`;
    const answers = await Promise.all(
      [name, name.toLowerCase(), name.toUpperCase(), name].map((one) =>
        owner.post("/api/work-types", body({ name: one })),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409]);
    const mine = answers.find(({ status }) => status === 201)?.json;
    const other = (await owner.post("/api/work-types", body())).json;
    assertProblem(
      await owner.put(`/api/work-types/${other.id}`, body({ name: name.toUpperCase() })),
      409,
      "conflict",
    );
    assert.equal((await owner.put(`/api/work-types/${mine.id}`, body({ name }))).status, 200);
    // Another workshop may use the same name.
    assert.equal((await (await demo("neha")).post("/api/work-types", body({ name }))).status, 201);
  });

  test("is one of a hundred at most, also when many are added at once", async () => {
    const { owner: other, code } = await newWorkshop();
    await execute(
      `INSERT INTO work_type_templates (workshop_id, name, default_minutes, position)
       SELECT id, 'Type ' || n, 60, n FROM workshops, generate_series(1, 95) n WHERE code = '${code}'`,
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => other.post("/api/work-types", body())),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 5);
    for (const answer of answers) if (answer.status !== 201) assertProblem(answer, 409, "conflict");
  });

  test("stays whole when it is replaced fifty times at once", async () => {
    const { id } = (await owner.post("/api/work-types", body())).json;
    const name = `Race ${unique()}`;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        owner.put(
          `/api/work-types/${id}`,
          body({
            name: `${name} ${i}`,
            stages: Array.from({ length: 1 + (i % 5) }, (_, n) => stage(`Stage ${n} of ${i}`)),
          }),
        ),
      ),
    );
    for (const answer of answers) assert.equal(answer.status, 200, answer.text);
    const { json } = await owner.get(`/api/work-types/${id}`);
    const winner = Number(json.name.split(" ").at(-1));
    assert.deepEqual(
      json.stages.map((one: { name: string }) => one.name),
      Array.from({ length: 1 + (winner % 5) }, (_, n) => `Stage ${n} of ${winner}`),
    );
  });
});

describe("people and work types", () => {
  test("operators read them and change none", async () => {
    const imran = await demo("imran");
    const all = await imran.get("/api/work-types");
    assert.equal(all.status, 200);
    const [first] = all.json;
    assertProblem(await imran.post("/api/work-types", body()), 403, "forbidden");
    assertProblem(await imran.put(`/api/work-types/${first.id}`, body()), 403, "forbidden");
    assertProblem(await imran.del(`/api/work-types/${first.id}`), 403, "forbidden");
  });

  test("nobody reaches those of another workshop", async () => {
    const neha = await demo("neha");
    const [mine] = (await owner.get("/api/work-types")).json;
    assertProblem(await neha.get(`/api/work-types/${mine.id}`), 404, "not_found");
    assertProblem(await neha.put(`/api/work-types/${mine.id}`, body()), 404, "not_found");
    assertProblem(await neha.del(`/api/work-types/${mine.id}`), 404, "not_found");
    assert.deepEqual((await owner.get(`/api/work-types/${mine.id}`)).json, mine);
  });
});
