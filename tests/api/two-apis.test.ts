// Several servers that answer browsers: what happens at one is seen at the other, at once. The second
// one neither takes readings nor looks after devices.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { byLink, openLink, tokenOf } from "../support/customers.ts";
import { issueOne, Listener } from "../support/devices.ts";
import { eventually } from "../support/eventually.ts";
import { type Answer, call } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { publishReading } from "../support/mqtt.ts";
import { secondConfig, secondName } from "../support/secondServer.ts";
import { demo, refreshCookieOf, type SignedIn, signIn } from "../support/session.ts";
import { currentStatus, deviceAt, loginOf, shine, stack, varFolder } from "../support/stack.ts";
import { newStaff, settled } from "../support/staff.ts";
import { newJob, newPit, runningJob } from "../support/workshop.ts";

const port = stack.http.port + 1;
const there = `http://${stack.http.host}:${port}`;
const folder = mkdtempSync(join(tmpdir(), "pitview-second-api-"));
let second: ChildProcess;
let owner: SignedIn;

/** The same at the second server. */
const ask = (method: string, path: string, by: SignedIn, body?: unknown): Promise<Answer> =>
  call(method, path, { token: by.token, body, port });

const ticketOf = async (by: SignedIn, at = port): Promise<string> =>
  (await call("POST", "/api/ws-ticket", { token: by.token, port: at })).json.ticket;

async function openThere(by: SignedIn): Promise<Live> {
  const live = new Live(`ticket=${await ticketOf(by)}`, there);
  await live.next("snapshot");
  return live;
}

before(async () => {
  const config = join(folder, "server.toml");
  const first = readFileSync(join(varFolder, "server.toml"), "utf8");
  writeFileSync(config, secondConfig(first, stack.http.port, "api"), { mode: 0o600 });
  const program = readlinkSync(`/proc/${currentStatus().pids.server}/exe`);
  const env = { ...process.env, PITVIEW_SERVER_NAME: secondName };
  second = spawn(program, ["serve", "--config", config], { stdio: "ignore", env });
  owner = await demo("amit");
  await eventually("the second server is ready", async () => {
    return (await call("GET", "/readyz", { port })).status === 200;
  });
});

after(async () => {
  const ended = new Promise((resolve) => second.on("close", resolve));
  second.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true });
});

describe("what happens at one of two servers", () => {
  test("both know of each other", async () => {
    const platform = await demo("platform");
    for (const at of [stack.http.port, port])
      await eventually("both reports", async () => {
        const answer = await call("GET", "/api/platform/servers", {
          token: platform.token,
          port: at,
        });
        const names = answer.json.map(({ name }: { name: string }) => name).sort();
        assert.deepEqual(names, ["main", secondName]);
        return true;
      });
  });

  test("a job that changes there is seen here, and the other way round", async () => {
    const [here, elsewhere] = [await Live.open(owner), await openThere(owner)];
    const { job_id } = await newJob(await newPit());
    await elsewhere.next("job_status", ({ data }) => data.job_id === job_id);
    const changed = await ask("PATCH", `/api/jobs/${job_id}/status`, owner, {
      status: "in_progress",
    });
    assert.equal(changed.status, 200, changed.text);
    const seen = await here.next(
      "job_status",
      ({ data }) => data.job_id === job_id && data.status === "in_progress",
    );
    const late = Date.parse(seen.ts) - Date.parse(seen.data.updated_at);
    assert.ok(late < 1000, `it came ${late} ms after the change`);
    await ask("PATCH", `/api/jobs/${job_id}/status`, owner, { status: "cancelled" });
    for (const live of [here, elsewhere]) await live.close();
  });

  test("a reading that one takes is shown by both", async () => {
    const device = deviceAt(shine, 1);
    const live = await openThere(owner);
    const timestamp = new Date().toISOString();
    await publishReading(device, { timestamp });
    await live.next("sensor_update", ({ data }) => data.timestamp === timestamp);
    await live.close();
    const again = await openThere(owner);
    const pit = again.frames[0]?.data.pits.find((one: { id: number }) => one.id === device.pit_id);
    assert.equal(pit.latest.timestamp, timestamp, "and is in its snapshots");
    await again.close();
  });

  test("who signs out there is signed out here, and the open page is cut", async () => {
    const session = await signIn("pooja", loginOf("pooja").password);
    const live = await Live.open(session);
    const answer = await ask("POST", "/api/auth/logout", session);
    assert.equal(answer.status, 200, answer.text);
    const ended = await live.next("session_ended");
    assert.equal(ended.data.reason, "logged_out");
    assert.deepEqual(await live.whenClosed(), { code: 4401, reason: "session_ended" });
    assert.equal((await session.get("/api/auth/me")).json.code, "session_ended");
  });

  test("who is disabled there is signed out here; other permitted pits there are seen here", async () => {
    const [first, other] = [await newPit(), await newPit()];
    const made = await newStaff(owner, "operator", { pit_ids: [first] });
    const { session } = await settled(made);
    const live = await Live.open(session);
    const path = `/api/staff/${made.id}`;
    await ask("PUT", `${path}/pits`, owner, { pit_ids: [other] });
    await live.next("snapshot", ({ data }) => data.pits[0]?.id === other);
    const disabled = await ask("PATCH", path, owner, { disabled: true });
    assert.equal(disabled.status, 200, disabled.text);
    assert.equal((await live.next("session_ended")).data.reason, "account_disabled");
    assert.deepEqual(await live.whenClosed(), { code: 4401, reason: "session_ended" });
    assert.equal((await session.get("/api/pits")).json.code, "session_ended");
  });

  test("a session goes on at either of them", async () => {
    const session = await signIn("pooja", loginOf("pooja").password);
    const refreshed = await call("POST", "/api/auth/refresh", {
      headers: { Cookie: `pitview_refresh=${session.refreshCookie}` },
      port,
    });
    assert.equal(refreshed.status, 200, refreshed.text);
    const again = await call("POST", "/api/auth/refresh", {
      headers: { Cookie: `pitview_refresh=${refreshCookieOf(refreshed)}` },
    });
    assert.equal(again.status, 200, again.text);
  });

  test("a ticket of the one opens the other, and once only", async () => {
    const ticket = await ticketOf(owner, stack.http.port);
    const live = new Live(`ticket=${ticket}`, there);
    await live.next("snapshot");
    for (const server of [there, undefined]) {
      const late = new Live(`ticket=${ticket}`, server);
      assert.equal((await late.whenClosed()).code, 4401);
    }
    await live.close();
  });

  test("who comes from the other one is not taken for somebody who was here", async () => {
    const [here, elsewhere] = [await Live.open(owner), await openThere(owner)];
    const { json } = await ask("POST", "/api/ws-ticket", owner);
    const live = new Live(`ticket=${json.ticket}&last_seq=${here.lastSeq}`, there);
    await live.next("snapshot", ({ data }) => data.not_resumed === "unknown");
    for (const open of [live, here, elsewhere]) await open.close();
  });

  test("what a customer may see follows a job that begins there", async () => {
    const mine = await runningJob(await newPit());
    const live = await Live.open(mine.customer);
    await ask("PATCH", `/api/jobs/${mine.job_id}/status`, owner, { status: "cancelled" });
    await live.next("snapshot", ({ data }) => data.pits.length === 0);
    await live.close();
  });

  test("a customer who watches there is seen watching here, until the page is closed", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    const staff = await Live.open(owner);
    const page = await openThere(customer);
    const ofJob = (watching: boolean) =>
      staff.next("viewer", ({ data }) => data.job_id === job_id && data.watching === watching);
    assert.equal((await ofJob(true)).data.viewers, 1);
    const tab = await Live.open(customer);
    await eventually("both servers know of it", async () => {
      const views = (await owner.get(`/api/jobs/${job_id}/viewers?watching=true`)).json;
      return views.length === 2;
    });
    await page.close();
    assert.equal((await ofJob(false)).data.viewers, 1, "the other tab is open still");
    await tab.close();
    await staff.next("viewer", ({ data }) => data.job_id === job_id && data.viewers === 0);
    assert.deepEqual((await owner.get(`/api/jobs/${job_id}/viewers?watching=true`)).json, []);
    await staff.close();
  });

  test("a tracking link that is replaced there opens nothing here, and what it opened is cut", async () => {
    const job = await runningJob(await newPit());
    const token = tokenOf(job.tracking_url);
    const customer = await byLink(token);
    const live = await Live.open(customer);
    const answer = await ask("POST", `/api/jobs/${job.job_id}/tracking-link`, owner);
    assert.equal(answer.status, 201, answer.text);
    assert.equal((await live.whenClosed()).code, 4401);
    assert.equal((await customer.get("/api/jobs")).json.code, "session_ended");
    assert.equal((await openLink(token)).json.code, "link_invalid");
    assert.equal((await openLink(tokenOf(answer.json.tracking_url))).status, 200);
  });

  test("a device that is claimed there is let in by the broker, and obeys what is said there", async () => {
    const [issued, pitId] = [await issueOne(), await newPit()];
    const claimed = await ask("POST", "/api/devices/claim", owner, {
      device_id: issued.device_id,
      claim_code: issued.claim_code,
      pit_id: pitId,
    });
    assert.equal(claimed.status, 200, claimed.text);
    const device = {
      ...issued,
      workshop_code: "workshop_001",
      pit_id: pitId,
      pit_number: claimed.json.device.pit_number as number,
    };
    const listener = await Listener.open(device, "command");
    const disabled = await ask("PATCH", `/api/devices/${issued.device_id}/status`, owner, {
      status: "disabled",
      reason: "payment_overdue",
    });
    assert.equal(disabled.json.command_sent, true, disabled.text);
    await listener.next("command", ({ command }) => command === "DISABLE");
    listener.close();
    assert.equal(listener.all("command").length, 1, "it is said once");
  });
});
