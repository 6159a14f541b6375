// What the owner sees and sets of messages, over the API; the customer's whole story in virtual time is
// services/server/messages/tests/customer_story_test.cpp.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { execute } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { newPit, newWorkshop, runningJob } from "../support/workshop.ts";

interface Told {
  kind: string;
  status: string;
  reason: string | null;
  text: string | null;
}
interface Template {
  kind: string;
  language: string;
  text: string;
  is_own: boolean;
  placeholders: string[];
  preview: string;
}

let owner: SignedIn;

before(async () => {
  owner = await demo("amit");
});

const told = async (who: SignedIn, job: number): Promise<Told[]> =>
  (await who.get(`/api/jobs/${job}/messages`)).json;
const templates = async (who: SignedIn): Promise<Template[]> =>
  (await who.get("/api/message-templates")).json.templates;

test("a job's messages are told, with what has become of each", async () => {
  const { job_id } = await runningJob(await newPit());
  const first = await eventually("the first one is over", async () => {
    const all = await told(owner, job_id);
    return all.find(({ kind, status }) => kind === "credentials" && status !== "waiting");
  });
  // Whether they agreed or not: nothing leaves the house, and nothing is said to have left.
  assert.ok(["not_sent", "dropped"].includes(first.status), JSON.stringify(first));
  assert.ok(first.reason);
  assert.ok(!JSON.stringify(await told(owner, job_id)).includes("/t/"), "no link in it");
});

test("settings are the workshop's own, and refuse what is no time", async () => {
  const { owner: other } = await newWorkshop();
  assert.deepEqual((await other.get("/api/message-settings")).json, {
    quiet_from: "21:00",
    quiet_until: "08:00",
    daily_cap: 500,
    after_care: false,
    owner_alerts: true,
  });
  const changed = await other.patch("/api/message-settings", {
    quiet_from: "22:30",
    after_care: true,
    owner_alerts: false,
  });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual((await other.get("/api/message-settings")).json, {
    quiet_from: "22:30",
    quiet_until: "08:00",
    daily_cap: 500,
    after_care: true,
    owner_alerts: false,
  });
  for (const quiet_from of ["24:00", "22:60", "9:000", "-1:00", "22h30", "aa:bb"]) {
    const answer = await other.patch("/api/message-settings", { quiet_from });
    assert.equal(answer.status, 422, `${quiet_from}: ${answer.text}`);
  }
  const [row] = await execute(
    "SELECT count(*) FROM audit_log WHERE action = 'message_settings.save'",
  );
  assert.ok(Number(row) >= 1);
});

test("a workshop says it in its own words, which are checked", async () => {
  const { owner: other } = await newWorkshop();
  const set = (kind: string, language: string, text: string | null) =>
    other.put("/api/message-templates", { kind, language, text });
  const own = "{customer}: your {car} is on the lift. {link}";
  const put = await set("job_started", "en", own);
  assert.equal(put.status, 200, put.text);
  assert.equal(put.json.is_own, true);
  assert.match(put.json.preview, /^Ravi: your Tata Harrier is on the lift\. https:/);
  const started = (all: Template[]) =>
    all.find(({ kind, language }) => kind === "job_started" && language === "en");
  assert.equal(started(await templates(other))?.text, own);
  assert.equal(started(await templates(owner))?.is_own, false, "nobody else's");

  const unknown = await set("job_started", "en", "{pasword}");
  assert.equal(unknown.status, 422);
  assert.match(unknown.text, /\{pasword\}/);
  const noWayIn = await set("credentials", "hi", "नमस्ते");
  assert.equal(noWayIn.status, 422);
  assert.match(noWayIn.text, /\{link\}/);
  assert.equal((await set("job_started", "fr", "x")).status, 422);
  assert.equal((await set("nothing", "en", "x")).status, 422);

  assert.equal((await set("job_started", "en", null)).json.is_own, false);
  assert.notEqual(started(await templates(other))?.text, own);
});

test("every text there is reads well with its placeholders filled in", async () => {
  const all = await templates(owner);
  assert.equal(all.length, 28, "fourteen messages in two languages");
  for (const { kind, language, preview } of all) {
    assert.ok(!/[{}]/.test(preview), `${kind} ${language}: ${preview}`);
    assert.ok(!/ {2}| $/.test(preview), `${kind} ${language}: ${preview}`);
  }
});
