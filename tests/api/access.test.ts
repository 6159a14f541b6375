// Who gets in: every endpoint of the OpenAPI document against everyone who may not use it. The
// document is walked, so that a new endpoint without a row here fails this file.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute } from "../support/database.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { demo, forge, resign, type SignedIn } from "../support/session.ts";
import { deviceAt, secret, shine } from "../support/stack.ts";
import { newJob, newPit } from "../support/workshop.ts";

type User = "platform" | "amit" | "pooja" | "imran" | "rohan" | "neha" | "kiran";

interface Fixture {
  /** Path with the ids of workshop 1. */
  path?: () => string;
  body?: () => object;
  /** Signed-in people of workshop 1 whose role forbids it. */
  forbidden: User[];
  /** The same request with the ids of workshop 1, by people of workshop 2. */
  otherTenant?: "no data" | "its own data";
  isPublic?: true;
  /** For devices with their own credentials; no person's token opens it. */
  forDevices?: true;
}

let pitId = 0;
let jobId = 0;
let customerId = 0;
const deviceId = deviceAt(shine, 1).device_id;
const staffOnly: User[] = ["rohan"];
const notPlatform: User[] = ["amit", "pooja", "imran", "rohan"];
const atJob = (rest: string) => () => `/api/jobs/${jobId}${rest}`;
const atCustomer = (rest: string) => () => `/api/customers/${customerId}${rest}`;
const atPit = (rest: string) => () => `/api/pits/${pitId}${rest}`;

const fixtures: Record<string, Fixture> = {
  "POST /api/auth/login": { isPublic: true, forbidden: [] },
  "POST /api/auth/magic-link": { isPublic: true, forbidden: [] },
  "POST /api/auth/refresh": { isPublic: true, forbidden: [] },
  "POST /api/auth/logout": { forbidden: [] },
  "GET /api/auth/me": { forbidden: [], otherTenant: "its own data" },
  "POST /api/ws-ticket": { forbidden: [], otherTenant: "its own data" },
  "GET /api/pits": { forbidden: [], otherTenant: "its own data" },
  "GET /api/pits/{id}": { path: atPit(""), forbidden: [], otherTenant: "no data" },
  "GET /api/pits/{id}/sensors/latest": {
    path: atPit("/sensors/latest"),
    forbidden: [],
    otherTenant: "no data",
  },
  "GET /api/pits/{id}/sensors/history": {
    path: atPit("/sensors/history"),
    forbidden: [],
    otherTenant: "no data",
  },
  "GET /api/jobs": { forbidden: [], otherTenant: "its own data" },
  "POST /api/jobs": {
    body: () => ({
      customer_name: "Nobody",
      car_model: "None",
      car_plate: "None",
      pit_id: pitId,
      work_type: "Full PPF",
    }),
    forbidden: ["imran", "rohan"],
    otherTenant: "no data",
  },
  "GET /api/jobs/{id}": { path: atJob(""), forbidden: [], otherTenant: "no data" },
  "PATCH /api/jobs/{id}/status": {
    path: atJob("/status"),
    body: () => ({ status: "in_progress" }),
    forbidden: staffOnly,
    otherTenant: "no data",
  },
  "PATCH /api/jobs/{id}/time": {
    path: atJob("/time"),
    body: () => ({ estimated_end_time: "2040-01-01T00:00:00Z" }),
    forbidden: ["imran", "rohan"],
    otherTenant: "no data",
  },
  "PATCH /api/jobs/{id}/stage": {
    path: atJob("/stage"),
    body: () => ({ stage: 1 }),
    forbidden: staffOnly,
    otherTenant: "no data",
  },
  "POST /api/jobs/{id}/tracking-link": {
    path: atJob("/tracking-link"),
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "no data",
  },
  "DELETE /api/jobs/{id}/tracking-link": {
    path: atJob("/tracking-link"),
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "no data",
  },
  "GET /api/jobs/{id}/viewers": {
    path: atJob("/viewers"),
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "no data",
  },
  "GET /api/pits/{id}/viewers": {
    path: atPit("/viewers"),
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "no data",
  },
  "PUT /api/jobs/{id}/rating": {
    path: atJob("/rating"),
    body: () => ({ stars: 1, comment: "Nobody's" }),
    forbidden: ["platform", "amit", "pooja", "imran"],
    otherTenant: "no data",
  },
  "GET /api/jobs/{id}/rating": {
    path: atJob("/rating"),
    forbidden: ["platform", "amit", "pooja", "imran"],
    otherTenant: "no data",
  },
  "GET /api/ratings": { forbidden: ["platform", "imran", "rohan"], otherTenant: "its own data" },
  "GET /api/ratings/summary": {
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "its own data",
  },
  "GET /api/consents": {
    forbidden: ["platform", "amit", "pooja", "imran"],
    otherTenant: "its own data",
  },
  "POST /api/consents": {
    body: () => ({ text_version: 1, messages: false }),
    forbidden: ["platform", "amit", "pooja", "imran"],
    otherTenant: "its own data",
  },
  "GET /api/consents/history": {
    forbidden: ["platform", "amit", "pooja", "imran"],
    otherTenant: "its own data",
  },
  "GET /api/consent-texts": {
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "its own data",
  },
  "POST /api/consent-texts": {
    body: () => ({ live_video: "Nobody's", recording: "Nobody's", messages: "Nobody's" }),
    forbidden: ["platform", "pooja", "imran", "rohan"],
    otherTenant: "its own data",
  },
  "GET /api/customers": { forbidden: ["platform", "imran", "rohan"], otherTenant: "its own data" },
  "GET /api/customers/{id}": {
    path: atCustomer(""),
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "no data",
  },
  "PATCH /api/customers/{id}": {
    path: atCustomer(""),
    body: () => ({ disabled: true }),
    forbidden: ["platform", "pooja", "imran", "rohan"],
    otherTenant: "no data",
  },
  "POST /api/customers/{id}/erase": {
    path: atCustomer("/erase"),
    forbidden: ["platform", "pooja", "imran", "rohan"],
    otherTenant: "no data",
  },
  "GET /api/customers/{id}/consents": {
    path: atCustomer("/consents"),
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "no data",
  },
  "GET /api/devices": { forbidden: ["imran", "rohan"], otherTenant: "its own data" },
  "GET /api/devices/{device_id}": {
    path: () => `/api/devices/${deviceId}`,
    forbidden: ["imran", "rohan"],
    otherTenant: "no data",
  },
  "PATCH /api/devices/{device_id}/status": {
    path: () => `/api/devices/${deviceId}/status`,
    body: () => ({ status: "disabled" }),
    forbidden: ["imran", "rohan"],
    otherTenant: "no data",
  },
  "POST /api/devices/claim": {
    body: () => ({ device_id: deviceId, claim_code: "0000-0000-00", pit_id: pitId }),
    forbidden: ["platform", "imran", "rohan"],
    otherTenant: "no data",
  },
  "GET /api/device/state": { forbidden: [], forDevices: true },
  "GET /api/device/ota": {
    path: () => "/api/device/ota?version=1.0.0",
    forbidden: [],
    forDevices: true,
  },
  "GET /api/device/ota/{release_id}/image": {
    path: () => "/api/device/ota/1/image",
    forbidden: [],
    forDevices: true,
  },
  "POST /api/device/ota/reports": {
    body: () => ({ release_id: "1", state: "failed", detail: "" }),
    forbidden: [],
    forDevices: true,
  },
  "GET /api/platform/servers": { forbidden: notPlatform, otherTenant: "no data" },
  "GET /api/firmware/releases": {
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "POST /api/firmware/releases": {
    body: () => ({ version: "1.0.0", hw_rev: "nobody", image_base64: "AAAA", signature: "00" }),
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "GET /api/firmware/releases/{id}": {
    path: () => "/api/firmware/releases/1",
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "GET /api/firmware/campaigns": {
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "POST /api/firmware/campaigns": {
    body: () => ({ release_id: 1, percentage: 1, max_failure_percent: 1 }),
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "GET /api/firmware/campaigns/{id}": {
    path: () => "/api/firmware/campaigns/1",
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "PATCH /api/firmware/campaigns/{id}": {
    path: () => "/api/firmware/campaigns/1",
    body: () => ({ status: "stopped" }),
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "GET /api/firmware/campaigns/{id}/devices": {
    path: () => "/api/firmware/campaigns/1/devices",
    forbidden: notPlatform,
    otherTenant: "no data",
  },
  "POST /api/factory/batches": {
    body: () => ({ name: "Nobody's", hw_rev: "D1", devices: ["ESP32-00000000DEAD"] }),
    forbidden: ["amit", "pooja", "imran", "rohan"],
    otherTenant: "no data",
  },
};

interface Operation {
  name: string;
  method: string;
  template: string;
  isPublic: boolean;
}

async function operations(): Promise<Operation[]> {
  const document = (await call("GET", "/api/openapi.json")).json;
  return Object.entries(
    document.paths as Record<string, Record<string, { security?: unknown[] }>>,
  ).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${template}`,
      method: method.toUpperCase(),
      template,
      isPublic: (operation.security ?? []).length === 0,
    })),
  );
}

const all = await operations();

function ask(operation: Operation, token: string | undefined, from?: string): Promise<Answer> {
  const fixture = fixtures[operation.name];
  const call_ = { body: fixture?.body?.(), ...(from === undefined ? {} : { from }) };
  return call(operation.method, fixture?.path?.() ?? operation.template, { ...call_, token });
}

function assertRefused(answer: Answer, statuses: number[], codes: string[]): void {
  assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.text}`);
  assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
  assert.ok(codes.includes(answer.json.code), answer.text);
  const members = ["type", "title", "status", "code", "detail", "errors", "request_id"];
  for (const member of Object.keys(answer.json)) assert.ok(members.includes(member), answer.text);
}

test("every endpoint of the OpenAPI document has a row here, and no row is left over", () => {
  const missing = all.map(({ name }) => name).filter((name) => !(name in fixtures));
  assert.deepEqual(
    missing,
    [],
    "new endpoints: add who may not use them to tests/api/access.test.ts",
  );
  const names = new Set(all.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(fixtures).filter((name) => !names.has(name)),
    [],
  );
});

test("only signing in and refreshing need no token", () => {
  const open = all.filter(({ isPublic }) => isPublic).map(({ name }) => name);
  const meant = Object.keys(fixtures).filter((name) => fixtures[name]?.isPublic);
  assert.deepEqual(open.sort(), meant.sort());
});

describe("endpoints that need a token", () => {
  let amit: SignedIn;
  let badTokens: { what: string; token: string | undefined; codes: string[] }[];
  before(async () => {
    pitId = await newPit(shine);
    jobId = (await newJob(pitId)).job_id;
    customerId = Number((await execute(`SELECT customer_id FROM jobs WHERE id = ${jobId}`))[0]);
    amit = await demo("amit");
    const [head, , signature] = amit.token.split(".");
    const otherPayload = forge(amit.token, { wid: 3 }).split(".")[1];
    const key = Buffer.from(secret("jwt_secret"), "hex");
    const past = Math.floor(Date.now() / 1000) - 1;
    const forged = ["unauthenticated"];
    badTokens = [
      { what: "no token", token: undefined, codes: forged },
      { what: "an empty token", token: "", codes: forged },
      { what: "text that is no token", token: "abc", codes: forged },
      { what: "a token signed with another key", token: forge(amit.token, {}), codes: forged },
      {
        what: "a token with another payload",
        token: `${head}.${otherPayload}.${signature}`,
        codes: forged,
      },
      { what: "a token without algorithm", token: forge(amit.token, {}, "none"), codes: forged },
      {
        what: "a token of another algorithm, with the right key",
        token: forge(amit.token, {}, "HS512", key),
        codes: forged,
      },
      { what: "a token without signature", token: amit.token.replace(/[^.]+$/, ""), codes: forged },
      {
        what: "an expired token",
        token: resign(amit.token, { exp: past }),
        codes: ["token_expired"],
      },
      {
        what: "a token without an end",
        token: resign(amit.token, { exp: undefined }),
        codes: ["token_expired", "unauthenticated"],
      },
      {
        what: "a token of no known role",
        token: resign(amit.token, { role: "root" }),
        codes: forged,
      },
    ];
  });

  for (const operation of all) {
    const fixture = fixtures[operation.name];
    if (fixture === undefined || fixture.isPublic) continue;

    test(`${operation.name} refuses every bad token`, async () => {
      const from = newAddress();
      for (const { what, token, codes } of badTokens) {
        const answer = await ask(operation, token, from);
        assert.equal(answer.status, 401, `${what}: ${answer.status} ${answer.text}`);
        assertRefused(answer, [401], fixture.forDevices ? ["unauthenticated"] : codes);
      }
    });

    if (fixture.forDevices)
      test(`${operation.name} is closed to people`, async () => {
        for (const user of ["platform", "amit", "rohan"] as const)
          assertRefused(await ask(operation, (await demo(user)).token), [401], ["unauthenticated"]);
      });
    else
      test(`${operation.name} is closed to devices`, async () => {
        const { device_id, mqtt_password } = deviceAt(shine, 1);
        const basic = Buffer.from(`${device_id}:${mqtt_password}`).toString("base64");
        const answer = await call(operation.method, fixture.path?.() ?? operation.template, {
          body: fixture.body?.(),
          headers: { Authorization: `Basic ${basic}` },
          from: newAddress(),
        });
        assertRefused(answer, [401], ["unauthenticated"]);
      });

    for (const user of fixture.forbidden)
      test(`${operation.name} is forbidden to ${user}`, async () => {
        assertRefused(await ask(operation, (await demo(user)).token), [403], ["forbidden"]);
      });

    if (fixture.otherTenant === "no data")
      test(`${operation.name} gives another workshop's people nothing`, async () => {
        for (const user of ["neha", "kiran"] as const) {
          const answer = await ask(operation, (await demo(user)).token);
          const codes = ["forbidden", "not_found", "validation_failed", "claim_invalid"];
          assertRefused(answer, [403, 404, 422], codes);
        }
      });
  }

  test("the right token is let in, so the refusals above are not of something else", async () => {
    assert.equal((await amit.get(`/api/pits/${pitId}`)).status, 200);
    assert.equal((await amit.get(`/api/jobs/${jobId}`)).status, 200);
    assert.equal((await amit.get(`/api/pits/${pitId}/sensors/history`)).status, 200);
    assert.equal(
      (await call("GET", `/api/jobs/${jobId}`, { token: resign(amit.token, {}) })).status,
      200,
    );
  });

  test("nothing that was refused has changed anything", async () => {
    const job = (await amit.get(`/api/jobs/${jobId}`)).json;
    assert.equal(job.status, "waiting");
    assert.equal(job.estimated_end_time, null);
    const made = await execute("SELECT id FROM jobs WHERE customer_name = 'Nobody'");
    assert.deepEqual(made, []);
    const device = (await amit.get(`/api/devices/${deviceId}`)).json;
    assert.equal(device.status, "active");
    assert.deepEqual(await execute("SELECT id FROM ratings WHERE comment = 'Nobody''s'"), []);
    assert.deepEqual(
      await execute("SELECT version FROM consent_texts WHERE messages = 'Nobody''s'"),
      [],
    );
    const customer = (await amit.get(`/api/customers/${customerId}`)).json;
    assert.deepEqual([customer.disabled, customer.erased], [false, false]);
    assert.equal(customer.latest_jobs[0].has_link, true);
    const registered = "SELECT id FROM devices WHERE device_id = 'ESP32-00000000DEAD'";
    assert.deepEqual(await execute(registered), []);
  });
});

describe("tenants", () => {
  test("lists hold the own workshop only, whatever the query asks for", async () => {
    const [amit, neha] = [await demo("amit"), await demo("neha")];
    const own = (await amit.get("/api/auth/me")).json.workshop_id;
    const other = (await neha.get("/api/auth/me")).json.workshop_id;
    for (const path of ["/api/pits", "/api/jobs", "/api/devices"]) {
      const answer = await neha.get(path);
      assert.equal(answer.status, 200);
      assert.ok(answer.json.length > 0);
      for (const item of answer.json) assert.equal(item.workshop_id, other);
    }
    for (const path of ["/api/jobs", "/api/devices"])
      assertRefused(await neha.get(`${path}?workshop_id=${own}`), [403], ["forbidden"]);
    assert.deepEqual((await neha.get(`/api/jobs?pit_id=${pitId}`)).json, []);
  });

  test("a token that names another workshop than its user's shows nothing of it", async () => {
    // Only the server can sign this; row-level security must hold even so.
    const neha = await demo("neha");
    const own = (await (await demo("amit")).get("/api/auth/me")).json.workshop_id;
    const me = await call("GET", "/api/auth/me", { token: resign(neha.token, { wid: own }) });
    assert.equal(me.status, 401, me.text);
  });
});

describe("scope inside a workshop", () => {
  test("an operator sees the permitted pits and their jobs only", async () => {
    const imran = await demo("imran");
    const pits = (await imran.get("/api/pits")).json;
    assert.deepEqual(
      pits.map((pit: { pit_number: number }) => pit.pit_number),
      [1],
    );
    assert.equal((await imran.get(`/api/pits/${pitId}`)).status, 404);
    assert.equal((await imran.get(`/api/pits/${pitId}/sensors/latest`)).status, 404);
    assert.equal((await imran.get(`/api/pits/${pitId}/sensors/history`)).status, 404);
    assert.equal((await imran.get(`/api/jobs/${jobId}`)).status, 404);
    assert.equal(
      (await imran.patch(`/api/jobs/${jobId}/status`, { status: "in_progress" })).status,
      404,
    );
    assert.equal((await imran.patch(`/api/jobs/${jobId}/stage`, { stage: 1 })).status, 404);
    const jobs = (await imran.get("/api/jobs?limit=200")).json;
    assert.ok(jobs.length > 0);
    for (const job of jobs) assert.equal(job.pit_number, 1);
    assert.deepEqual((await imran.get(`/api/jobs?pit_id=${pitId}`)).json, []);
  });

  test("a customer sees the own job and its pit only", async () => {
    const rohan = await demo("rohan");
    const pits = (await rohan.get("/api/pits")).json;
    assert.deepEqual(
      pits.map((pit: { pit_number: number }) => pit.pit_number),
      [1],
    );
    const jobs = (await rohan.get("/api/jobs")).json;
    assert.deepEqual(
      jobs.map((job: { customer_name: string }) => job.customer_name),
      ["Rohan Mehta"],
    );
    assert.equal((await rohan.get(`/api/jobs/${jobId}`)).status, 404);
    assert.equal((await rohan.get(`/api/pits/${pitId}`)).status, 404);
    assert.equal((await rohan.get(`/api/pits/${pitId}/sensors/history`)).status, 404);
  });
});
