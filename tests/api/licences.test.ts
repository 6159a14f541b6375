// Licences as the workshop and the platform see and change them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { rows } from "../support/database.ts";
import { deviceAtWork } from "../support/devices.ts";
import { changeSubscription, subscriptionOf } from "../support/licences.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { runningJob } from "../support/workshop.ts";

let owner: SignedIn;
let platform: SignedIn;
before(async () => {
  [owner, platform] = [await demo("amit"), await demo("platform")];
});

const assertProblem = (
  answer: { status: number; text: string; json: { code: string } },
  status: number,
  code: string,
) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
};

describe("a subscription", () => {
  test("is listed for its workshop, page by page, and for the platform by workshop", async () => {
    const [first, second] = [await deviceAtWork(), await deviceAtWork()];
    const page = await owner.get("/api/subscriptions?limit=1");
    assert.equal(page.status, 200, page.text);
    assert.equal(page.json[0].device_id, second.device_id);
    const next = /<([^>]+)>/.exec(String(page.headers.link))?.[1] ?? "";
    assert.equal((await owner.get(next)).json[0].device_id, first.device_id);
    const { id, workshop_id, status_since, expires_at, ...rest } = page.json[0];
    assert.deepEqual(rest, {
      device_id: second.device_id,
      pit_number: second.pit_number,
      status: "active",
      plan: rest.plan,
      monthly_fee_paise: rest.monthly_fee_paise,
      last_payment_at: null,
      refusal: null,
      held_by_job: false,
    });
    assert.ok(id > 0 && Date.parse(status_since) > 0 && Date.parse(expires_at) > Date.now());
    const seen = await platform.get(`/api/subscriptions?limit=1&workshop_id=${workshop_id}`);
    assert.deepEqual(seen.json, page.json);
    assert.deepEqual((await platform.get("/api/subscriptions")).json, []);
    const neha = await demo("neha");
    const foreign = await neha.get(`/api/subscriptions?workshop_id=${workshop_id}`);
    assertProblem(foreign, 403, "forbidden");
    for (const one of (await neha.get("/api/subscriptions?limit=200")).json)
      assert.notEqual(one.workshop_id, workshop_id);
  });

  test("is changed by the platform, and each change is in the audit log", async () => {
    const device = await deviceAtWork();
    const changed = await changeSubscription(device.device_id, {
      plan: "premium",
      monthly_fee_paise: 120_000,
      expires_at: "2040-01-01T00:00:00Z",
    });
    assert.deepEqual(
      [changed.plan, changed.monthly_fee_paise, changed.expires_at, changed.status],
      ["premium", 120_000, "2040-01-01T00:00:00.000Z", "active"],
    );
    await changeSubscription(device.device_id, { plan: "premium" });
    const log = await rows(
      `SELECT a.action, u.username, a.before->>'plan' <> 'premium' AS was_other, a.after->>'plan' AS plan
       FROM audit_log a JOIN users u ON u.id = a.actor_user_id
       WHERE a.subject_type = 'subscription' AND a.subject_id = ${changed.id}`,
    );
    assert.deepEqual(log, [
      { action: "subscription.change", username: "platform", was_other: true, plan: "premium" },
    ]);
    const since = (await changeSubscription(device.device_id, { status: "suspended" }))
      .status_since;
    assert.ok(since > changed.status_since);
  });

  test("is refused what is none", async () => {
    const { id } = await subscriptionOf((await deviceAtWork()).device_id);
    for (const body of [
      { status: "paused" },
      { plan: "gold" },
      { monthly_fee_paise: -1 },
      { expires_at: "tomorrow" },
    ]) {
      const answer = await platform.patch(`/api/subscriptions/${id}`, body);
      assertProblem(answer, 422, "validation_failed");
      assert.equal(answer.json.errors[0].field, Object.keys(body)[0]);
    }
    const none = await platform.patch("/api/subscriptions/999999999", { status: "active" });
    assertProblem(none, 404, "not_found");
    assertProblem(
      await owner.patch(`/api/subscriptions/${id}`, { status: "active" }),
      403,
      "forbidden",
    );
  });

  test("that ran out is no model for that of the next device", async () => {
    await changeSubscription((await deviceAtWork()).device_id, {
      expires_at: "2025-01-01T00:00:00Z",
    });
    assert.equal((await subscriptionOf((await deviceAtWork()).device_id)).refusal, null);
  });

  test("of a device that was put out is over", async () => {
    const device = await deviceAtWork();
    await owner.post(`/api/devices/${device.device_id}/retire`, {});
    const over = await subscriptionOf(device.device_id);
    assert.deepEqual([over.status, over.refusal], ["expired", "Unknown license"]);
    const answer = await platform.patch(`/api/subscriptions/${over.id}`, { status: "active" });
    assertProblem(answer, 409, "conflict");
  });

  test("changed fifty times at once is what one of the changes says", async () => {
    const device = await deviceAtWork();
    const { id } = await subscriptionOf(device.device_id);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        platform.patch(`/api/subscriptions/${id}`, {
          status: i % 2 === 0 ? "suspended" : "active",
          monthly_fee_paise: i % 2 === 0 ? 1 : 2,
        }),
      ),
    );
    for (const { status, text } of answers) assert.equal(status, 200, text);
    const after = await subscriptionOf(device.device_id);
    assert.equal(after.monthly_fee_paise, after.status === "suspended" ? 1 : 2);
    const chain = await rows(
      `SELECT before, after FROM audit_log WHERE subject_type = 'subscription' AND subject_id = ${id} ORDER BY id`,
    );
    for (let i = 1; i < chain.length; ++i) assert.deepEqual(chain[i].before, chain[i - 1].after);
  });

  test("that ends under a running job says so", async () => {
    const device = await deviceAtWork();
    await runningJob(device.pit_id);
    const over = await changeSubscription(device.device_id, {
      expires_at: new Date(Date.now() - 1).toISOString(),
    });
    // The end lies after the beginning of the job by the clock of the test; by that of the database it may not.
    assert.equal(over.held_by_job, over.refusal === null);
    assert.equal(over.held_by_job, true);
  });
});
