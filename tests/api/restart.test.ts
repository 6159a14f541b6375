// The server ends in the middle of its work, told to and not, and nothing is lost.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { count, quoted, rows } from "../support/database.ts";
import { eventually, unique } from "../support/eventually.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { payloadOf, publishLines, publishReading } from "../support/mqtt.ts";
import { killServer, serverIsBack, serverPid } from "../support/server.ts";
import { demo, type SignedIn, signIn } from "../support/session.ts";
import { deviceAt, gloss, loginOf, logs, pitInBackground, shine } from "../support/stack.ts";
import { newJob, newPit } from "../support/workshop.ts";

const amit = () => signIn("amit", loginOf("amit").password);
const devices = [deviceAt(shine, 1), deviceAt(shine, 2), deviceAt(shine, 3), deviceAt(gloss, 1)];

describe("SIGTERM", () => {
  test("answers what is under way, closes live connections with 1001 and comes back with all sessions", async () => {
    const session = await demo("amit");
    const live = await Live.open(session);
    const pitId = await newPit();
    const oldPid = serverPid();

    // bcrypt takes its time: these are under way when the signal comes.
    const from = Array.from({ length: 6 }, newAddress);
    const underWay = from.map((address) =>
      call("POST", "/api/auth/login", {
        from: address,
        body: { username: "amit", password: loginOf("amit").password },
      }),
    );
    const creating = newJob(pitId);
    let isLoading = true;
    const load: Promise<Answer | string>[] = [];
    const loading = (async () => {
      while (isLoading) {
        const one = session
          .get("/api/pits")
          .catch((error: NodeJS.ErrnoException) => error.code ?? "");
        load.push(one);
        await one;
      }
    })();
    await eventually("the load runs", () => load.length > 5);
    try {
      const restarting = pitInBackground("restart", "server");
      for (const login of await Promise.allSettled(underWay)) {
        assert.equal(login.status, "fulfilled", "a request that was taken must be answered");
        assert.equal(login.value.status, 200);
      }
      assert.equal((await live.whenClosed()).code, 1001);
      await restarting;
    } finally {
      isLoading = false;
    }
    const job = await creating;
    await loading;
    assert.notEqual(serverPid(), oldPid);
    for (const answer of await Promise.all(load)) {
      if (typeof answer === "string") assert.match(answer, /ECONNREFUSED|ECONNRESET|EPIPE/);
      else assert.equal(answer.status, 200);
    }
    assert.equal(
      (await session.get(`/api/jobs/${job.job_id}`)).status,
      200,
      "the old token is still good",
    );
    assert.match(String(logs().get("server.log")), /"event":"stopped"/);
  });
});

describe("kill -9", () => {
  test("under ingest: every reading that the broker took is in the database exactly once", async () => {
    const seqs = new Map(devices.map((device) => [device, [] as number[]]));
    const boot = unique();
    let isSending = true;
    const sending = devices.map(async (device) => {
      while (isSending) {
        const batch = Array.from({ length: 20 }, unique);
        // Only when mosquitto_pub ends well has the broker acknowledged the whole batch.
        await publishLines(
          device,
          batch.map((seq) => payloadOf(device, { boot_id: boot, seq })),
        );
        seqs.get(device)?.push(...batch);
      }
    });
    const sent = () => [...seqs.values()].reduce((sum, { length }) => sum + length, 0);
    await eventually("readings flow", () => sent() > 400);
    await killServer();
    const atKill = sent();
    await eventually("readings flow after it", () => sent() > atKill + 200);
    isSending = false;
    await Promise.all(sending);

    for (const [device, all] of seqs) {
      const stored = () =>
        rows(
          `SELECT s.seq, count(*) AS times FROM sensor_data s JOIN devices d ON d.id = s.device_key
           WHERE d.device_id = ${quoted(device.device_id)} AND s.boot_id = ${boot} GROUP BY s.seq`,
        );
      await eventually("all are stored", async () => (await stored()).length >= all.length, 30_000);
      const found = await stored();
      assert.deepEqual(
        found.map(({ seq }) => seq).sort((a, b) => a - b),
        [...all].sort((a, b) => a - b),
      );
      assert.ok(found.every(({ times }) => Number(times) === 1));
    }
  });
});

describe("while the server was away", () => {
  const device = deviceAt(shine, 2);
  const boot = unique();
  const seqs = Array.from({ length: 50 }, unique);
  let kept: SignedIn;
  let ended: SignedIn;
  before(async () => {
    [kept, ended] = [await amit(), await amit()];
    await ended.post("/api/auth/logout");
    const pid = serverPid();
    assert.ok(pid !== null);
    process.kill(pid, "SIGKILL");
    await publishLines(
      device,
      seqs.map((seq) => payloadOf(device, { boot_id: boot, seq })),
    );
    await serverIsBack(pid);
  });

  test("no reading was lost", async () => {
    await eventually(
      "all are stored",
      async () =>
        (await count(`SELECT 1 FROM sensor_data WHERE boot_id = ${boot}`)) === seqs.length,
    );
  });

  test("no sign-out was forgotten, and who was signed in still is", async () => {
    assert.equal((await ended.get("/api/auth/me")).json.code, "session_ended");
    assert.equal((await kept.get("/api/auth/me")).status, 200);
    const live = await Live.open(kept);
    await publishReading(deviceAt(shine, 1));
    await live.next("sensor_update");
    await live.close();
  });
});
