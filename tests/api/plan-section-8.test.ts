// The plan's §8, request by request: its bodies as they are printed, and in the answers the fields
// that it prints. Only what names a particular database (ids, a device of the kit) is our own.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newDeviceId } from "../support/devices.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo, type SignedIn, tryLogin } from "../support/session.ts";
import { deviceAt, loginOf, shine } from "../support/stack.ts";
import { newPit } from "../support/workshop.ts";

const device = deviceAt(shine, 1);
let owner: SignedIn;
let workshopId: number;
let pitId: number;
let jobId: number;

before(async () => {
  owner = await demo("amit");
  pitId = await newPit();
});

/** That the answer has the printed fields with values of the printed types. */
function assertHas(answer: object, printed: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(printed)) {
    const own = (answer as Record<string, unknown>)[name];
    assert.equal(typeof own, typeof value, `${name}: ${JSON.stringify(own)}`);
  }
}

const isTime = (text: string) => assert.ok(!Number.isNaN(Date.parse(text)), text);

describe("8.1 authentication", () => {
  test("POST /api/auth/login", async () => {
    const { status, json } = await tryLogin("amit", loginOf("amit").password);
    assert.equal(status, 200);
    assertHas(json, { access_token: "JWT_TOKEN", role: "owner" });
    assert.equal(json.role, "owner");
    assert.match(json.access_token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test("POST /api/auth/logout", async () => {
    const { json } = await tryLogin("amit", loginOf("amit").password);
    const { status, json: said } = await call("POST", "/api/auth/logout", {
      token: json.access_token,
    });
    assert.equal(status, 200);
    assert.deepEqual(said, { message: "Logged out successfully" });
  });

  test("GET /api/auth/me", async () => {
    const { status, json } = await owner.get("/api/auth/me");
    assert.equal(status, 200);
    assertHas(json, { id: 1, username: "owner1", role: "owner", workshop_id: 1 });
    workshopId = json.workshop_id;
    assert.deepEqual(json.workshop, {
      id: json.workshop_id,
      code: "workshop_001",
      name: "Shine Studio",
      address: "Sector 29, Gurugram",
      phone: "+911244000100",
      timezone: "Asia/Kolkata",
    });
    assert.ok(Math.abs(Date.parse(json.server_time) - Date.now()) < 10_000);
  });
});

describe("8.2 job management", () => {
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
    assertHas(json, { job_id: 42 });
    assertHas(json.customer_credentials, { username: "johndoe", password: "temp123" });
    assert.match(json.customer_credentials.username, /^johndoe\d*$/);
    assert.equal(headers["cache-control"], "no-store", "the password is shown this once");
    jobId = json.job_id;
  });

  test("GET /api/jobs?workshop_id=1&status=in_progress", async () => {
    await owner.patch(`/api/jobs/${jobId}/status`, { status: "in_progress" });
    const { status, json } = await owner.get(
      `/api/jobs?workshop_id=${workshopId}&status=in_progress`,
    );
    assert.equal(status, 200);
    const own = json.find((job: { job_id: number }) => job.job_id === jobId);
    assertHas(own, { job_id: 42, customer_name: "John Doe", pit_number: 1 });
    assert.equal(own.customer_name, "John Doe");
    assert.equal(own.status, "in_progress");
  });

  test("PATCH /api/jobs/42/status", async () => {
    const { status, json } = await owner.patch(`/api/jobs/${jobId}/status`, {
      status: "quality_check",
    });
    assert.equal(status, 200);
    assert.equal(json.job_id, jobId);
    assert.equal(json.status, "quality_check");
    isTime(json.updated_at);
  });

  test("PATCH /api/jobs/42/time", async () => {
    // The plan's day is over; its form is kept: whole seconds, Z.
    const end = `${new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 19)}Z`;
    const { status, json } = await owner.patch(`/api/jobs/${jobId}/time`, {
      estimated_end_time: end,
    });
    assert.equal(status, 200);
    assert.equal(json.job_id, jobId);
    assert.equal(Date.parse(json.estimated_end_time), Date.parse(end));
    await owner.patch(`/api/jobs/${jobId}/status`, { status: "completed" });
  });
});

describe("8.3 live monitoring", () => {
  test("GET /api/pits/{pit_id}/stream", async () => {
    const { status, json } = await owner.get(`/api/pits/${device.pit_id}/stream`);
    assert.equal(status, 200);
    assertHas(json, { stream_url: "https://video.domain.com/pit1/live", protocol: "webrtc" });
    assert.equal(json.protocol, "webrtc");
    assert.ok(URL.canParse(json.stream_url), json.stream_url);
  });

  test("GET /api/pits/{pit_id}/sensors/latest", async () => {
    const timestamp = new Date().toISOString();
    await publishReading(device, { timestamp, temperature: 24.5, humidity: 55.2, aqi: 78 });
    const { temperature, humidity, aqi } = await eventually("the reading", async () => {
      const { json } = await owner.get(`/api/pits/${device.pit_id}/sensors/latest`);
      return json.timestamp === timestamp && json;
    });
    assert.deepEqual(
      { temperature, humidity, aqi },
      { temperature: 24.5, humidity: 55.2, aqi: 78 },
    );
  });

  test("GET /api/pits/{pit_id}/sensors/history?from=…&to=…", async () => {
    const day = new Date().toISOString().slice(0, 10);
    const { status, json } = await owner.get(
      `/api/pits/${device.pit_id}/sensors/history?from=${day}T00:00:00Z&to=${day}T23:59:59Z`,
    );
    assert.equal(status, 200);
    assert.ok(json.length > 0);
    for (const point of json) {
      assertHas(point, { temperature: 24.3, humidity: 54.8, aqi: 76, timestamp: "…" });
      isTime(point.timestamp);
    }
  });
});

describe("8.4 device management", () => {
  const device_id = newDeviceId();

  test("POST /api/devices", async () => {
    const pit_number = (await owner.get(`/api/pits/${await newPit()}`)).json.pit_number;
    const { status, json } = await owner.post("/api/devices", {
      device_id,
      pit_number,
      camera_ip: "192.168.1.100",
      camera_model: "Hikvision DS-2CD1323G0E-I",
    });
    assert.equal(status, 201);
    assertHas(json, { license_key: "LIC-4F8D-9K2L-3P7Q", status: "active" });
    assert.equal(json.status, "active");
  });

  test("PATCH /api/devices/{device_id}/status", async () => {
    const { status, json } = await owner.patch(`/api/devices/${device_id}/status`, {
      status: "disabled",
      reason: "maintenance",
    });
    assert.equal(status, 200);
    assertHas(json, { device_id, status: "disabled", command_sent: true });
    assert.equal(json.status, "disabled");
  });
});

describe("8.5 WebSocket events", () => {
  test("ws://domain.com/ws?token=JWT_TOKEN: sensor_update and job_status", async () => {
    const live = new Live(`token=${owner.token}`);
    await live.next("snapshot");
    const timestamp = new Date().toISOString();
    await publishReading(device, { timestamp, temperature: 24.5, humidity: 55.2, aqi: 78 });
    const reading = await live.next("sensor_update", ({ data }) => data.timestamp === timestamp);
    const { pit_id, temperature, humidity, aqi } = reading.data;
    assert.deepEqual(
      { pit_id, temperature, humidity, aqi },
      { pit_id: device.pit_id, temperature: 24.5, humidity: 55.2, aqi: 78 },
    );

    const created = await owner.post("/api/jobs", {
      customer_name: "John Doe",
      car_model: "Tesla Model 3",
      car_plate: "DL01AB1234",
      pit_id: pitId,
      work_type: "Full PPF",
      estimated_duration_minutes: 360,
    });
    const id = created.json.job_id;
    await owner.patch(`/api/jobs/${id}/status`, { status: "in_progress" });
    await owner.patch(`/api/jobs/${id}/status`, { status: "quality_check" });
    const { data } = await live.next(
      "job_status",
      (frame) => frame.data.job_id === id && frame.data.status === "quality_check",
    );
    assertHas(data, { job_id: 42, status: "quality_check" });
    await owner.patch(`/api/jobs/${id}/status`, { status: "cancelled" });
    await live.close();
  });
});
