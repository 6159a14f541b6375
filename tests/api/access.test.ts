// Who gets in: every endpoint of the OpenAPI document × everyone, with the ids of one workshop (the
// target). What must come out follows from the permission of the endpoint and the roles that have it
// (`x-permission` and `x-permissions` of the document), so a new endpoint is tested as soon as it is
// there; without a row here this file fails.
//
// A new endpoint: one row in `rows`, "METHOD /path/{as}/in/the/document": {…}.
//   {}                       it takes no ids (a list), or is the platform's or a device's alone
//   path: (t) => …           the path with ids of the target `t` (support/tenants.ts); may make what
//                            it needs there first, with t.owner or by SQL
//   body: (t) => …           a body that the right person could send
//   scope: "workshop"        with an id, but not of one pit: whoever has the permission in the target
//                            may use it (left out: paths below /api/pits and /api/jobs and /api/alerts
//                            are "pit", others "workshop"); "owner": the owner alone, because it is theirs
//   foreign: ["not_found"]   a write without an id in its path: the codes that people of another
//                            workshop get for the ids in its body; "own" when there are none in it
//   self: true               ends or changes the asker's own session or account: not tried by who may
//   answers: [404]           what a GET answers to who may, if not 200 or 204
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { count, execute, quoted } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { type Operation, operations, permissions } from "../support/openapi.ts";
import { jpeg } from "../support/photos.ts";
import { claimsOf, forge, resign, type SignedIn } from "../support/session.ts";
import { deviceAt, secret, shine } from "../support/stack.ts";
import { newTenant, platform, rowsOf, type Tenant } from "../support/tenants.ts";
import { newAlert } from "../support/workshop.ts";

interface Row {
  path?: (target: Tenant) => string | Promise<string>;
  body?: (target: Tenant) => unknown;
  scope?: "pit" | "workshop" | "owner";
  foreign?: string[] | "own";
  self?: true;
  answers?: number[];
}

const atJob = (rest: string) => (t: Tenant) => `/api/jobs/${t.jobId}${rest}`;
const atPit = (rest: string) => (t: Tenant) => `/api/pits/${t.pitId}${rest}`;
const atCustomer = (rest: string) => (t: Tenant) => `/api/customers/${t.customerId}${rest}`;
const atStaff = (rest: string) => (t: Tenant) => `/api/staff/${t.userIds.operator}${rest}`;
async function newPhoto(t: Tenant): Promise<string> {
  const photos = `/api/jobs/${t.jobId}/photos`;
  const { token } = t.owner;
  const rawBody = jpeg();
  const made = await call("POST", `${photos}?visible_to_customer=true`, { token, rawBody });
  return `${photos}/${made.json.id}`;
}
async function newWorkType(t: Tenant): Promise<string> {
  const stages = [{ name: "Everything", weight: 1 }];
  const made = await t.owner.post("/api/work-types", { name: `Type ${unique()}`, stages });
  return `/api/work-types/${made.json.id}`;
}
const alertIds = new Map<number, number>();
const atAlert = (rest: string) => async (t: Tenant) => {
  const id = alertIds.get(t.pitId) ?? (await newAlert(t.pitId));
  alertIds.set(t.pitId, id);
  return `/api/alerts/${id}${rest}`;
};
const atDevice = (rest: string) => (t: Tenant) => `/api/devices/${t.deviceId}${rest}`;

const anHour = "from=2026-11-27T08:00:00Z&to=2026-11-27T09:00:00Z";

/** A clip that is ready, with the mark of its workshop. */
async function newClip(tenant: Tenant): Promise<string> {
  const [id] = await execute(
    `INSERT INTO clips (workshop_id, pit_id, title, from_at, to_at, began_at, ended_at, status)
     VALUES (${tenant.workshopId}, ${tenant.pitId}, ${quoted(tenant.mark)}, now() - interval '2 minutes',
             now() - interval '1 minute', now() - interval '2 minutes', now() - interval '1 minute', 'ready')
     RETURNING id`,
  );
  return String(id);
}

const rows: Record<string, Row> = {
  "POST /api/auth/login": {},
  "POST /api/auth/magic-link": {},
  "POST /api/auth/refresh": {},
  "POST /api/auth/logout": { self: true },
  "GET /api/auth/me": {},
  "POST /api/ws-ticket": { self: true },
  "POST /api/auth/password": { self: true },
  "GET /api/auth/second-factor": {},
  "POST /api/auth/second-factor": { self: true },
  "POST /api/auth/second-factor/confirm": { self: true },
  "POST /api/auth/second-factor/disable": { self: true },
  "GET /api/sessions": {},
  "DELETE /api/sessions": { self: true },
  "DELETE /api/sessions/{id}": {
    path: (t) => `/api/sessions/${claimsOf(t.operator.token).sid}`,
  },
  "GET /api/staff": {},
  "POST /api/staff": {
    body: (t) => ({
      username: "nobody-at-all",
      display_name: "Nobody",
      role: "operator",
      pit_ids: [t.pitId],
    }),
    foreign: ["validation_failed"],
  },
  "GET /api/staff/{id}": { path: atStaff("") },
  "PATCH /api/staff/{id}": { path: atStaff(""), body: () => ({ disabled: true }) },
  "PUT /api/staff/{id}/pits": { path: atStaff("/pits"), body: () => ({ pit_ids: [] }) },
  "POST /api/staff/{id}/password-reset": { path: atStaff("/password-reset") },
  "DELETE /api/staff/{id}/second-factor": { path: atStaff("/second-factor") },
  "GET /api/staff/{id}/activity": { path: atStaff("/activity") },
  "GET /api/audit": {},
  "GET /api/pits": {},
  "GET /api/pits/{id}": { path: atPit("") },
  "GET /api/pits/{id}/sensors/latest": { path: atPit("/sensors/latest"), answers: [404] },
  "GET /api/pits/{id}/sensors/history": { path: atPit("/sensors/history") },
  "GET /api/analytics/busy": {},
  "GET /api/analytics/durations": {},
  "GET /api/analytics/calls-avoided": {},
  "GET /api/analytics/estimate": { path: () => "/api/analytics/estimate?work_type=Full%20PPF" },
  "GET /api/analytics/environment": {},
  "GET /api/analytics/ratings": {},
  "GET /api/exports/jobs.csv": {},
  "GET /api/pits/{id}/readings.csv": { path: atPit("/readings.csv") },
  "POST /api/pits": { body: () => ({ name: "Nobody's" }), foreign: "own" },
  "POST /api/pits/{id}/camera/test": { path: atPit("/camera/test"), body: () => ({}) },
  "POST /api/pits/{id}/camera/setup": { path: atPit("/camera/setup"), body: () => ({}) },
  "GET /api/pits/{id}/stream": { path: atPit("/stream"), answers: [404] },
  "GET /api/pits/{id}/recordings": { path: atPit(`/recordings?${anHour}`) },
  "GET /api/pits/{id}/playback": { path: atPit(`/playback?${anHour}`), answers: [404] },
  "POST /api/pits/{id}/clips": {
    path: atPit("/clips"),
    body: () => ({ from: "2026-11-27T08:00:00Z", to: "2026-11-27T08:05:00Z", title: "Nobody's" }),
    answers: [404],
  },
  "GET /api/clips": {},
  "DELETE /api/clips/{id}": { path: async (t) => `/api/clips/${await newClip(t)}` },
  "GET /api/clips/{id}/playback": { path: async (t) => `/api/clips/${await newClip(t)}/playback` },
  "POST /api/clips/{id}/share": {
    path: async (t) => `/api/clips/${await newClip(t)}/share`,
    body: () => ({ days: 7 }),
  },
  "DELETE /api/clips/{id}/share": { path: async (t) => `/api/clips/${await newClip(t)}/share` },
  "POST /api/shared-clips": {},
  "GET /api/certificates/{token}": { path: () => "/api/certificates/AAAAAAAAAAAAAAAAAAAAAA" },
  "POST /api/certificates/check": {},
  "GET /api/jobs/{id}/time-lapse": { path: atJob("/time-lapse"), answers: [200, 404] },
  "GET /api/system/recordings": {},
  "GET /api/jobs/{id}/messages": { path: atJob("/messages") },
  "PATCH /api/pits/{id}": { path: atPit(""), body: () => ({ name: "Nobody's" }) },
  "GET /api/pits/{id}/camera": { path: atPit("/camera") },
  "PUT /api/pits/{id}/camera": { path: atPit("/camera"), body: () => ({ ip: "192.168.1.100" }) },
  "DELETE /api/pits/{id}/camera": { path: atPit("/camera") },
  "GET /api/jobs": {},
  "POST /api/jobs": {
    body: (t) => ({
      customer_name: "Nobody",
      car_model: "None",
      car_plate: "None",
      pit_id: t.pitId,
      work_type: "Full PPF",
      estimated_duration_minutes: 60,
    }),
    foreign: ["validation_failed"],
  },
  "GET /api/jobs/{id}": { path: atJob("") },
  "PATCH /api/jobs/{id}/status": {
    path: atJob("/status"),
    body: () => ({ status: "quality_check" }),
  },
  "PATCH /api/jobs/{id}/time": {
    path: atJob("/time"),
    body: () => ({ estimated_end_time: "2040-01-01T00:00:00Z" }),
  },
  "PATCH /api/jobs/{id}/stage": { path: atJob("/stage"), body: () => ({ stage: 1 }) },
  "PATCH /api/jobs/{id}": { path: atJob(""), body: () => ({ car_plate: "Nobody's" }) },
  "PUT /api/jobs/{id}/staff": { path: atJob("/staff"), body: () => ({ user_ids: [] }) },
  "GET /api/jobs/{id}/time": { path: atJob("/time") },
  "GET /api/jobs/{id}/notes": { path: atJob("/notes") },
  "POST /api/jobs/{id}/notes": { path: atJob("/notes"), body: () => ({ text: "Nobody's" }) },
  "GET /api/jobs/{id}/photos": { path: atJob("/photos") },
  "POST /api/jobs/{id}/photos": { path: atJob("/photos"), body: () => ({}) },
  "GET /api/jobs/{id}/photos/{photo_id}": { path: newPhoto },
  "DELETE /api/jobs/{id}/photos/{photo_id}": { path: newPhoto },
  "GET /api/jobs/{id}/conditions": { path: atJob("/conditions") },
  "GET /api/jobs/{id}/report.pdf": { path: atJob("/report.pdf") },
  "GET /api/jobs/{id}/summary.pdf": { path: atJob("/summary.pdf"), answers: [409] },
  "GET /api/jobs/{id}/certificate.pdf": { path: atJob("/certificate.pdf"), answers: [409] },
  "GET /api/work-types": {},
  "POST /api/work-types": {
    body: () => ({ name: "Nobody's", stages: [{ name: "Nobody's", weight: 1 }] }),
    foreign: "own",
  },
  "GET /api/work-types/{id}": { path: newWorkType },
  "PUT /api/work-types/{id}": {
    path: newWorkType,
    body: () => ({ name: "Nobody's", stages: [{ name: "Nobody's", weight: 1 }] }),
  },
  "DELETE /api/work-types/{id}": { path: newWorkType },
  "POST /api/jobs/{id}/tracking-link": { path: atJob("/tracking-link") },
  "DELETE /api/jobs/{id}/tracking-link": { path: atJob("/tracking-link") },
  "GET /api/jobs/{id}/viewers": { path: atJob("/viewers") },
  "GET /api/pits/{id}/viewers": { path: atPit("/viewers") },
  "PUT /api/jobs/{id}/rating": {
    path: atJob("/rating"),
    body: () => ({ stars: 1, comment: "Nobody's" }),
  },
  "GET /api/jobs/{id}/rating": { path: atJob("/rating"), answers: [404] },
  "GET /api/ratings": {},
  "GET /api/ratings/summary": {},
  "GET /api/consents": {},
  "POST /api/consents": { body: () => ({ text_version: 1, messages: false }), foreign: "own" },
  "GET /api/consents/history": {},
  "GET /api/consent-texts": {},
  "POST /api/consent-texts": { foreign: "own" },
  "GET /api/customers": {},
  "GET /api/customers/{id}": { path: atCustomer("") },
  "PATCH /api/customers/{id}": { path: atCustomer(""), body: () => ({ disabled: true }) },
  "POST /api/customers/{id}/erase": { path: atCustomer("/erase") },
  "GET /api/customers/{id}/consents": { path: atCustomer("/consents") },
  "GET /api/devices": {},
  "GET /api/devices/{device_id}": { path: atDevice("") },
  "PATCH /api/devices/{device_id}/status": {
    path: atDevice("/status"),
    body: () => ({ status: "disabled" }),
  },
  "POST /api/devices/claim": {
    body: (t) => ({ device_id: t.deviceId, claim_code: "0000-0000-00", pit_id: t.pitId }),
    foreign: ["claim_invalid", "not_found"],
  },
  "POST /api/devices": {
    body: (t) => ({ device_id: t.deviceId, pit_number: 7 }),
    foreign: ["conflict"],
  },
  "GET /api/devices/{device_id}/history": { path: atDevice("/history") },
  "GET /api/devices/{device_id}/commands": { path: atDevice("/commands") },
  "PUT /api/devices/{device_id}/pit": {
    path: atDevice("/pit"),
    body: (t) => ({ pit_id: t.pitId }),
  },
  "PATCH /api/devices/{device_id}/calibration": {
    path: atDevice("/calibration"),
    body: () => ({ temperature_offset_centi: 100 }),
  },
  "POST /api/devices/{device_id}/retire": {
    path: atDevice("/retire"),
    body: () => ({ reason: "nobody" }),
  },
  "GET /api/subscriptions": {},
  "PATCH /api/subscriptions/{id}": {},
  "GET /api/violations": {},
  "GET /api/workshops": {},
  "POST /api/workshops": {},
  "GET /api/workshops/{id}": {},
  "PATCH /api/workshops/{id}": {},
  "POST /api/workshops/{id}/suspend": {},
  "POST /api/workshops/{id}/resume": {},
  "GET /api/message-settings": {},
  "PATCH /api/message-settings": { body: () => ({ daily_cap: 400 }), foreign: "own" },
  "GET /api/message-costs": { path: () => "/api/message-costs?month=2026-11" },
  "POST /api/twilio/receipts": {},
  "POST /api/twilio/inbound": {},
  "GET /api/message-templates": {},
  "PUT /api/message-templates": {
    body: () => ({ kind: "job_started", language: "en", text: "Nobody's {car}." }),
    foreign: "own",
  },
  "GET /api/workshop": {},
  "PATCH /api/workshop": { body: () => ({ name: "Nobody's" }), foreign: "own" },
  "GET /api/device/state": {},
  "GET /api/device/ota": {},
  "GET /api/device/ota/{release_id}/image": {},
  "POST /api/device/ota/reports": {},
  "GET /api/alerts": {},
  "GET /api/alerts/{id}": { path: atAlert("") },
  "GET /api/alerts/{id}/events": { path: atAlert("/events") },
  "POST /api/alerts/{id}/acknowledge": { path: atAlert("/acknowledge") },
  "POST /api/alerts/{id}/snooze": { path: atAlert("/snooze"), body: () => ({ minutes: 10 }) },
  "GET /api/alert-rules": {},
  "PUT /api/alert-rules": { body: () => ({ rules: [] }), foreign: "own" },
  "GET /api/platform/alerts": {},
  "GET /api/platform/servers": {},
  "GET /api/firmware/releases": {},
  "POST /api/firmware/releases": {},
  "GET /api/firmware/releases/{id}": {},
  "GET /api/firmware/campaigns": {},
  "POST /api/firmware/campaigns": {},
  "GET /api/firmware/campaigns/{id}": {},
  "PATCH /api/firmware/campaigns/{id}": {},
  "GET /api/firmware/campaigns/{id}/devices": {},
  "POST /api/factory/batches": {},
};

/** Ids of the target that a query may ask for, by the name of the parameter. */
const asked: Record<string, (target: Tenant) => number | string> = {
  workshop_id: (t) => t.workshopId,
  pit_id: (t) => t.pitId,
  job_id: (t) => t.jobId,
  device_id: (t) => t.deviceId,
  customer_id: (t) => t.customerId,
  user_id: (t) => t.userIds.operator,
  actor_id: (t) => t.userIds.operator,
  staff_id: (t) => t.userIds.operator,
};

interface Person {
  who: string;
  role: string;
  /** What of the target they are to see. */
  sees: "everything" | "the pit" | "the other pit" | "nothing";
  stranger?: true;
  signedIn: () => SignedIn;
}

let target: Tenant;
let foreign: Tenant;
let administrator: SignedIn;
const people: Person[] = [
  { who: "its owner", role: "owner", sees: "everything", signedIn: () => target.owner },
  { who: "its manager", role: "manager", sees: "everything", signedIn: () => target.manager },
  { who: "the pit's operator", role: "operator", sees: "the pit", signedIn: () => target.operator },
  {
    who: "another pit's operator",
    role: "operator",
    sees: "the other pit",
    signedIn: () => target.otherOperator,
  },
  { who: "the job's customer", role: "customer", sees: "the pit", signedIn: () => target.customer },
  {
    who: "another job's customer",
    role: "customer",
    sees: "the other pit",
    signedIn: () => target.otherCustomer,
  },
  {
    who: "another workshop's owner",
    role: "owner",
    sees: "nothing",
    stranger: true,
    signedIn: () => foreign.owner,
  },
  {
    who: "another workshop's manager",
    role: "manager",
    sees: "nothing",
    stranger: true,
    signedIn: () => foreign.manager,
  },
  {
    who: "another workshop's operator",
    role: "operator",
    sees: "nothing",
    stranger: true,
    signedIn: () => foreign.operator,
  },
  {
    who: "another workshop's customer",
    role: "customer",
    sees: "nothing",
    stranger: true,
    signedIn: () => foreign.customer,
  },
  {
    who: "a super administrator",
    role: "super_admin",
    sees: "nothing",
    signedIn: () => administrator,
  },
];

/** A request as the right person would send it. */
interface Request {
  path: string;
  body: unknown;
}
const requests = new Map<string, Request>();

const hasIds = ({ template }: Operation) => template.includes("{");
const rowOf = ({ name }: Operation): Row => rows[name] ?? {};

function scopeOf(operation: Operation): NonNullable<Row["scope"]> {
  const isOfAPit = /^\/api\/(pits|jobs|alerts)\/\{/.test(operation.template);
  return rowOf(operation).scope ?? (isOfAPit ? "pit" : "workshop");
}

type Outcome =
  | "forbidden" // the role has not the permission
  | "hidden" // the target's ids are not there for them
  | "let in" // what the ids name is theirs to use
  | "own data" // no ids: the answer holds what they may see
  | "not tried";

function outcomeFor(operation: Operation, person: Person): Outcome {
  if (!permissions[operation.permission]?.includes(person.role)) return "forbidden";
  const row = rowOf(operation);
  if (row.self) return "not tried";
  if (person.role === "super_admin") return "let in";
  if (!hasIds(operation)) {
    if (operation.method === "GET") return "own data";
    if (!person.stranger) return "let in";
    return row.foreign === "own" ? "not tried" : "hidden";
  }
  const scope = scopeOf(operation);
  const sees = {
    everything: scope !== "owner" || person.who === "its owner",
    "the pit": scope !== "owner",
    "the other pit": scope === "workshop",
    nothing: false,
  };
  return sees[person.sees] ? "let in" : "hidden";
}

const whoGets = (operation: Operation, ...outcomes: Outcome[]) =>
  people.filter((person) => outcomes.includes(outcomeFor(operation, person)));

function ask(operation: Operation, token: string | undefined, from?: string): Promise<Answer> {
  const { path, body } = requests.get(operation.name) as Request;
  return call(operation.method, path, { body, token, ...(from === undefined ? {} : { from }) });
}

function assertRefused(answer: Answer, statuses: number[], codes: string[], who = ""): void {
  const said = `${who}: ${answer.status} ${answer.text}`;
  assert.ok(statuses.includes(answer.status), said);
  assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
  assert.ok(codes.includes(answer.json.code), said);
  const members = ["type", "title", "status", "code", "detail", "errors", "request_id"];
  for (const member of Object.keys(answer.json)) assert.ok(members.includes(member), said);
}

function assertShowsNothing(answer: Answer, who: string): void {
  assert.ok(!answer.text.includes(target.mark), `${who} reads of the pit: ${answer.text}`);
  assert.ok(!answer.text.includes(target.deviceId), `${who} reads of the device: ${answer.text}`);
}

/** The same request for something that does not exist, where it has no body to be wrong. */
const pathToNothing = ({ template }: Operation) =>
  template
    .replace("{device_id}", "ESP32-FFFFFFFFFFFF")
    .replaceAll(/\{[^}]+\}/g, "9007199254740991");

before(async () => {
  [target, foreign, administrator] = [await newTenant(), await newTenant(), await platform()];
  for (const operation of operations) {
    const { path, body } = rowOf(operation);
    requests.set(operation.name, {
      path: (await path?.(target)) ?? operation.template,
      body: body?.(target),
    });
  }
});

test("every endpoint has a row here, and no row is left over", () => {
  const names = operations.map(({ name }) => name);
  const missing = names.filter((name) => !(name in rows));
  assert.deepEqual(missing, [], "new endpoints: add a row to tests/api/access.test.ts");
  assert.deepEqual(
    Object.keys(rows).filter((name) => !names.includes(name)),
    [],
  );
  for (const operation of operations) {
    const isPlatforms = people.every(
      (person) => person.role === "super_admin" || outcomeFor(operation, person) === "forbidden",
    );
    const row = rowOf(operation);
    if (isPlatforms || row.self) continue;
    if (hasIds(operation)) assert.ok(row.path, `${operation.name}: say its path in its row`);
    else if (operation.method !== "GET" && operation.permission !== "anyone")
      assert.ok(row.foreign, `${operation.name}: say in its row what others get (foreign)`);
  }
});

describe("whom an endpoint is not for", () => {
  let untouched: Record<string, string>;
  let batches: number;
  const countBatches = () => count("SELECT FROM platform.device_batches");
  let badTokens: { what: string; token: string | undefined; codes: string[] }[];

  before(async () => {
    const { token } = target.owner;
    const [head, , signature] = token.split(".");
    const otherPayload = forge(token, { wid: 3 }).split(".")[1];
    const key = Buffer.from(secret("jwt_secret"), "hex");
    const past = Math.floor(Date.now() / 1000) - 1;
    const forged = ["unauthenticated"];
    badTokens = [
      { what: "no token", token: undefined, codes: forged },
      { what: "an empty token", token: "", codes: forged },
      { what: "text that is no token", token: "abc", codes: forged },
      { what: "a token signed with another key", token: forge(token, {}), codes: forged },
      {
        what: "a token with another payload",
        token: `${head}.${otherPayload}.${signature}`,
        codes: forged,
      },
      { what: "a token without algorithm", token: forge(token, {}, "none"), codes: forged },
      {
        what: "a token of another algorithm, with the right key",
        token: forge(token, {}, "HS512", key),
        codes: forged,
      },
      { what: "a token without signature", token: token.replace(/[^.]+$/, ""), codes: forged },
      { what: "an expired token", token: resign(token, { exp: past }), codes: ["token_expired"] },
      {
        what: "a token without an end",
        token: resign(token, { exp: undefined }),
        codes: ["token_expired", "unauthenticated"],
      },
      { what: "a token of no known role", token: resign(token, { role: "root" }), codes: forged },
    ];
    untouched = await rowsOf(target.workshopId);
    batches = await countBatches();
  });

  for (const operation of operations) {
    const { name, permission } = operation;
    if (permission === "anyone") continue;
    const isForDevices = permission === "device_self";

    test(`${name} refuses every bad token`, async () => {
      const from = newAddress();
      for (const { what, token, codes } of badTokens) {
        const answer = await ask(operation, token, from);
        assertRefused(answer, [401], isForDevices ? ["unauthenticated"] : codes, what);
      }
    });

    if (isForDevices) {
      test(`${name} is closed to people`, async () => {
        for (const { who, signedIn } of people)
          assertRefused(
            await ask(operation, signedIn().token, newAddress()),
            [401],
            ["unauthenticated"],
            who,
          );
      });
      continue;
    }

    test(`${name} is closed to devices`, async () => {
      const { device_id, mqtt_password } = deviceAt(shine, 1);
      const basic = Buffer.from(`${device_id}:${mqtt_password}`).toString("base64");
      const { path, body } = requests.get(name) as Request;
      const headers = { Authorization: `Basic ${basic}` };
      const answer = await call(operation.method, path, { body, headers, from: newAddress() });
      assertRefused(answer, [401], ["unauthenticated"]);
    });

    const forbidden = whoGets(operation, "forbidden");
    if (forbidden.length > 0)
      test(`${name} is forbidden to ${forbidden.map(({ who }) => who).join(", ")}`, async () => {
        for (const { who, signedIn } of forbidden)
          assertRefused(await ask(operation, signedIn().token), [403], ["forbidden"], who);
      });

    const blind = whoGets(operation, "hidden");
    if (blind.length > 0)
      test(`${name} knows nothing of it for ${blind.map(({ who }) => who).join(", ")}`, async () => {
        const codes = hasIds(operation) ? ["not_found"] : (rowOf(operation).foreign as string[]);
        for (const { who, signedIn } of blind) {
          const answer = await ask(operation, signedIn().token);
          assertRefused(answer, hasIds(operation) ? [404] : [403, 404, 409, 422], codes, who);
          assertShowsNothing(answer, who);
        }
      });
  }

  test("and nothing that was refused has changed anything", async () => {
    assert.ok(Object.keys(untouched).length > 15, "the tables of the workshops are known");
    assert.match(untouched.jobs ?? "", /^2 /);
    assert.deepEqual(await rowsOf(target.workshopId), untouched);
    assert.equal(await countBatches(), batches);
  });
});

describe("whom an endpoint is for", () => {
  for (const operation of operations) {
    const { name, method } = operation;
    if (operation.permission === "anyone") continue;

    const own = whoGets(operation, "own data");
    if (own.length > 0)
      test(`${name} answers what each may see`, async () => {
        const answers = rowOf(operation).answers ?? [200, 204];
        for (const person of own) {
          const answer = await ask(operation, person.signedIn().token);
          assert.ok(answers.includes(answer.status), `${person.who}: ${answer.text}`);
          if (person.sees === "nothing" || person.sees === "the other pit")
            assertShowsNothing(answer, person.who);
        }
      });

    const queries = operation.parameters.filter(({ name: parameter }) => parameter in asked);
    if (own.length > 0 && queries.length > 0)
      test(`${name} answers no more when it is asked for by ${queries.map((q) => q.name).join(", ")}`, async () => {
        const { path } = requests.get(name) as Request;
        for (const person of own.filter(({ stranger }) => stranger))
          for (const { name: parameter } of queries) {
            const id = asked[parameter]?.(target);
            const query = `${path.includes("?") ? "&" : "?"}${parameter}=${id}`;
            const answer = await call(method, path + query, { token: person.signedIn().token });
            const said = `${person.who}, ${query}`;
            assertShowsNothing(answer, said);
            if (parameter === "workshop_id") assertRefused(answer, [403], ["forbidden"], said);
            else assert.ok([200, 403, 404].includes(answer.status), `${said}: ${answer.text}`);
          }
      });

    const letIn = whoGets(operation, "let in");
    if (letIn.length === 0) continue;
    test(`${name} lets in ${letIn.map(({ who }) => who).join(", ")}`, async () => {
      const answers = rowOf(operation).answers ?? [200, 204];
      for (const person of letIn) {
        const { token } = person.signedIn();
        const said = (answer: Answer) => `${person.who}: ${answer.status} ${answer.text}`;
        if (method === "GET") {
          const answer = await ask(operation, token);
          const mayBe = person.role === "super_admin" ? [...answers, 404, 422] : answers;
          assert.ok(mayBe.includes(answer.status), said(answer));
        } else if (operation.hasBody) {
          // Broken on purpose: what it would do is tested elsewhere, here only that it is let in.
          const { path } = requests.get(name) as Request;
          const answer = await call(method, path, { token, rawBody: "{" });
          assert.ok([400, 422].includes(answer.status), said(answer));
        } else {
          const answer = await call(method, pathToNothing(operation), { token });
          assert.ok([404, 422].includes(answer.status), said(answer));
        }
      }
    });
  }
});

test("a token that names another workshop than its user's shows nothing of it", async () => {
  // Only the server can sign this; row-level security must hold even so.
  const token = resign(foreign.owner.token, { wid: target.workshopId });
  const me = await call("GET", "/api/auth/me", { token });
  assert.equal(me.status, 401, me.text);
});

describe("scope inside a workshop", () => {
  const ids = (answer: Answer, member: string): number[] =>
    answer.json.map((one: Record<string, number>) => one[member]);

  test("an operator sees the permitted pits and their jobs only", async () => {
    const { operator, pitId, otherPitId, jobId } = target;
    assert.deepEqual(ids(await operator.get("/api/pits"), "id"), [pitId]);
    assert.deepEqual(ids(await operator.get("/api/jobs"), "job_id"), [jobId]);
    assert.deepEqual((await operator.get(`/api/jobs?pit_id=${otherPitId}`)).json, []);
  });

  test("a customer sees the own job and its pit only", async () => {
    const { customer, pitId, otherPitId, jobId } = target;
    assert.deepEqual(ids(await customer.get("/api/pits"), "id"), [pitId]);
    assert.deepEqual(ids(await customer.get("/api/jobs"), "job_id"), [jobId]);
    assert.deepEqual((await customer.get(`/api/jobs?pit_id=${otherPitId}`)).json, []);
  });
});
