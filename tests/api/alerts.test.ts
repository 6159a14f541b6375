// From a reading to an alert and back: rules, what raises and what does not, what people do about it,
// who sees it, and that a killed server neither forgets nor repeats.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { put as putAs } from "../support/customers.ts";
import { execute, quoted, rows } from "../support/database.ts";
import { claim, deviceTopic, issueOne, Listener } from "../support/devices.ts";
import { eventually } from "../support/eventually.ts";
import { claimedDevices } from "../support/fleet.ts";
import type { Answer } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { metric } from "../support/metrics.ts";
import { payloadOf, publish, publishLines, publishReading, type Reading } from "../support/mqtt.ts";
import { killServer } from "../support/server.ts";
import { demo, type SignedIn, signIn } from "../support/session.ts";
import { type Device, loginOf, stack } from "../support/stack.ts";
import { newAlert, newOperator, newPit, newWorkshop } from "../support/workshop.ts";

interface Bay {
  owner: SignedIn;
  code: string;
  pitId: number;
  device: Device;
}

// biome-ignore lint/suspicious/noExplicitAny: looked at by the tests
type Alert = any;

/** The plan's limits, without waiting. */
const atOnce = {
  high_aqi: { high: 150, critical_high: 200, hysteresis: 10 },
  temp_out_of_range: { low: 15, high: 35, hysteresis: 0.5 },
  humidity_out_of_range: { low: 30, high: 70, hysteresis: 2 },
  dew_point_margin: { low: 3, hysteresis: 0.5 },
  device_offline: { enabled: false },
};
const rule = (alert_type: string, change: object = {}) => ({
  alert_type,
  enabled: true,
  severity: "warning",
  for_seconds: 0,
  ...atOnce[alert_type as keyof typeof atOnce],
  ...change,
});
const rulesAtOnce = (change: Record<string, object> = {}) =>
  Object.keys(atOnce).map((type) => rule(type, change[type]));

async function setRules(bay: Bay, rules: object[], scope: object = {}): Promise<void> {
  const answer = await putAs(bay.owner, "/api/alert-rules", { ...scope, rules });
  assert.equal(answer.status, 200, answer.text);
}

/** A workshop with one pit and a device there that the broker lets in; judged at once. */
async function newBay(): Promise<Bay> {
  const { owner, pitId, code } = await newWorkshop();
  const issued = await issueOne();
  const answer = await claim(issued, pitId, owner);
  assert.equal(answer.status, 200, answer.text);
  const pit_number = answer.json.device.pit_number as number;
  const device = { ...issued, workshop_code: code, pit_id: pitId, pit_number };
  (await Listener.open(device)).close();
  const bay = { owner, code, pitId, device };
  await setRules(bay, rulesAtOnce());
  return bay;
}

const list = async (session: SignedIn, query = ""): Promise<Alert[]> => {
  const answer = await session.get(`/api/alerts?limit=200${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const openOf = async (bay: Bay, type: string): Promise<Alert | undefined> =>
  (await list(bay.owner, `&open=true&alert_type=${type}`))[0];

/** Measures so until there is such an alert: rules that were just set hold a moment later. */
const raised = (bay: Bay, type: string, reading: Reading): Promise<Alert> =>
  eventually(`${type} is raised`, async () => {
    await publishReading(bay.device, reading);
    return openOf(bay, type);
  });
const get = async (bay: Bay, alert: Alert): Promise<Alert> => {
  const answer = await bay.owner.get(`/api/alerts/${alert.id}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const becomes = (bay: Bay, alert: Alert, holds: (alert: Alert) => boolean): Promise<Alert> =>
  eventually("the alert changes", async () => {
    const now = await get(bay, alert);
    return holds(now) ? now : undefined;
  });
const isOver = (alert: Alert): boolean => alert.resolved_at !== null;

async function historyOf(bay: Bay, alert: Alert): Promise<string[]> {
  const answer = await bay.owner.get(`/api/alerts/${alert.id}/events`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.map((event: { event: string }) => event.event);
}

function assertFields(answer: Answer, fields: string[]): void {
  assert.equal(answer.status, 422, answer.text);
  assert.equal(answer.json.code, "validation_failed");
  assert.deepEqual(
    answer.json.errors.map((error: { field: string }) => error.field).sort(),
    [...fields].sort(),
    answer.text,
  );
}

const auditOf = (action: string, subjectId: number) =>
  rows(`SELECT before, after FROM audit_log WHERE action = ${quoted(action)}
          AND subject_id = ${subjectId} ORDER BY id`);

let bay: Bay;
before(async () => {
  bay = await newBay();
});

describe("rules", () => {
  let workshop: { owner: SignedIn; pitId: number; code: string };
  let workshopId: number;
  before(async () => {
    workshop = await newWorkshop();
    workshopId = (await workshop.owner.get("/api/auth/me")).json.workshop_id;
    await execute(
      `WITH t AS (INSERT INTO work_type_templates (workshop_id, name, default_minutes, position)
                  VALUES (${workshopId}, 'Ceramic', 60, 1) RETURNING id)
       INSERT INTO template_stages (workshop_id, template_id, position, name, weight)
       SELECT ${workshopId}, id, 1, 'Coating', 1 FROM t`,
    );
  });
  const rulesOf = async (query = ""): Promise<Alert[]> =>
    (await workshop.owner.get(`/api/alert-rules${query}`)).json;

  test("are the plan's until somebody sets others", async () => {
    const standard = await rulesOf();
    assert.ok(standard.every(({ source, enabled }) => source === "standard" && enabled));
    const short = standard.map(({ alert_type, low, high, critical_high, for_seconds, unit }) =>
      [alert_type, low, high, critical_high, for_seconds, unit].join(" "),
    );
    assert.deepEqual(short, [
      "high_aqi  150 200 60 ",
      "temp_out_of_range 15 35  60 °C",
      "humidity_out_of_range 30 70  60 %",
      "dew_point_margin 3   60 °C",
      "camera_offline    30 ",
      "device_offline    60 ",
    ]);
  });

  test("with faults are refused with every field, and nothing is changed", async () => {
    const put = (rules: object[], scope: object = {}) =>
      putAs(workshop.owner, "/api/alert-rules", { ...scope, rules });
    assertFields(
      await put([
        rule("temp_out_of_range", { low: 36, high: 35 }),
        rule("humidity_out_of_range", { hysteresis: 20 }),
        rule("high_aqi", { critical_high: 140, for_seconds: -1 }),
        rule("dew_point_margin", { low: null }),
        rule("device_offline", { high: 5, for_seconds: 100_000 }),
        rule("server_cpu", { high: 50 }),
        rule("high_aqi"),
      ]),
      [
        "rules[0].high",
        "rules[1].hysteresis",
        "rules[2].critical_high",
        "rules[2].for_seconds",
        "rules[3].low",
        "rules[4].for_seconds",
        "rules[4].high",
        "rules[5].alert_type",
        "rules[6].alert_type",
      ],
    );
    assertFields(
      await put([rule("high_aqi", { for_seconds: 1e18, escalate_after_seconds: -1e18 })]),
      ["rules[0].escalate_after_seconds", "rules[0].for_seconds"],
    );
    assertFields(await put([{ alert_type: "party" }]), [
      "rules[0].alert_type",
      "rules[0].enabled",
      "rules[0].for_seconds",
      "rules[0].severity",
    ]);
    assertFields(await put([], { work_type: "Full PPF" }), ["work_type"]);
    assertFields(await put([], { work_type: "Ceramic", stage: "Curing" }), ["stage"]);
    assertFields(await put([], { stage: "Coating" }), ["work_type"]);
    assert.ok((await rulesOf()).every(({ source }) => source === "standard"));
  });

  test("of a stage go before those of its work type, and these before the workshop's", async () => {
    const put = (low: number, scope: object) =>
      putAs(workshop.owner, "/api/alert-rules", {
        ...scope,
        rules: [rule("temp_out_of_range", { low })],
      });
    await put(16, {});
    await put(17, { work_type: "ceramic" });
    const answer = await put(18, { work_type: "Ceramic", stage: "coating" });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json[1].low, 18);
    const judged = async (query: string) => {
      const { low, source } = (await rulesOf(query))[1];
      return `${low} ${source}`;
    };
    assert.equal(await judged(""), "16 workshop");
    assert.equal(await judged("?work_type=Other&stage=Coating"), "16 workshop");
    assert.equal(await judged("?work_type=Ceramic"), "17 work_type");
    assert.equal(await judged("?work_type=Ceramic&stage=Other"), "17 work_type");
    assert.equal(await judged("?work_type=Ceramic&stage=Coating"), "18 stage");
    await putAs(workshop.owner, "/api/alert-rules", { work_type: "Ceramic", rules: [] });
    assert.equal(await judged("?work_type=Ceramic"), "16 workshop");
    assert.equal(await judged("?work_type=Ceramic&stage=Coating"), "18 stage");

    const audited = await auditOf("alert_rules.replace", workshopId);
    assert.equal(audited.length, 4);
    assert.equal(audited[3].before.rules[0].low, 17);
    assert.deepEqual(audited[3].after, { work_type: "Ceramic", stage: "", rules: [] });
  });

  test("set at the same time are one of them, whole", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        putAs(workshop.owner, "/api/alert-rules", {
          rules: [rule("temp_out_of_range", { low: i }), rule("humidity_out_of_range", { low: i })],
        }),
      ),
    );
    assert.ok(answers.every(({ status }) => status === 200));
    const [, temperature, humidity] = await rulesOf();
    assert.equal(temperature.low, humidity.low);
  });

  test("hold where the work is", async () => {
    const other = await newBay();
    const id = (await other.owner.get("/api/auth/me")).json.workshop_id;
    await execute(
      `WITH t AS (INSERT INTO work_type_templates (workshop_id, name, default_minutes, position)
                  VALUES (${id}, 'Ceramic', 60, 1) RETURNING id)
       INSERT INTO template_stages (workshop_id, template_id, position, name, weight)
       SELECT ${id}, id, n, 'Stage ' || n, 1 FROM t, generate_series(1, 2) n`,
    );
    const scope = { work_type: "Ceramic", stage: "Stage 2" };
    await setRules(other, [rule("humidity_out_of_range", { high: 50 })], scope);
    await publishReading(other.device, { humidity: 60 });
    const job = await other.owner.post("/api/jobs", {
      customer_name: "Stage Tester",
      car_model: "Car",
      car_plate: "DL 1",
      pit_id: other.pitId,
      work_type: "Ceramic",
    });
    assert.equal(job.status, 201, job.text);
    const at = `/api/jobs/${job.json.job_id}`;
    assert.equal((await other.owner.patch(`${at}/status`, { status: "in_progress" })).status, 200);
    await publishReading(other.device, { humidity: 60 });
    assert.equal((await other.owner.patch(`${at}/stage`, { stage: 2 })).status, 200);
    const alert = await raised(other, "humidity_out_of_range", { humidity: 60 });
    assert.equal((await list(other.owner)).length, 1, "not before the stage began");
    assert.equal((await other.owner.patch(`${at}/status`, { status: "cancelled" })).status, 200);
    await eventually("by the workshop's rules it is over", async () => {
      await publishReading(other.device, { humidity: 60 });
      return isOver(await get(other, alert));
    });
  });
});

describe("a reading", () => {
  test("beyond a limit raises an alert, live and in the list; one well inside ends it", async () => {
    const live = await Live.open(bay.owner);
    const count = await metric("pitview_alerts_raised_total", { type: "humidity_out_of_range" });
    const alert = await raised(bay, "humidity_out_of_range", { humidity: 72.4 });
    const message = "Humidity 72.4 %: start the dehumidifier and lay no film.";
    assert.deepEqual(
      { ...alert, id: 0, workshop_id: 0, created_at: "" },
      {
        id: 0,
        workshop_id: 0,
        pit_id: bay.pitId,
        pit_number: bay.device.pit_number,
        alert_type: "humidity_out_of_range",
        severity: "warning",
        message,
        state: "open",
        acknowledged: false,
        acknowledged_by: null,
        acknowledged_at: null,
        snoozed_until: null,
        value: 72.4,
        created_at: "",
        resolved_at: null,
      },
    );
    const { data } = await live.next("alert", (frame) => frame.data.id === alert.id);
    assert.deepEqual(data, { ...alert, change: "raised" });
    assert.equal(
      await metric("pitview_alerts_raised_total", { type: "humidity_out_of_range" }),
      count + 1,
    );

    await publishReading(bay.device, { humidity: 68.5 });
    const other = await raised(bay, "temp_out_of_range", { temperature: 36, humidity: 68.5 });
    assert.equal((await get(bay, alert)).resolved_at, null, "not back by the hysteresis");
    await publishReading(bay.device, { humidity: 68 });
    const over = await becomes(bay, alert, isOver);
    assert.equal(over.state, "resolved");
    await becomes(bay, other, isOver);
    const end = await live.next(
      "alert",
      (f) => f.data.id === alert.id && f.data.change !== "raised",
    );
    assert.equal(end.data.change, "resolved");
    assert.deepEqual(await historyOf(bay, alert), ["raised", "resolved"]);
    const { json } = await bay.owner.get(`/api/alerts/${alert.id}/events`);
    assert.deepEqual(
      json.map(({ detail, value, by }: Alert) => [detail, value, by]),
      [
        [message, 72.4, null],
        ["back_to_normal", null, null],
      ],
    );
    await live.close();
  });

  test("that is replayed, old, of a sensor that learns, or without a value raises none", async () => {
    const fresh = await newBay();
    await raised(fresh, "temp_out_of_range", { temperature: 40, humidity: null });
    const silent: Reading[] = [
      { aqi: 400, replay: true },
      { aqi: 400, timestamp: new Date(Date.now() - 6 * 60_000).toISOString() },
      { aqi: 400, iaq_accuracy: 0 },
      { aqi: 400, iaq_accuracy: 1 },
      { aqi: null, temperature: null, humidity: null },
      { aqi: "400" },
    ];
    for (const reading of silent)
      await publishReading(fresh.device, { temperature: 40, ...reading });
    await raised(fresh, "humidity_out_of_range", { aqi: null, temperature: null, humidity: 20 });
    const types = (await list(fresh.owner)).map(({ alert_type }) => alert_type);
    assert.deepEqual(types.sort(), ["humidity_out_of_range", "temp_out_of_range"]);
    assert.ok(await openOf(fresh, "temp_out_of_range"), "nor does one without a value end one");
    await raised(fresh, "high_aqi", { aqi: 160, iaq_accuracy: 2 });
  });

  test("raises none before it has been so for long enough", async () => {
    const patient = await newBay();
    const { pitId, device, owner } = patient;
    await execute(
      `UPDATE device_assignments SET assigned_at = now() - interval '1 hour' WHERE pit_id = ${pitId}`,
    );
    await setRules(patient, [rule("humidity_out_of_range", { for_seconds: 60 })]);
    const live = await Live.open(owner);
    const start = Date.now() - 240_000;
    await eventually("what it measured minutes ago is shown", async () => {
      const timestamp = new Date(start - 5_000 + live.frames.length).toISOString();
      await publishReading(device, { timestamp });
      return live.all("sensor_update").length > 0;
    });
    const seconds = [0, 10, 20, 30, /* good */ 40, 50, 60, 70, 80, 90, 100, 110, 120];
    await publishLines(
      device,
      seconds.map((second) =>
        payloadOf(device, {
          timestamp: new Date(start + second * 1000).toISOString(),
          humidity: second === 40 ? 60 : 75,
        }),
      ),
    );
    const { data } = await live.next("alert");
    assert.equal(data.created_at, new Date(start + 110_000).toISOString());
    assert.equal(data.message, "Humidity 75 % for 1 min: start the dehumidifier and lay no film.");
    assert.equal((await list(owner)).length, 1);
    await live.close();
  });

  test("of worse air makes the alert critical, and whoever had taken notice is to look again", async () => {
    const alert = await raised(bay, "high_aqi", { aqi: 160 });
    assert.equal(alert.severity, "warning");
    await bay.owner.post(`/api/alerts/${alert.id}/acknowledge`);
    const live = await Live.open(bay.owner);
    await publishReading(bay.device, { aqi: 230 });
    const { data } = await live.next("alert", (frame) => frame.data.id === alert.id);
    assert.equal(data.change, "escalated");
    assert.equal(data.severity, "critical");
    assert.equal(data.state, "open");
    assert.match(data.message, /^Air quality \(VOC\) index 230.*: stop the work/);
    await publishReading(bay.device, { aqi: 160 });
    await publishReading(bay.device, { aqi: 100 });
    const over = await becomes(bay, alert, isOver);
    assert.equal(over.severity, "critical");
    assert.deepEqual(await historyOf(bay, alert), [
      "raised",
      "acknowledged",
      "escalated",
      "resolved",
    ]);
    await live.close();
  });
});

describe("people", () => {
  test("acknowledge an alert once, and are named", async () => {
    const alert = await raised(bay, "temp_out_of_range", { temperature: 10 });
    const answer = await bay.owner.post(`/api/alerts/${alert.id}/acknowledge`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.state, "acknowledged");
    assert.equal(answer.json.acknowledged_by, "Owner");
    const operator = await newOperator(bay.pitId);
    const again = await operator.post(`/api/alerts/${alert.id}/acknowledge`);
    assert.deepEqual(again.json, answer.json, "whoever was first stays");
    assert.deepEqual(await auditOf("alert.acknowledge", alert.id), [
      {
        before: { acknowledged: false, snoozed_until: null },
        after: { acknowledged: true, snoozed_until: null },
      },
    ]);
    assert.deepEqual(
      (await list(bay.owner, "&open=true&acknowledged=true")).map(({ id }) => id),
      [alert.id],
    );
    await publishReading(bay.device);
    await becomes(bay, alert, isOver);
  });

  test("snooze an alert that lasts, for a minute to a day", async () => {
    const alert = await raised(bay, "temp_out_of_range", { temperature: 10 });
    const snooze = (body: object) => bay.owner.post(`/api/alerts/${alert.id}/snooze`, body);
    for (const body of [{}, { minutes: 0 }, { minutes: 1441 }, { minutes: 1.5 }])
      assertFields(await snooze(body), ["minutes"]);
    const { json } = await snooze({ minutes: 30 });
    assert.equal(json.state, "snoozed");
    const minutes = (Date.parse(json.snoozed_until) - Date.now()) / 60_000;
    assert.ok(minutes > 29 && minutes <= 30, `${minutes} min`);
    await publishReading(bay.device);
    const over = await becomes(bay, alert, isOver);
    assert.equal(over.snoozed_until, null);
    const late = await snooze({ minutes: 5 });
    assert.equal(late.status, 409, late.text);
    assert.equal(late.json.code, "conflict");
    const noticed = await bay.owner.post(`/api/alerts/${alert.id}/acknowledge`);
    assert.equal(noticed.json.state, "resolved");
    assert.equal(noticed.json.acknowledged, true);
    assert.deepEqual(await historyOf(bay, alert), [
      "raised",
      "snoozed",
      "resolved",
      "acknowledged",
    ]);
  });

  test("who do nothing let it become critical", async () => {
    const quiet = await newBay();
    const change = { escalate_after_seconds: 5 };
    await setRules(
      quiet,
      rulesAtOnce({ temp_out_of_range: change, humidity_out_of_range: change }),
    );
    const seen = await raised(quiet, "humidity_out_of_range", { humidity: 80 });
    await quiet.owner.post(`/api/alerts/${seen.id}/snooze`, { minutes: 30 });
    const ignored = await raised(quiet, "temp_out_of_range", { temperature: 40, humidity: 80 });
    await becomes(quiet, ignored, ({ severity }) => severity === "critical");
    assert.deepEqual(await historyOf(quiet, ignored), ["raised", "escalated"]);
    // Raised earlier: if it were to escalate it would have.
    assert.deepEqual(await historyOf(quiet, seen), ["raised", "snoozed"]);
  });

  test("find alerts by what they ask for, page by page", async () => {
    const { owner, code } = await newWorkshop();
    const [first, second] = [await newPit(code), await newPit(code)];
    await execute(
      `INSERT INTO alerts (workshop_id, pit_id, alert_type, severity, message, created_at, resolved_at)
       SELECT workshop_id, id, 'temp_out_of_range', CASE WHEN n > 3 THEN 'critical' ELSE 'warning' END,
              'It is cold', timestamptz '2026-01-01' + n * interval '1 day', timestamptz '2026-02-01'
       FROM pits, generate_series(1, 5) n WHERE id = ${first}`,
    );
    const open = await newAlert(second);
    const days = async (query: string) =>
      (await list(owner, query)).map(({ created_at }) => Number(created_at.slice(8, 10)));
    assert.deepEqual(await days("&open=false"), [6, 5, 4, 3, 2]);
    assert.deepEqual(await days(`&pit_id=${first}&severity=critical`), [6, 5]);
    assert.deepEqual(await days("&from=2026-01-03T00:00:00Z&to=2026-01-05T00:00:00Z"), [4, 3]);
    assert.deepEqual(
      (await list(owner, "&open=true")).map(({ id }) => id),
      [open],
    );
    assert.deepEqual(await days("&alert_type=humidity_out_of_range"), []);
    assertFields(await owner.get("/api/alerts?alert_type=party&severity=loud&open=maybe&limit=0"), [
      "alert_type",
      "limit",
      "open",
      "severity",
    ]);
    const ids: number[] = [];
    let path = "/api/alerts?limit=2";
    while (path !== "") {
      const answer = await owner.get(path);
      ids.push(...answer.json.map(({ id }: Alert) => id));
      path = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link ?? ""))?.[1] ?? "";
    }
    assert.equal(ids.length, 6);
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => b - a),
    );
  });
});

describe("walls", () => {
  // One of its own: a pit that flaps is held back, and so would these be.
  before(async () => {
    bay = await newBay();
  });
  test("an operator sees and handles alerts at permitted pits only", async () => {
    const elsewhere = await newOperator(await newPit(bay.code));
    const here = await newOperator(bay.pitId);
    const lives = await Promise.all([Live.open(elsewhere), Live.open(here)]);
    const alert = await raised(bay, "temp_out_of_range", { temperature: 5 });
    await lives[1].next("alert", (frame) => frame.data.id === alert.id);
    assert.deepEqual(await list(elsewhere), []);
    assert.deepEqual(await list(elsewhere, `&pit_id=${bay.pitId}`), []);
    for (const answer of [
      await elsewhere.get(`/api/alerts/${alert.id}`),
      await elsewhere.get(`/api/alerts/${alert.id}/events`),
      await elsewhere.post(`/api/alerts/${alert.id}/acknowledge`),
      await elsewhere.post(`/api/alerts/${alert.id}/snooze`, { minutes: 5 }),
    ]) {
      assert.equal(answer.status, 404, answer.text);
      assert.equal(answer.json.code, "not_found");
    }
    assert.equal((await here.get(`/api/alerts/${alert.id}`)).status, 200);
    const { json } = await here.post(`/api/alerts/${alert.id}/acknowledge`);
    assert.equal(json.acknowledged_by, "Operator");
    assert.equal((await putAs(elsewhere, "/api/alert-rules", { rules: [] })).status, 403);
    await publishReading(bay.device);
    await lives[1].next("alert", (f) => f.data.id === alert.id && f.data.change === "resolved");
    assert.deepEqual(lives[0].all("alert"), []);
    for (const live of lives) await live.close();
  });

  test("a customer whose car is there hears of none", async () => {
    const owner = bay.owner;
    const created = await owner.post("/api/jobs", {
      customer_name: "Guest",
      car_model: "Car",
      car_plate: "DL 2",
      pit_id: bay.pitId,
      work_type: "Wash",
      estimated_duration_minutes: 60,
    });
    assert.equal(created.status, 201, created.text);
    const at = `/api/jobs/${created.json.job_id}/status`;
    await owner.patch(at, { status: "in_progress" });
    const { username, password } = created.json.customer_credentials;
    const customer = await signIn(username, password);
    const live = await Live.open(customer);
    const alert = await raised(bay, "temp_out_of_range", { temperature: 5 });
    await publishReading(bay.device, { temperature: 24.25 });
    await becomes(bay, alert, isOver);
    await live.next("sensor_update", (frame) => frame.data.temperature === 24.25);
    // Both changes are committed; what is published now comes after them.
    const timestamp = new Date().toISOString();
    await publishReading(bay.device, { timestamp });
    await live.next("sensor_update", (frame) => frame.data.timestamp === timestamp);
    assert.deepEqual(live.all("alert"), []);
    for (const path of ["/api/alerts", `/api/alerts/${alert.id}`, "/api/alert-rules"])
      assert.equal((await customer.get(path)).status, 403);
    await live.close();
    await owner.patch(at, { status: "cancelled" });
  });

  test("another workshop's people see and hear nothing of it", async () => {
    const neha = await demo("neha");
    const live = await Live.open(neha);
    const alert = await raised(bay, "temp_out_of_range", { temperature: 5 });
    assert.equal((await neha.get(`/api/alerts/${alert.id}`)).status, 404);
    assert.equal((await neha.post(`/api/alerts/${alert.id}/acknowledge`)).status, 404);
    assert.equal((await neha.get(`/api/alerts?workshop_id=${alert.workshop_id}`)).status, 403);
    assert.ok((await list(neha)).every(({ workshop_id }) => workshop_id !== alert.workshop_id));
    await publishReading(bay.device);
    await becomes(bay, alert, isOver);
    assert.ok(live.all("alert").every(({ data }) => data.workshop_id !== alert.workshop_id));
    await live.close();
  });

  test("alerts of the servers are the platform's", async () => {
    const platform = await demo("platform");
    const [id] = await execute(
      `INSERT INTO alerts (workshop_id, alert_type, severity, message, value, resolved_at)
       VALUES (1, 'disk_space', 'warning', 'A disk of the server is 87 % full', 87, now()) RETURNING id`,
    );
    const answer = await platform.get("/api/platform/alerts?alert_type=disk_space&open=false");
    assert.equal(answer.status, 200, answer.text);
    const found = answer.json.find((alert: Alert) => alert.id === Number(id));
    assert.equal(found.pit_id, null);
    assert.equal(found.value, 87);
    assert.ok((await list(bay.owner)).every(({ alert_type }) => alert_type !== "disk_space"));
  });
});

describe("a device", () => {
  test("that falls silent is missed, and not any more when it speaks", async () => {
    const silent = await newBay();
    await setRules(silent, [rule("device_offline", { enabled: true, for_seconds: 2 })]);
    await publishReading(silent.device);
    const alert = await eventually("it is missed", () => openOf(silent, "device_offline"));
    assert.equal(alert.value, null);
    assert.match(alert.message, /^Sensor box offline for \d s: check its power supply/);
    await publishReading(silent.device);
    await becomes(silent, alert, isOver);
  });

  test("whose last will has been said is missed, whatever of it still arrives", async () => {
    const gone = await newBay();
    await setRules(gone, [rule("device_offline", { enabled: true, for_seconds: 2 })]);
    await publishReading(gone.device);
    const status = (status: string) =>
      publish(gone.device, JSON.stringify({ status }), deviceTopic(gone.device, "status"));
    const before = Date.now() - 1000;
    await status("online");
    await status("offline");
    let late = 0;
    const alert = await eventually("it is missed", async () => {
      late += 1;
      const timestamp = new Date(before + late).toISOString();
      await publishReading(gone.device, { timestamp });
      return openOf(gone, "device_offline");
    });
    await status("online");
    await becomes(gone, alert, isOver);
  });

  test("that was switched off is not missed", async () => {
    const off = await newBay();
    await setRules(off, [
      rule("device_offline", { enabled: true, for_seconds: 1 }),
      rule("high_aqi"),
    ]);
    await raised(off, "high_aqi", { aqi: 170 });
    await eventually("it is missed", () => openOf(off, "device_offline"));
    const path = `/api/devices/${off.device.device_id}/status`;
    assert.equal((await off.owner.patch(path, { status: "disabled" })).status, 200);
    await eventually("all is over", async () => (await list(off.owner, "&open=true")).length === 0);
    const [event] = await rows(
      `SELECT detail FROM alert_events WHERE event = 'resolved' AND alert_id IN
         (SELECT id FROM alerts WHERE pit_id = ${off.pitId} AND alert_type = 'device_offline')`,
    );
    assert.equal(event.detail, "not_watched");
    // A second of silence would raise it: the other pit's device proves that one was looked for.
    const other = await newBay();
    await setRules(other, [rule("device_offline", { enabled: true, for_seconds: 2 })]);
    await publishReading(other.device);
    await eventually("another one is missed", () => openOf(other, "device_offline"));
    assert.deepEqual(await list(off.owner, "&open=true"), []);
  });
});

test("a pit in maintenance raises none, and what was open is over", async () => {
  const pit = await newBay();
  const setStatus = (status: string) =>
    execute(`UPDATE pits SET status = ${quoted(status)} WHERE id = ${pit.pitId}`);
  const alert = await raised(pit, "high_aqi", { aqi: 170 });
  await setStatus("maintenance");
  await becomes(pit, alert, isOver);
  await publishReading(pit.device, { aqi: 170, temperature: 5 });
  await setStatus("active");
  const again = await raised(pit, "high_aqi", { aqi: 170 });
  assert.notEqual(again.id, alert.id);
  assert.equal((await list(pit.owner)).length, 2);
});

describe("kill -9", () => {
  test("an open alert is neither raised twice nor lost, and ends when it should", async () => {
    const pit = await newBay();
    const lasting = await raised(pit, "high_aqi", { aqi: 170 });
    const ending = await raised(pit, "temp_out_of_range", { aqi: 170, temperature: 5 });
    await pit.owner.post(`/api/alerts/${lasting.id}/snooze`, { minutes: 30 });
    await execute(`UPDATE alerts SET snoozed_until = now() WHERE id = ${lasting.id}`);
    await killServer();
    // The snooze has ended while nobody watched.
    await becomes(pit, lasting, ({ snoozed_until }) => snoozed_until === null);
    await publishReading(pit.device, { aqi: 170 });
    await becomes(pit, ending, isOver);
    await publishReading(pit.device, { aqi: 175 });
    await raised(pit, "humidity_out_of_range", { aqi: 175, humidity: 20 });
    assert.equal((await get(pit, lasting)).resolved_at, null);
    assert.deepEqual(
      (await list(pit.owner, "&alert_type=high_aqi")).map(({ id }) => id),
      [lasting.id],
    );
    assert.deepEqual(await historyOf(pit, lasting), ["raised", "snoozed", "snooze_ended"]);
    await publishReading(pit.device);
    await becomes(pit, lasting, isOver);
  });
});

test("100 pits that flap at once raise five alerts each, and the rest is counted", async () => {
  const fleet = await claimedDevices(stack, 100);
  const [device] = fleet;
  assert.ok(device !== undefined);
  const code = device.workshop_code;
  const [username = ""] = await execute(
    `SELECT u.username FROM users u JOIN workshops w ON w.id = u.workshop_id
      WHERE w.code = ${quoted(code)} AND u.role = 'owner'`,
  );
  const owner = await signIn(username, loginOf("amit").password);
  const storm = { owner, code, pitId: device.pit_id, device };
  await setRules(storm, rulesAtOnce());
  const live = await Live.open(owner);
  const heldBack = await metric("pitview_alerts_held_back");
  // Of one pit, until the rules hold.
  await eventually("the rules hold", async () => {
    await publishReading(device, { temperature: 40 });
    return live.all("alert").length > 0;
  });
  const flap = async (flapping: Device): Promise<void> => {
    const start = Date.now();
    const payloads = Array.from({ length: 20 }, (_, i) =>
      payloadOf(flapping, {
        timestamp: new Date(start + i).toISOString(),
        humidity: i % 2 === 0 ? 75 : 50,
      }),
    );
    await eventually("the broker lets it in", async () => {
      await publishLines(flapping, payloads);
      return true;
    });
  };
  const waiting = [...fleet];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await flap(next);
  };
  await Promise.all(Array.from({ length: 8 }, worker));

  const humidity = (change: string) =>
    live
      .all("alert")
      .filter(({ data }) => data.alert_type === "humidity_out_of_range" && data.change === change);
  await eventually(
    "every alert is raised and over",
    () => humidity("resolved").length === 500,
    60_000,
  );
  assert.equal(humidity("raised").length, 500);
  const perPit = await rows(
    `SELECT a.pit_id, count(*)::int AS times FROM alerts a JOIN workshops w ON w.id = a.workshop_id
      WHERE w.code = ${quoted(code)} AND alert_type = 'humidity_out_of_range' GROUP BY a.pit_id`,
  );
  assert.equal(perPit.length, 100);
  assert.ok(perPit.every(({ times }) => times === 5));
  await eventually(
    "what was held back is counted",
    async () => (await metric("pitview_alerts_held_back")) === heldBack + 500,
  );
  assert.equal(await metric("pitview_alerts_waiting"), 0);
  assert.equal(live.closed, null);
  await live.close();
});
