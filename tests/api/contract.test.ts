// What is promised in writing: the committed OpenAPI document, the TypeScript client made from it,
// and the examples of the product's plan (§8.1 to §8.3), request by request.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually, unique } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { payloadOf, publish } from "../support/mqtt.ts";
import { demo, type SignedIn, tryLogin } from "../support/session.ts";
import { deviceAt, loginOf, root, shine } from "../support/stack.ts";
import { newJob, newPit, setStatus } from "../support/workshop.ts";

const committed = join(root, "contracts/openapi.json");

test("the server serves the OpenAPI document that is committed", async () => {
  const served = (await call("GET", "/api/openapi.json")).json;
  assert.deepEqual(
    served,
    JSON.parse(readFileSync(committed, "utf8")),
    "contracts/openapi.json is old: write it anew with `pitview-server openapi`",
  );
});

test("the web's API types are those of the committed document", () => {
  // The generator writes next to itself, so a copy of it writes a copy.
  const folder = mkdtempSync(join(tmpdir(), "pitview-api-"));
  try {
    mkdirSync(join(folder, "src/shared/api"), { recursive: true });
    mkdirSync(join(folder, "scripts"));
    symlinkSync(join(root, "web/node_modules"), join(folder, "node_modules"));
    copyFileSync(join(root, "web/package.json"), join(folder, "package.json"));
    copyFileSync(
      join(root, "web/scripts/generate-api.mjs"),
      join(folder, "scripts/generate-api.mjs"),
    );
    execFileSync(process.execPath, [join(folder, "scripts/generate-api.mjs"), committed]);
    assert.equal(
      readFileSync(join(folder, "src/shared/api/schema.ts"), "utf8"),
      readFileSync(join(root, "web/src/shared/api/schema.ts"), "utf8"),
      "web/src/shared/api/schema.ts is old: `npm run api:generate` in web/",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the API's page for people is there and loads nothing from elsewhere", async () => {
  const page = await call("GET", "/api/docs");
  assert.equal(page.status, 200);
  assert.match(String(page.headers["content-type"]), /^text\/html/);
  assert.doesNotMatch(page.text, /(src|href)="https?:/);
});

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("the plan's examples", () => {
  let owner: SignedIn;
  let pitId: number;
  before(async () => {
    owner = await demo("amit");
    pitId = await newPit();
  });

  test("POST /api/auth/login", async () => {
    const { status, json } = await tryLogin("amit", loginOf("amit").password);
    assert.equal(status, 200);
    assert.equal(typeof json.access_token, "string");
    assert.equal(json.role, "owner");
    assert.equal(json.token_type, "Bearer");
    assert.equal(json.expires_in, 900);
    assert.equal(json.must_change_password, false);
  });

  test("POST /api/auth/logout", async () => {
    const { json } = await tryLogin("amit", loginOf("amit").password);
    const answer = await call("POST", "/api/auth/logout", { token: json.access_token });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, { message: "Logged out successfully" });
  });

  test("GET /api/auth/me", async () => {
    const { json } = await owner.get("/api/auth/me");
    assert.equal(json.username, "amit");
    assert.equal(json.role, "owner");
    assert.ok(Number.isInteger(json.id));
    assert.ok(Number.isInteger(json.workshop_id));
    assert.equal(json.display_name, "Amit Kapoor");
    assert.deepEqual(json.workshop, {
      id: json.workshop_id,
      code: "workshop_001",
      name: "Shine Studio",
      address: "Sector 29, Gurugram",
      phone: "+911244000100",
      timezone: "Asia/Kolkata",
    });
    assert.match(json.server_time, isoTime);
    assert.ok(Math.abs(Date.parse(json.server_time) - Date.now()) < 10_000);
  });

  test("POST /api/jobs", async () => {
    const { status, json, headers } = await owner.post("/api/jobs", {
      customer_name: "John Doe",
      car_model: "Tesla Model 3",
      car_plate: "DL01AB1234",
      pit_id: pitId,
      work_type: "Full PPF",
      estimated_duration_minutes: 360,
    });
    assert.equal(status, 201);
    assert.ok(Number.isInteger(json.job_id));
    assert.match(json.customer_credentials.username, /^johndoe\d*$/);
    assert.ok(json.customer_credentials.password.length >= 10);
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(json.job.job_id, json.job_id);
    assert.equal(json.job.customer_name, "John Doe");
    assert.equal(json.job.car_plate, "DL01AB1234");
    assert.equal(json.job.estimated_duration_minutes, 360);
  });

  test("GET /api/jobs?workshop_id=1&status=in_progress", async () => {
    const workshop = (await owner.get("/api/auth/me")).json.workshop_id;
    const { status, json } = await owner.get(
      `/api/jobs?workshop_id=${workshop}&status=in_progress`,
    );
    assert.equal(status, 200);
    assert.ok(Array.isArray(json) && json.length >= 2);
    for (const job of json) {
      assert.equal(job.status, "in_progress");
      assert.ok(Number.isInteger(job.job_id) && Number.isInteger(job.pit_number));
      assert.equal(typeof job.customer_name, "string");
    }
  });

  test("PATCH /api/jobs/42/status and /time", async () => {
    const { job_id } = await newJob(pitId);
    await setStatus(job_id, "in_progress");
    const status = await owner.patch(`/api/jobs/${job_id}/status`, { status: "quality_check" });
    assert.equal(status.status, 200);
    assert.deepEqual(Object.keys(status.json).sort(), ["job_id", "status", "updated_at"]);
    assert.equal(status.json.job_id, job_id);
    assert.equal(status.json.status, "quality_check");
    assert.match(status.json.updated_at, isoTime);

    const end = new Date(Date.now() + 4 * 3_600_000).toISOString().replace(/\.\d+Z/, "Z");
    const time = await owner.patch(`/api/jobs/${job_id}/time`, { estimated_end_time: end });
    assert.equal(time.status, 200);
    assert.equal(time.json.job_id, job_id);
    assert.equal(Date.parse(time.json.estimated_end_time), Date.parse(end));
    await setStatus(job_id, "completed");
  });

  test("GET /api/pits/{pit_id}/sensors/latest and /history", async () => {
    const device = deviceAt(shine, 2);
    const aqi = unique() % 500;
    const sent = new Date().toISOString();
    await publish(
      device,
      payloadOf(device, { timestamp: sent, temperature: 24.3, humidity: 54.8, aqi }),
    );
    const latest = await eventually("the reading", async () => {
      const { json } = await owner.get(`/api/pits/${device.pit_id}/sensors/latest`);
      return json.timestamp === sent && json;
    });
    assert.equal(latest.temperature, 24.3);
    assert.equal(latest.humidity, 54.8);
    assert.equal(latest.aqi, aqi);
    assert.equal(latest.pressure, 1013.25);
    assert.equal(latest.pit_id, device.pit_id);

    const from = new Date(Date.now() - 60_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const history = await owner.get(
      `/api/pits/${device.pit_id}/sensors/history?from=${from}&to=${to}`,
    );
    assert.equal(history.status, 200);
    const point = history.json.find((one: { timestamp: string }) => one.timestamp === sent);
    assert.deepEqual(point, {
      timestamp: sent,
      temperature: 24.3,
      humidity: 54.8,
      aqi,
      pressure: 1013.25,
    });
  });

  after(async () => {
    const waiting = (await owner.get(`/api/jobs?pit_id=${pitId}&status=waiting`)).json;
    for (const { job_id } of waiting) await setStatus(job_id, "cancelled");
  });
});
