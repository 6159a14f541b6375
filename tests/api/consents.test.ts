// What customers agree to and take back.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { assertProblem, byLink, fieldsOf, tokenOf } from "../support/customers.ts";
import { rows } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { newJob, newPit, newWorkshop, runningJob } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

interface Item {
  subject: string;
  given: boolean | null;
  text_version: number | null;
  text: string;
  effect_of_withdrawal: string;
}
const givenOf = (state: { consents: Item[] }) =>
  Object.fromEntries(state.consents.map(({ subject, given }) => [subject, given]));
const newPhone = () => `+9193${String(unique()).padStart(8, "0").slice(-8)}`;

describe("a customer", () => {
  test("reads what is asked and what follows from taking it back", async () => {
    const { customer } = await runningJob(await newPit());
    const state = (await customer.get("/api/consents")).json;
    assert.deepEqual(givenOf(state), { live_video: null, recording: null, messages: null });
    for (const item of state.consents as Item[]) {
      assert.ok(item.text.length > 20);
      assert.ok(item.effect_of_withdrawal.length > 20);
    }
    const video = (state.consents as Item[]).find(({ subject }) => subject === "live_video");
    assert.match(String(video?.effect_of_withdrawal), /no longer see the camera/);
  });

  test("agrees, takes it back, and all of it is kept", async () => {
    const { customer } = await runningJob(await newPit());
    const { text_version } = (await customer.get("/api/consents")).json;
    const say = async (choice: object) => {
      const answer = await customer.post("/api/consents", { text_version, ...choice });
      assert.equal(answer.status, 200, answer.text);
      return givenOf(answer.json);
    };
    assert.deepEqual(await say({ live_video: true, messages: true }), {
      live_video: true,
      recording: null,
      messages: true,
    });
    assert.deepEqual(await say({ live_video: false }), {
      live_video: false,
      recording: null,
      messages: true,
    });
    await say({ live_video: false }); // says nothing new
    const history = (await customer.get("/api/consents/history")).json;
    assert.deepEqual(
      history.map((entry: { subject: string; given: boolean }) => [entry.subject, entry.given]),
      [
        ["live_video", false],
        ["messages", true],
        ["live_video", true],
      ],
    );
    for (const entry of history) {
      assert.equal(entry.text_version, text_version);
      assert.equal(entry.source, "customer");
      assert.equal(entry.job_id, null);
      assert.match(entry.ip, /^127\./);
      assert.ok(Date.parse(entry.recorded_at) > Date.now() - 60_000);
    }
    const { id } = (await customer.get("/api/auth/me")).json;
    assert.deepEqual((await owner.get(`/api/customers/${id}/consents`)).json, history);
    assert.deepEqual(
      givenOf({ consents: (await owner.get(`/api/customers/${id}`)).json.consents }),
      { live_video: false, recording: null, messages: true },
    );
    const log = await rows(
      `SELECT before, after FROM audit_log WHERE action = 'consent.answer' AND subject_id = ${id} ORDER BY id`,
    );
    assert.equal(log.length, 2);
    assert.equal(log[1].before.live_video, true);
    assert.equal(log[1].after.live_video, false);
  });

  test("pages through a long history", async () => {
    const { customer } = await runningJob(await newPit());
    const { text_version } = (await customer.get("/api/consents")).json;
    for (const live_video of [true, false, true, false, true])
      await customer.post("/api/consents", { text_version, live_video });
    const seen: boolean[] = [];
    let path: string | undefined = "/api/consents/history?limit=2";
    while (path !== undefined) {
      const answer = await customer.get(path);
      seen.push(...answer.json.map((entry: { given: boolean }) => entry.given));
      path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
    }
    assert.deepEqual(seen, [true, false, true, false, true]);
  });

  test("cannot answer a text that nobody shows, or nothing", async () => {
    const { customer } = await runningJob(await newPit());
    const { text_version } = (await customer.get("/api/consents")).json;
    const other = { text_version: text_version + 1, messages: true };
    assertProblem(await customer.post("/api/consents", other), 409, "conflict");
    const empty = await customer.post("/api/consents", { text_version });
    assertProblem(empty, 422, "validation_failed");
    assert.deepEqual(fieldsOf(empty), ["live_video"]);
    const wrong = await customer.post("/api/consents", { text_version, live_video: "yes" });
    assertProblem(wrong, 422, "validation_failed");
    assert.deepEqual((await customer.get("/api/consents/history")).json, []);
  });

  test("who changes it all day long is stopped, with what was said last in force", async () => {
    const { customer } = await runningJob(await newPit());
    const { text_version } = (await customer.get("/api/consents")).json;
    let answers = 0;
    for (; answers < 70; ++answers) {
      const answer = await customer.post("/api/consents", {
        text_version,
        messages: answers % 2 === 0,
      });
      if (answer.status === 429) break;
      assert.equal(answer.status, 200, answer.text);
    }
    assert.equal(answers, 60);
    assert.equal(givenOf((await customer.get("/api/consents")).json).messages, false);
  });

  test("20 answers at once are a history without a gap", async () => {
    const { customer } = await runningJob(await newPit());
    const { text_version } = (await customer.get("/api/consents")).json;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        customer.post("/api/consents", { text_version, recording: n % 2 === 0 }),
      ),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const history = (await customer.get("/api/consents/history")).json;
    const state = givenOf((await customer.get("/api/consents")).json);
    assert.equal(state.recording, history[0].given);
    for (let i = 1; i < history.length; ++i)
      assert.notEqual(history[i].given, history[i - 1].given, "only changes are kept");
  });
});

describe("staff", () => {
  test("writes down at the booking what the customer said", async () => {
    const job = await newJob(await newPit(), {
      customer_phone: newPhone(),
      consents: { live_video: true, recording: false, messages: true },
    });
    assert.equal(job.can_send_messages, true);
    const customer = await byLink(tokenOf(job.tracking_url));
    assert.deepEqual(givenOf((await customer.get("/api/consents")).json), {
      live_video: true,
      recording: false,
      messages: true,
    });
    for (const entry of (await customer.get("/api/consents/history")).json) {
      assert.equal(entry.source, "staff");
      assert.equal(entry.job_id, job.job_id);
    }
  });

  test("is told whether the customer can be written to", async () => {
    const can = async (change: object) => (await newJob(await newPit(), change)).can_send_messages;
    const agreed = { consents: { messages: true } };
    assert.equal(await can({}), false, "the plan's own body: nowhere to write to");
    assert.equal(await can(agreed), false);
    assert.equal(await can({ customer_email: "a@example.com" }), false, "not asked");
    assert.equal(await can({ customer_email: "a@example.com", ...agreed }), true);
    const customer_phone = newPhone();
    assert.equal(await can({ customer_phone, ...agreed }), true);
    assert.equal(await can({ customer_phone }), true, "has agreed before");
    assert.equal(await can({ customer_phone, consents: { messages: false } }), false);
    const bad = await owner.post("/api/jobs", { consents: { messages: "yes" } });
    assert.ok(fieldsOf(bad).includes("consents.messages"));
  });
});

describe("the texts of a workshop", () => {
  const text = { live_video: "You may watch.", recording: "We record.", messages: "We write." };

  test("begin with the product's and go on by version; what was answered keeps its version", async () => {
    const { owner: boss, pitId } = await newWorkshop();
    const [standard, ...others] = (await boss.get("/api/consent-texts")).json;
    assert.equal(standard.version, 1);
    assert.deepEqual(others, []);
    const made = await boss.post("/api/jobs", {
      customer_name: "Reader",
      car_model: "Car",
      car_plate: "DL 01",
      pit_id: pitId,
      work_type: "Wrap",
      estimated_duration_minutes: 60,
    });
    const customer = await byLink(tokenOf(made.json.tracking_url));
    await customer.post("/api/consents", { text_version: 1, messages: true });

    const published = await boss.post("/api/consent-texts", text);
    assert.equal(published.status, 201, published.text);
    assert.equal(published.json.version, 2);
    const state = (await customer.get("/api/consents")).json;
    assert.equal(state.text_version, 2);
    const item = (state.consents as Item[]).find(({ subject }) => subject === "messages");
    assert.equal(item?.text, "We write.");
    assert.equal(item?.given, true);
    assert.equal(item?.text_version, 1);
    const stale = await customer.post("/api/consents", { text_version: 1, messages: false });
    assertProblem(stale, 409, "conflict");
    await customer.post("/api/consents", { text_version: 2, messages: true });
    assert.deepEqual(
      (await customer.get("/api/consents/history")).json.map(
        (entry: { text_version: number }) => entry.text_version,
      ),
      [2, 1],
    );
    assert.deepEqual(
      (await boss.get("/api/consent-texts")).json.map((one: { version: number }) => one.version),
      [2, 1],
    );
    assert.deepEqual(
      (await boss.get("/api/consent-texts?limit=1&cursor=2")).json.map(
        (one: { live_video: string }) => one.live_video,
      ),
      [standard.live_video],
    );
  });

  test("published at once get numbers of their own", async () => {
    const { owner: boss } = await newWorkshop();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => boss.post("/api/consent-texts", text)),
    );
    assert.deepEqual(answers.map(({ json }) => json.version).sort(), [2, 3, 4, 5, 6]);
    for (const [field, value] of [
      ["live_video", ""],
      ["recording", "x".repeat(2001)],
      ["messages", null],
    ] as const) {
      const answer = await boss.post("/api/consent-texts", { ...text, [field]: value });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), [field]);
    }
  });
});
