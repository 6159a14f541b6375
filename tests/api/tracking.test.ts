// The link of a customer's message, and how long a customer may see what.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  assertProblem,
  byLink,
  completedJob,
  endedAgo,
  openLink,
  remove,
  tokenOf,
} from "../support/customers.ts";
import { execute, quoted, rows } from "../support/database.ts";
import { eventually, unique } from "../support/eventually.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo, refreshCookieOf, type SignedIn, signIn, tryLogin } from "../support/session.ts";
import { deviceAt, gloss, logs, shine } from "../support/stack.ts";
import { freePit, newJob, newPit, runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const reissue = (jobId: number, by = owner): Promise<Answer> =>
  by.post(`/api/jobs/${jobId}/tracking-link`);

describe("a tracking link", () => {
  test("comes with the job and signs its customer in, again and again", async () => {
    const job = await newJob(await newPit());
    const token = tokenOf(job.tracking_url);
    for (let i = 0; i < 3; ++i) {
      const answer = await openLink(token);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.role, "customer");
      const cookie = String(answer.headers["set-cookie"]?.[0]);
      assert.match(cookie, /HttpOnly/);
      assert.equal(/Max-Age=(\d+)/.exec(cookie)?.[1], String(24 * 3600));
      const me = await call("GET", "/api/auth/me", { token: answer.json.access_token });
      assert.equal(me.json.username, job.customer_credentials?.username);
    }
    const customer = await byLink(token);
    assert.deepEqual(
      (await customer.get("/api/jobs")).json.map((one: { job_id: number }) => one.job_id),
      [job.job_id],
    );
    const refreshed = await call("POST", "/api/auth/refresh", {
      headers: { Cookie: `pitview_refresh=${customer.refreshCookie}` },
    });
    assert.equal(refreshed.status, 200);
  });

  test("comes with a returning customer's job as well", async () => {
    const phone = `+9195${String(unique()).padStart(8, "0").slice(-8)}`;
    const first = await newJob(await newPit(), { customer_phone: phone });
    const second = await newJob(await newPit(), { customer_phone: phone });
    assert.equal(second.customer_credentials, null);
    assert.notEqual(second.tracking_url, first.tracking_url);
    const [one, two] = [
      await byLink(tokenOf(first.tracking_url)),
      await byLink(tokenOf(second.tracking_url)),
    ];
    assert.equal(
      (await one.get("/api/auth/me")).json.username,
      (await two.get("/api/auth/me")).json.username,
    );
  });

  test("is in the database as a digest only", async () => {
    const token = tokenOf((await newJob(await newPit())).tracking_url);
    await byLink(token);
    const everything =
      JSON.stringify(await rows("SELECT * FROM tracking_links")) +
      JSON.stringify(await rows("SELECT * FROM sessions")) +
      JSON.stringify(await rows("SELECT * FROM audit_log"));
    assert.ok(!everything.includes(token));
    assert.ok(!everything.includes(Buffer.from(token, "base64url").toString("hex")));
  });

  test("leads to the customer page, and is in no log", async () => {
    const token = tokenOf((await newJob(await newPit())).tracking_url);
    const page = await call("GET", `/t/${token}`);
    assert.equal(page.status, 200);
    assert.equal(page.text, (await call("GET", "/")).text);
    assert.equal(page.headers["referrer-policy"], "no-referrer");
    await openLink(token);
    await openLink(`${token.slice(1)}x`, newAddress());
    await eventually("the request is logged", () =>
      logs().get("server.log")?.includes('"path":"/t/-"'),
    );
    for (const [name, text] of logs()) assert.ok(!text.includes(token), `${name} holds the link`);
  });

  test("that is none, revoked, too old or of a disabled customer gets one answer", async () => {
    const comparable = ({ status, json, headers }: Answer) => {
      const { request_id: _, ...problem } = json;
      return { status, problem, cookie: headers["set-cookie"] };
    };
    const none = await openLink("A".repeat(43), newAddress());
    assertProblem(none, 401, "link_invalid");

    const revoked = await newJob(await newPit());
    assert.equal((await remove(owner, `/api/jobs/${revoked.job_id}/tracking-link`)).status, 204);
    const old = await completedJob(await newPit());
    await endedAgo(old.job_id, "31 days");
    const disabled = await newJob(await newPit());
    await execute(
      `UPDATE users SET disabled_at = now() WHERE username = ${quoted(String(disabled.customer_credentials?.username))}`,
    );
    for (const [what, job] of Object.entries({ revoked, old, disabled }))
      assert.deepEqual(
        comparable(await openLink(tokenOf(job.tracking_url), newAddress())),
        comparable(none),
        what,
      );
    for (const token of ["x", "../../etc", "' OR true --", "\u0000", "é".repeat(50)])
      assert.ok([401, 422].includes((await openLink(token, newAddress())).status), token);
    assert.equal((await openLink("x".repeat(201), newAddress())).status, 422);
    assert.equal((await openLink("", newAddress())).status, 422);
  });

  test("guessed from one address is soon not even looked at, and a right one is", async () => {
    const token = tokenOf((await newJob(await newPit())).tracking_url);
    const from = newAddress();
    const answers: Answer[] = [];
    for (let i = 0; i < 14; ++i) answers.push(await openLink(`${i}`.padStart(43, "z"), from));
    assert.deepEqual(new Set(answers.slice(0, 10).map(({ status }) => status)), new Set([401]));
    assert.equal(answers.at(-1)?.status, 429);
    assert.ok(Number(answers.at(-1)?.headers["retry-after"]) >= 1);
    assert.equal((await openLink(token, from)).status, 200, "somebody else in the waiting room");
  });

  test("dies when staff makes another, with the sessions and live views it opened", async () => {
    const { job_id, login, ...job } = await runningJob(await newPit());
    const first = tokenOf(job.tracking_url);
    const stolen = await byLink(first);
    const live = await Live.open(stolen);
    const byPassword = await signIn(login.username, login.password);

    const answer = await reissue(job_id);
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json.job_id, job_id);
    const second = tokenOf(answer.json.tracking_url);
    assert.notEqual(second, first);

    assertProblem(await openLink(first, newAddress()), 401, "link_invalid");
    assertProblem(await stolen.get("/api/jobs"), 401, "session_ended");
    const refreshed = await call("POST", "/api/auth/refresh", {
      headers: { Cookie: `pitview_refresh=${stolen.refreshCookie}` },
    });
    assertProblem(refreshed, 401, "session_ended");
    assert.equal((await live.whenClosed()).code, 4401);
    assert.equal((await byPassword.get("/api/jobs")).status, 200, "the password is another way in");
    assert.equal((await openLink(second)).status, 200);

    const log = await rows(
      `SELECT action FROM audit_log WHERE subject_type = 'job' AND subject_id = ${job_id} ORDER BY id`,
    );
    assert.deepEqual(
      log.map(({ action }) => action),
      ["job.create", "job.status", "job.tracking_link"],
    );
  });

  test("revoked stays revoked, also for who opens it at that moment", async () => {
    const job = await newJob(await newPit());
    const token = tokenOf(job.tracking_url);
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => openLink(token, newAddress()))),
      remove(owner, `/api/jobs/${job.job_id}/tracking-link`),
    ]);
    for (const answer of answers) {
      assert.ok([200, 401].includes(answer.status), answer.text);
      if (answer.status !== 200) continue;
      const cookie = `pitview_refresh=${refreshCookieOf(answer)}`;
      const again = await call("POST", "/api/auth/refresh", { headers: { Cookie: cookie } });
      assertProblem(again, 401, "session_ended");
      const me = await call("GET", "/api/auth/me", { token: answer.json.access_token });
      assertProblem(me, 401, "session_ended");
    }
    const [alive] = await execute(
      `SELECT count(*) FROM sessions s JOIN tracking_links l ON l.id = s.tracking_link_id
       WHERE l.job_id = ${job.job_id} AND s.ended_at IS NULL`,
    );
    assert.equal(Number(alive), 0);
  });

  test("made anew 50 times at once is one link in the end", async () => {
    const job = await newJob(await newPit());
    const answers = await Promise.all(Array.from({ length: 50 }, () => reissue(job.job_id)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    const tokens = answers.map(({ json }) => tokenOf(json.tracking_url));
    assert.equal(new Set(tokens).size, 50);
    const opened = await Promise.all(
      [tokenOf(job.tracking_url), ...tokens].map((token) => openLink(token, newAddress())),
    );
    assert.equal(opened.filter(({ status }) => status === 200).length, 1);
    const good = await execute(
      `SELECT id FROM tracking_links WHERE job_id = ${job.job_id} AND revoked_at IS NULL`,
    );
    assert.equal(good.length, 1);
  });

  test("of another workshop's job cannot be made or revoked", async () => {
    const job = await newJob(await newPit());
    const neha = await demo("neha");
    assertProblem(await reissue(job.job_id, neha), 404, "not_found");
    assertProblem(await remove(neha, `/api/jobs/${job.job_id}/tracking-link`), 404, "not_found");
    assert.equal((await openLink(tokenOf(job.tracking_url))).status, 200);
    assertProblem(await reissue(999_999_999), 404, "not_found");
  });

  test("opens its own workshop only", async () => {
    const job = await newJob(deviceAt(gloss, 1).pit_id, {}, "neha");
    const customer = await byLink(tokenOf(job.tracking_url));
    const workshop = (await (await demo("neha")).get("/api/auth/me")).json.workshop_id;
    assert.equal((await customer.get("/api/auth/me")).json.workshop_id, workshop);
    const foreign = await newJob(await newPit());
    assertProblem(await customer.get(`/api/jobs/${foreign.job_id}`), 404, "not_found");
    const own = (await owner.get("/api/auth/me")).json.workshop_id;
    assertProblem(await customer.get(`/api/jobs?workshop_id=${own}`), 403, "forbidden");
    await setStatus(job.job_id, "cancelled", "neha");
  });

  test("is not made for a customer who may not see the job any more", async () => {
    const job = await completedJob(await newPit());
    assert.equal((await reissue(job.job_id)).status, 201);
    await endedAgo(job.job_id, "31 days");
    assertProblem(await reissue(job.job_id), 409, "conflict");
  });
});

describe("a customer's access", () => {
  test("to the live view ends with the job within a second; the job stays readable", async () => {
    const device = deviceAt(shine, 3);
    for (const end of ["completed", "cancelled"]) {
      await freePit(device);
      const { job_id, customer } = await runningJob(device.pit_id);
      const live = await Live.open(customer);
      await publishReading(device);
      await live.next("sensor_update");
      const ended = Date.now();
      await setStatus(job_id, end);
      await live.next("snapshot", ({ data }) => data.pits.length === 0);
      assert.ok(Date.now() - ended < 1000, `${Date.now() - ended} ms`);
      assertProblem(await customer.get(`/api/pits/${device.pit_id}`), 404, "not_found");
      assertProblem(
        await customer.get(`/api/pits/${device.pit_id}/sensors/latest`),
        404,
        "not_found",
      );
      assertProblem(
        await customer.get(`/api/pits/${device.pit_id}/sensors/history`),
        404,
        "not_found",
      );
      assert.equal((await customer.get(`/api/jobs/${job_id}`)).json.status, end);
      assert.equal(live.closed, null, "the session stays");
      await live.close();
    }
  });

  test("to a finished job is reading only, for 30 days", async () => {
    const { job_id, login, customer } = await completedJob(await newPit());
    await endedAgo(job_id, "29 days 23 hours");
    assert.equal((await customer.get(`/api/jobs/${job_id}`)).status, 200);
    assert.equal((await tryLogin(login.username, login.password)).status, 200);
    assertProblem(
      await customer.patch(`/api/jobs/${job_id}/status`, { status: "in_progress" }),
      403,
      "forbidden",
    );

    await endedAgo(job_id, "2 hours");
    assertProblem(await customer.get(`/api/jobs/${job_id}`), 404, "not_found");
    assert.deepEqual((await customer.get("/api/jobs")).json, []);
    assert.deepEqual((await customer.get("/api/pits")).json, []);
    assert.equal((await owner.get(`/api/jobs/${job_id}`)).status, 200, "the workshop keeps it");
  });

  test("that has ended is said to who has the password, and to nobody else", async () => {
    const { job_id, login } = await completedJob(await newPit());
    await endedAgo(job_id, "31 days");
    const right = await tryLogin(login.username, login.password, { from: newAddress() });
    assertProblem(right, 403, "forbidden");
    assert.match(right.json.detail, /30 days/);
    assert.equal(right.headers["set-cookie"], undefined);
    const from = newAddress();
    assertProblem(await tryLogin(login.username, "wrong", { from }), 401, "invalid_credentials");
  });

  test("comes back with a new job, to that job alone", async () => {
    const phone = `+9194${String(unique()).padStart(8, "0").slice(-8)}`;
    const first = await completedJob(await newPit(), { customer_phone: phone });
    await endedAgo(first.job_id, "31 days");
    const second = await newJob(await newPit(), { customer_phone: phone });
    const { username, password } = first.login;
    const customer = await signIn(username, password);
    assert.deepEqual(
      (await customer.get("/api/jobs")).json.map((job: { job_id: number }) => job.job_id),
      [second.job_id],
    );
    assertProblem(await customer.get(`/api/jobs/${first.job_id}`), 404, "not_found");
  });
});
