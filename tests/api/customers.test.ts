// The workshop's customers: the list, shutting one out, erasing one.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  assertProblem,
  byLink,
  completedJob,
  openLink,
  put,
  tokenOf,
} from "../support/customers.ts";
import { execute, rows } from "../support/database.ts";
import { eventually, unique } from "../support/eventually.ts";
import { call, newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { demo, type SignedIn, signIn, tryLogin } from "../support/session.ts";
import { newJob, newPit, newWorkshop, runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

const newPhone = () => `+9192${String(unique()).padStart(8, "0").slice(-8)}`;
const idOf = async (customer: SignedIn): Promise<number> =>
  (await customer.get("/api/auth/me")).json.id;

describe("the list of customers", () => {
  test("has names, masked numbers, jobs and when they were last there", async () => {
    const customer_phone = newPhone();
    const first = await completedJob(await newPit(), { customer_phone });
    await newJob(await newPit(), { customer_phone });
    const id = await idOf(first.customer);
    const listed = (await owner.get("/api/customers?limit=200")).json;
    const found = listed.find((one: { id: number }) => one.id === id);
    assert.equal(found.name, first.job.customer_name);
    assert.equal(found.phone, `+91••••••${customer_phone.slice(-4)}`);
    assert.equal(found.jobs, 2);
    assert.ok(Date.parse(found.last_seen) > Date.now() - 60_000);
    assert.equal(found.disabled, false);
    for (const one of listed) assert.ok(!String(one.phone).includes(customer_phone.slice(3)));
    const detail = (await owner.get(`/api/customers/${id}`)).json;
    assert.equal(detail.latest_jobs.length, 2);
    assert.deepEqual(
      detail.latest_jobs.map((job: { status: string; has_link: boolean }) => [
        job.status,
        job.has_link,
      ]),
      [
        ["waiting", true],
        ["completed", true],
      ],
    );
    assert.ok(!JSON.stringify(detail).includes(customer_phone.slice(3)));
  });

  test("goes page by page and holds the own workshop's customers only", async () => {
    const { owner: boss, pitId } = await newWorkshop();
    const names: string[] = [];
    for (let i = 0; i < 3; ++i) {
      names.push(`Buyer ${unique()}`);
      const made = await boss.post("/api/jobs", {
        customer_name: names[i],
        car_model: "Car",
        car_plate: "DL 01",
        pit_id: pitId,
        work_type: "Wrap",
        estimated_duration_minutes: 60,
      });
      assert.equal(made.status, 201, made.text);
    }
    const seen: string[] = [];
    let path: string | undefined = "/api/customers?limit=2";
    while (path !== undefined) {
      const answer = await boss.get(path);
      assert.equal(answer.status, 200);
      seen.push(...answer.json.map((one: { name: string }) => one.name));
      path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
    }
    assert.deepEqual(seen, names.reverse());
    const id = await idOf(await demo("rohan"));
    for (const where of [`/api/customers/${id}`, `/api/customers/${id}/consents`])
      assertProblem(await boss.get(where), 404, "not_found");
    assertProblem(await boss.patch(`/api/customers/${id}`, { disabled: true }), 404, "not_found");
    assertProblem(await boss.post(`/api/customers/${id}/erase`), 404, "not_found");
    assert.equal((await (await demo("rohan")).get("/api/jobs")).status, 200);
  });

  test("does not reach staff", async () => {
    const id = await idOf(await demo("imran"));
    assertProblem(await owner.get(`/api/customers/${id}`), 404, "not_found");
    assertProblem(await owner.patch(`/api/customers/${id}`, { disabled: true }), 404, "not_found");
    assertProblem(await owner.post(`/api/customers/${id}/erase`), 404, "not_found");
    assert.equal((await (await demo("imran")).get("/api/auth/me")).status, 200);
  });
});

describe("a customer who is shut out", () => {
  test("is signed out everywhere, and neither password nor link signs in", async () => {
    const job = await runningJob(await newPit());
    const { customer, login } = job;
    const id = await idOf(customer);
    const live = await Live.open(customer);
    const linked = await byLink(tokenOf(job.tracking_url));
    const off = await owner.patch(`/api/customers/${id}`, { disabled: true });
    assert.equal(off.status, 200, off.text);
    assert.equal(off.json.disabled, true);
    assert.equal((await live.whenClosed()).code, 4401);
    for (const session of [customer, linked])
      assertProblem(await session.get("/api/jobs"), 401, "session_ended");
    const from = newAddress();
    assertProblem(
      await tryLogin(login.username, login.password, { from }),
      401,
      "invalid_credentials",
    );
    assertProblem(await openLink(tokenOf(job.tracking_url), from), 401, "link_invalid");

    assert.equal((await owner.patch(`/api/customers/${id}`, { disabled: false })).status, 200);
    assert.equal((await tryLogin(login.username, login.password)).status, 200);
    assert.equal((await openLink(tokenOf(job.tracking_url))).status, 200);
    const log = await rows(
      `SELECT action FROM audit_log WHERE subject_type = 'customer' AND subject_id = ${id} ORDER BY id`,
    );
    assert.deepEqual(
      log.map(({ action }) => action),
      ["customer.disable", "customer.enable"],
    );
  });

  test("signs in at that very moment and is out all the same", async () => {
    const job = await runningJob(await newPit());
    const id = await idOf(job.customer);
    const token = tokenOf(job.tracking_url);
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, () => openLink(token, newAddress()))),
      owner.patch(`/api/customers/${id}`, { disabled: true }),
    ]);
    for (const answer of answers)
      if (answer.status === 200) {
        const me = await call("GET", "/api/auth/me", { token: answer.json.access_token });
        assertProblem(me, 401, "session_ended");
      }
  });
});

describe("erasing a customer", () => {
  test("removes what is personal and keeps the work", async () => {
    const customer_phone = newPhone();
    const email = `someone${unique()}@example.com`;
    const name = `Private Person ${unique()}`;
    const job = await runningJob(await newPit(), {
      customer_name: name,
      customer_phone,
      customer_email: email,
      car_plate: "PB 65 ZZ",
      consents: { messages: true },
    });
    const { customer, login, job_id } = job;
    // What they were told has their name in it.
    await eventually("they were told", async () =>
      (await owner.get(`/api/jobs/${job_id}/messages`)).text.includes(name),
    );
    await setStatus(job_id, "completed");
    const id = await idOf(customer);
    await put(customer, `/api/jobs/${job_id}/rating`, { stars: 5, comment: `Signed, ${name}` });
    await customer.post("/api/consents", { text_version: 1, messages: true });
    const linked = await byLink(tokenOf(job.tracking_url));

    const erased = await owner.post(`/api/customers/${id}/erase`);
    assert.equal(erased.status, 200, erased.text);
    assert.equal(erased.json.name, "Customer");
    assert.equal(erased.json.phone, null);
    assert.equal(erased.json.has_email, false);
    assert.equal(erased.json.erased, true);
    assert.equal(erased.json.disabled, true);

    const shown = (await owner.get(`/api/jobs/${job_id}`)).json;
    assert.equal(shown.customer_name, "Customer");
    assert.equal(shown.car_plate, "-");
    assert.equal(shown.car_model, job.job.car_model);
    const [rating] = (await owner.get(`/api/ratings?job_id=${job_id}`)).json;
    assert.equal(rating.stars, 5);
    assert.equal(rating.comment, "");
    const [consent] = (await owner.get(`/api/customers/${id}/consents`)).json;
    assert.equal(consent.given, true);
    assert.equal(consent.ip, null);

    for (const session of [customer, linked])
      assertProblem(await session.get("/api/jobs"), 401, "session_ended");
    const from = newAddress();
    assertProblem(
      await tryLogin(login.username, login.password, { from }),
      401,
      "invalid_credentials",
    );
    assertProblem(await openLink(tokenOf(job.tracking_url), from), 401, "link_invalid");

    // Nowhere in the workshop's tables.
    const tables = await execute(
      `SELECT table_name FROM information_schema.columns c WHERE table_schema = 'public'
         AND column_name = 'workshop_id' AND table_name NOT LIKE 'sensor%'
         AND EXISTS (SELECT FROM pg_class k WHERE k.relname = c.table_name AND k.relkind = 'r')`,
    );
    for (const table of tables) {
      const text = JSON.stringify(await rows(`SELECT * FROM ${table}`));
      for (const personal of [name, email, customer_phone, login.username, "PB 65 ZZ"])
        assert.ok(!text.includes(personal), `${table} has ${personal}`);
    }
    const [account] = await rows(`SELECT * FROM users WHERE id = ${id}`);
    assert.equal(account.phone_sealed, null);
    assert.equal(account.phone_lookup, null);
  });

  test("is for good, and asking again changes nothing", async () => {
    const { customer } = await completedJob(await newPit());
    const id = await idOf(customer);
    const first = await owner.post(`/api/customers/${id}/erase`);
    const again = await owner.post(`/api/customers/${id}/erase`);
    assert.equal(again.status, 200);
    assert.deepEqual(again.json, first.json);
    assertProblem(await owner.patch(`/api/customers/${id}`, { disabled: false }), 409, "conflict");
    const log = await rows(
      `SELECT action FROM audit_log WHERE action = 'customer.erase' AND subject_id = ${id}`,
    );
    assert.equal(log.length, 1);
  });

  test("waits for the end of the work", async () => {
    const { customer, job_id } = await runningJob(await newPit());
    const id = await idOf(customer);
    assertProblem(await owner.post(`/api/customers/${id}/erase`), 409, "conflict");
    assert.equal((await customer.get("/api/jobs")).status, 200);
    await setStatus(job_id, "cancelled");
    assert.equal((await owner.post(`/api/customers/${id}/erase`)).status, 200);
  });

  test("is the owner's to do", async () => {
    const { customer } = await completedJob(await newPit());
    const id = await idOf(customer);
    const pooja = await demo("pooja");
    assert.equal((await pooja.get(`/api/customers/${id}`)).status, 200);
    assertProblem(await pooja.post(`/api/customers/${id}/erase`), 403, "forbidden");
    assertProblem(await pooja.patch(`/api/customers/${id}`, { disabled: true }), 403, "forbidden");
  });

  test("and a telephone number that comes back is a new customer", async () => {
    const customer_phone = newPhone();
    const first = await completedJob(await newPit(), { customer_phone });
    const id = await idOf(first.customer);
    const pitId = await newPit();
    const [erased, ...bookings] = await Promise.all([
      owner.post(`/api/customers/${id}/erase`),
      ...Array.from({ length: 5 }, () => newJob(pitId, { customer_phone })),
    ]);
    assert.ok([200, 409].includes(erased.status), erased.text);
    for (const booking of bookings) {
      const customer = await byLink(tokenOf(booking.tracking_url));
      assert.deepEqual(
        (await customer.get("/api/jobs")).json.filter(
          (job: { job_id: number }) => job.job_id === booking.job_id,
        ).length,
        1,
      );
      if (erased.status === 200) assert.notEqual(await idOf(customer), id);
    }
    if (erased.status === 409) return;
    const login = bookings.find(({ customer_credentials }) => customer_credentials !== null);
    assert.ok(login?.customer_credentials);
    await signIn(login.customer_credentials.username, login.customer_credentials.password);
  });
});
