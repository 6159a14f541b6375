// Several servers that are one: a second one takes readings too, what it takes is shown live by the
// first, and when it is killed its share is served by the other until it is back.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { count } from "../support/database.ts";
import { eventually, unique } from "../support/eventually.ts";
import { Live } from "../support/live.ts";
import { payloadOf, publishLines, publishReading } from "../support/mqtt.ts";
import { secondConfig, secondName } from "../support/secondServer.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { currentStatus, deviceAt, secret, shine, stack, varFolder } from "../support/stack.ts";

interface Report {
  name: string;
  roles: string[];
  healthy: boolean;
  readings_accepted: number;
  sessions_adopted: number;
}

const device = deviceAt(shine, 1);
const folder = mkdtempSync(join(tmpdir(), "pitview-second-"));
const config = join(folder, "server.toml");
let platform: SignedIn;
let second: ChildProcess | undefined;

function writeConfig(): void {
  const first = readFileSync(join(varFolder, "server.toml"), "utf8");
  writeFileSync(config, secondConfig(first, stack.http.port), { mode: 0o600 });
}

function startSecond(): void {
  const program = readlinkSync(`/proc/${currentStatus().pids.server}/exe`);
  const env = { ...process.env, PITVIEW_SERVER_NAME: secondName };
  second = spawn(program, ["serve", "--config", config], { stdio: "ignore", env });
}

async function stopSecond(signal: NodeJS.Signals): Promise<void> {
  const child = second;
  second = undefined;
  if (child === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.on("close", resolve));
  child.kill(signal);
  await ended;
}

const reports = async (): Promise<Report[]> => (await platform.get("/api/platform/servers")).json;
const reportOf = async (name: string) => (await reports()).find((report) => report.name === name);

const secondTakesReadings = () =>
  eventually("the second server takes readings", async () => (await reportOf(secondName))?.healthy);

/** Publishes so many readings with numbers of their own, and waits until each is stored once. */
async function storedOnce(readings: number): Promise<void> {
  const bootId = unique();
  const begin = Date.now() - 60_000;
  await publishLines(
    device,
    Array.from({ length: readings }, (_, seq) =>
      payloadOf(device, {
        boot_id: bootId,
        seq,
        timestamp: new Date(begin + seq).toISOString(),
        replay: true,
      }),
    ),
  );
  const stored = () =>
    count(`SELECT 1 FROM sensor_data s JOIN devices d ON d.id = s.device_key
            WHERE d.device_id = '${device.device_id}' AND s.boot_id = ${bootId}`);
  await eventually("every reading is stored", async () => (await stored()) >= readings, 60_000);
  assert.equal(await stored(), readings);
}

before(async () => {
  platform = await demo("platform");
  writeConfig();
});
/** Its session would otherwise get its share for ever (docs/design/ingest.md). */
function forgetSecond(): void {
  const { host, port } = stack.mqtt;
  execFileSync("mosquitto_pub", [
    ...[
      "-h",
      host,
      "-p",
      String(port),
      "-u",
      "pitview-server",
      "-P",
      secret("mqtt_server_password"),
    ],
    ...["-i", `pitview-server-ingest-${secondName}`, "-q", "1", "-r", "-n"],
    ...["-t", `pitview/ingest/${secondName}`],
  ]);
}

after(async () => {
  await stopSecond("SIGTERM");
  forgetSecond();
  rmSync(folder, { recursive: true });
});

describe("a second server", () => {
  test("is on the platform's list and takes its share of the readings", async () => {
    startSecond();
    await secondTakesReadings();
    assert.deepEqual((await reportOf(secondName))?.roles, ["ingest"]);
    assert.deepEqual((await reportOf("main"))?.roles, ["api", "ingest", "devices"]);
    const before = await reports();
    await storedOnce(100);
    await eventually("both have taken some", async () => {
      const now = await reports();
      return ["main", secondName].every((name) => {
        const of = (all: Report[]) => all.find((report) => report.name === name);
        return (of(now)?.readings_accepted ?? 0) >= (of(before)?.readings_accepted ?? 0) + 30;
      });
    });
  });

  test("shows what it takes on the pages of the first", async () => {
    const live = await Live.open(await demo("amit"));
    // One after the other: of two that two servers take at once the older may be no news any more.
    // The broker deals in turn, so half of them come by the second one.
    for (let n = 0; n < 6; ++n) {
      const timestamp = new Date().toISOString();
      await publishReading(device, { timestamp });
      await live.next("sensor_update", ({ data }) => data.timestamp === timestamp);
    }
    await live.close();
  });

  test("leaves its session to the first when it is killed, and nothing is missing", async () => {
    await stopSecond("SIGKILL");
    await storedOnce(100);
    assert.equal((await reportOf("main"))?.sessions_adopted, 1);
  });

  test("has its session again when it is back", async () => {
    startSecond();
    await eventually(
      "the first gives it back",
      async () => (await reportOf("main"))?.sessions_adopted === 0,
    );
    await secondTakesReadings();
    await storedOnce(100);
  });

  test("that stops for good leaves nothing behind either", async () => {
    await stopSecond("SIGTERM");
    await storedOnce(100);
  });
});
