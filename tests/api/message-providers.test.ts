// Messages by a provider, from outside: WhatsApp first and SMS where it does not arrive, signed receipts, STOP, what it
// costs, and that the provider's secret is nowhere. What happens in time is
// services/server/messages/tests/whatsapp_story_test.cpp.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, unique } from "../support/eventually.ts";
import { type Answer, newAddress } from "../support/http.ts";
import {
  account,
  answers,
  ask,
  authToken,
  contentSid,
  inboundUrl,
  provider,
  receiptsUrl,
  serverLog,
  signatureOf,
  startMessageServer,
  stopMessageServer,
} from "../support/messageServer.ts";

interface Sent {
  sid: string;
  to: string;
  body: string;
  content_sid: string;
  content_variables: string;
  status_callback: string;
}
interface Told {
  kind: string;
  status: string;
  channel: string | null;
  reason: string | null;
  text: string | null;
  sms_segments: number;
  cost_paise: number;
}

let token = "";
let pitId = 0;
const passwords: string[] = [];
const month = new Date().toISOString().slice(0, 7);

const api = (method: string, path: string, body?: unknown) => ask(method, path, { token, body });
const told = async (job: number): Promise<Told[]> =>
  (await api("GET", `/api/jobs/${job}/messages`)).json;
const sentTo = async (phone: string): Promise<Sent[]> =>
  (await provider("GET", "/control/messages")).filter(({ to }: Sent) => to.endsWith(phone));

async function book(phone: string): Promise<number> {
  const number = unique();
  const answer = await ask("POST", "/api/jobs", {
    token,
    body: {
      customer_name: `Ravi ${number}`,
      customer_phone: phone,
      car_model: "Harrier",
      car_plate: `DL 01 ${number % 10_000}`,
      pit_id: pitId,
      work_type: "Full PPF",
      consents: { messages: true },
    },
  });
  assert.equal(answer.status, 201, answer.text);
  passwords.push(answer.json.customer_credentials.password);
  answers.pop(); // it has the customer's password, which is shown here once
  return answer.json.job_id;
}

const first = (job: number, status: string) =>
  eventually(`the first message of job ${job} is ${status}`, async () =>
    (await told(job)).find((one) => one.kind === "credentials" && one.status === status),
  );

/** As the provider posts it, or somebody who would like to be it. */
function post(
  url: string,
  form: Record<string, string>,
  signature: string | undefined,
  from?: string,
): Promise<Answer> {
  return ask("POST", url.replace(/^http:\/\/[^/]+/, ""), {
    rawBody: new URLSearchParams(form).toString(),
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      ...(signature === undefined ? {} : { "X-Twilio-Signature": signature }),
    },
    ...(from === undefined ? {} : { from }),
  });
}

before(async () => {
  const { username, password } = await startMessageServer();
  const login = await ask("POST", "/api/auth/login", { body: { username, password } });
  assert.equal(login.status, 200, login.text);
  token = login.json.access_token;
  // At any hour, so that the test is the same at night.
  await api("PATCH", "/api/message-settings", { quiet_from: "00:00", quiet_until: "00:00" });
  pitId = (await api("POST", "/api/pits", { name: "Messages" })).json.id;
  if (pitId === undefined) pitId = (await api("GET", "/api/pits")).json[0].id;
});
after(stopMessageServer);

test("WhatsApp is first, and its receipts say that it arrived", async () => {
  const phone = "+919876500001";
  const job = await book(phone);
  await first(job, "delivered");
  const message = await eventually("its answer is noted", async () =>
    (await told(job)).find(({ cost_paise }) => cost_paise > 0),
  );
  assert.equal(message.channel, "whatsapp");
  assert.equal(message.cost_paise, 12);
  assert.match(String(message.text), /password ••••/);
  const [sent, ...more] = await sentTo(phone);
  assert.deepEqual(more, []);
  assert.equal(sent?.to, `whatsapp:${phone}`);
  assert.equal(sent?.content_sid, contentSid);
  const variables = JSON.parse(sent?.content_variables ?? "");
  assert.equal(variables["3"], "Harrier");
  assert.match(variables["4"], /\/t\//);
  assert.ok(passwords.includes(variables["6"]), "credentials");
});

test("what WhatsApp does not deliver goes by SMS, and what it refuses at once", async () => {
  const [undelivered, refused] = ["+919876500002", "+919876500003"];
  await provider("PUT", "/control/behaviour", {
    whatsapp_undelivered: { [undelivered]: "63024" },
    whatsapp_invalid: { [refused]: "63003" },
  });
  const before = (await api("GET", `/api/message-costs?month=${month}`)).json;
  for (const phone of [undelivered, refused]) {
    const message = await first(await book(phone), "delivered");
    assert.equal(message.channel, "sms");
    assert.ok(message.sms_segments >= 1);
    const ways = (await sentTo(phone)).map(({ to }) => to.startsWith("whatsapp:"));
    assert.deepEqual(ways, phone === undelivered ? [true, false] : [false]);
  }
  // A receipt may be here before the server has noted the answer that it belongs to.
  const costs = await eventually("both are counted", async () => {
    const { json } = await api("GET", `/api/message-costs?month=${month}`);
    return json.sms_segments - before.sms_segments === 4 ? json : undefined;
  });
  assert.equal(costs.sms - before.sms, 2);
  assert.equal(costs.whatsapp - before.whatsapp, 1);
  assert.equal(costs.cost_paise - before.cost_paise, 12 + 4 * 25);
  for (const bad of ["2026-13", "2026", "", "2026-1'"])
    assert.equal((await api("GET", `/api/message-costs?month=${bad}`)).status, 422, bad);
  await provider("PUT", "/control/behaviour", {});
});

test("a number that never gets it says why", async () => {
  const phone = "+919876500004";
  await provider("PUT", "/control/behaviour", { undelivered: { [phone]: "30005" } });
  const message = await first(await book(phone), "failed");
  assert.equal(message.reason, "The number is not in service.");
  await provider("PUT", "/control/behaviour", {});
});

test("STOP ends it, START gives it back", async () => {
  const phone = "+919876500005";
  const job = await book(phone);
  await first(job, "delivered");
  const writes = (body: string, from: string) =>
    provider("POST", "/control/inbound", { url: inboundUrl, from, to: "+12025550123", body });
  const stops = async (action: string) => {
    const log = (await api("GET", `/api/audit?action=${action}`)).json;
    return log.filter((one: { action: string }) => one.action === action).length;
  };
  await writes("Stop", `whatsapp:${phone}`);
  await eventually("it is in the audit log", () => stops("consent.stop"));
  await api("PATCH", `/api/jobs/${job}/status`, { status: "in_progress" });
  const dropped = await eventually("it is dropped", async () =>
    (await told(job)).find(({ kind, status }) => kind === "job_started" && status === "dropped"),
  );
  assert.match(String(dropped.reason), /not agreed/);
  assert.equal((await sentTo(phone)).length, 1);
  await writes("START", phone);
  await eventually("it is given back", () => stops("consent.start"));
});

test("what the provider did not sign is refused and changes nothing", async () => {
  const phone = "+919876500006";
  const job = await book(phone);
  await first(job, "delivered");
  const noted = () =>
    eventually("its answer is noted", async () =>
      (await told(job)).find((one) => one.cost_paise > 0),
    );
  const message = await noted();
  const [sent] = await sentTo(phone);
  const url = sent?.status_callback ?? "";
  assert.ok(url.startsWith(`${receiptsUrl}?key=pitview-`));
  const form = {
    AccountSid: account,
    MessageSid: sent?.sid ?? "",
    MessageStatus: "failed",
    ErrorCode: "30005",
    To: `whatsapp:${phone}`,
  };
  const from = newAddress();
  for (const signature of [
    undefined,
    "",
    "AAAA",
    signatureOf(url, form, "another"),
    signatureOf(inboundUrl, form),
  ]) {
    const answer = await post(url, form, signature, from);
    assert.equal(answer.status, 403, answer.text);
    assert.equal(answer.json.code, "forbidden");
  }
  const other = { ...form, AccountSid: "AC00000000000000000000000000000002" };
  assert.equal((await post(url, other, signatureOf(url, other), from)).status, 403);
  const large = { ...form, More: "x".repeat(16 * 1024) };
  assert.equal((await post(url, large, signatureOf(url, large), from)).status, 413);
  const stop = {
    AccountSid: account,
    MessageSid: `SM${"0".repeat(32)}`,
    From: phone,
    Body: "STOP",
  };
  assert.equal(
    (await post(inboundUrl, stop, signatureOf(inboundUrl, stop, "x"), from)).status,
    403,
  );
  // Signed, and of something that is over, or that there is not.
  assert.equal((await post(url, form, signatureOf(url, form), from)).status, 204);
  const nowhere = `${receiptsUrl}?key=pitview-999999999`;
  assert.equal((await post(nowhere, form, signatureOf(nowhere, form), from)).status, 204);
  assert.deepEqual(await noted(), message);
});

test("who cannot sign is limited, and the provider at the same address is not", async () => {
  const from = newAddress();
  const form = { AccountSid: account, MessageSid: `SM${"1".repeat(32)}`, MessageStatus: "sent" };
  const url = `${receiptsUrl}?key=pitview-999999999`;
  const refused: number[] = [];
  for (let i = 0; i < 130; i++) refused.push((await post(url, form, "forged", from)).status);
  assert.equal(refused[0], 403);
  assert.equal(refused.at(-1), 429);
  for (let i = 0; i < 130; i++)
    assert.equal((await post(url, form, signatureOf(url, form), from)).status, 204);
});

test("an SMS is measured before it is sent", async () => {
  const { templates } = (await api("GET", "/api/message-templates")).json;
  for (const { kind, language, encoding, length, segments } of templates) {
    assert.equal(encoding, language === "hi" ? "ucs2" : "gsm7", kind);
    assert.equal(segments, Math.max(1, segments));
    assert.ok(length > 20 && segments <= 4, `${kind} ${language}: ${length} in ${segments}`);
  }
  const put = (text: string) =>
    api("PUT", "/api/message-templates", { kind: "after_care_1", language: "en", text });
  const long = (await put("a".repeat(161))).json;
  assert.deepEqual([long.length, long.segments, long.encoding], [161, 2, "gsm7"]);
  const emoji = (await put(`${"a".repeat(69)}🚗`)).json;
  assert.deepEqual([emoji.length, emoji.segments, emoji.encoding], [71, 2, "ucs2"]);
  await api("PUT", "/api/message-templates", { kind: "after_care_1", language: "en", text: null });
});

test("no secret is in an answer or in the log", () => {
  const log = serverLog();
  assert.ok(log.includes("messages_stopped"), "it is the server's log");
  assert.ok(answers.length > 300);
  for (const secret of [authToken, ...passwords]) {
    assert.ok(!log.includes(secret), "in the log");
    assert.ok(!answers.some((answer) => answer.includes(secret)), "in an answer");
  }
  assert.ok(!/\+9198765/.test(log), "no number of a customer");
});
