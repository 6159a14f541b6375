// ./pit bench fleet: many virtual devices at once, from the factory to the database. Counts
// what they measured against what is stored, and what a device costs. bench/README.md.
import { join } from "node:path";
import { claimedDevices, type Product, psql } from "../tests/support/fleet.ts";
import { type DeviceReport, SimProcess } from "../tests/support/simProcess.ts";
import { main, type NumberOption, type Result, say } from "./support/bench.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import { root, run, type Stack } from "./support/stack.ts";
import { cpuSeconds } from "./support/usage.ts";

const help = `usage: ./pit bench fleet [--devices 1200] [--seconds 300]

  --devices N     virtual devices in one process; 100 to a workshop
  --seconds N     how long they publish, a reading every 10 s each`;

const numbers = {
  devices: { least: 1, most: 20_000, default: 1200 },
  seconds: { least: 10, most: 86_400, default: 300 },
} satisfies Record<string, NumberOption>;
type Options = Record<keyof typeof numbers, number>;

interface Status extends Product {
  mqtt: { host: string; port: number };
  pids: { server: number; postgres: number; mosquitto: number };
}

/** KiB that each device takes in the simulator, as it says itself at its end. */
const kibPerDevice = (log: string): number =>
  Number(/"event":"sim_totals".*"kib_per_device":([\d.]+)/.exec(log)?.[1]);

const residentMb = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await run("cat", [`/proc/${pid}/status`]))?.[1]) / 1024;

interface Counted {
  measured: number;
  stored: number;
  waiting: number;
  lost: number;
  duplicates: number;
}

/** Device by device: what it measured, less what still waits on its flash, must be stored once. */
async function compare(status: Status, reports: DeviceReport[]): Promise<Counted> {
  const rows = await psql(
    status,
    `SELECT d.device_id || ' ' || count(*) || ' ' || count(DISTINCT (s.boot_id, s.seq))
       FROM sensor_data s JOIN devices d ON d.id = s.device_key GROUP BY d.device_id`,
  );
  const stored = new Map<string, { rows: number; different: number }>();
  for (const row of rows) {
    const [id = "", all, different] = row.split(" ");
    stored.set(id, { rows: Number(all), different: Number(different) });
  }
  const total: Counted = { measured: 0, stored: 0, waiting: 0, lost: 0, duplicates: 0 };
  for (const report of reports) {
    const have = stored.get(report.device_id) ?? { rows: 0, different: 0 };
    total.measured += report.measured;
    total.waiting += report.waiting;
    total.stored += have.rows;
    total.duplicates += have.rows - have.different;
    total.lost += Math.max(0, report.measured - report.waiting - have.different);
  }
  return total;
}

const pause = (seconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

async function runFleet(status: Status, count: number, seconds: number, signal: AbortSignal) {
  let began = Date.now();
  const devices = await claimedDevices(status, count);
  const claimSeconds = (Date.now() - began) / 1000;
  say(`${count} devices registered and claimed in ${claimSeconds.toFixed(1)} s`);
  const before = cpuSeconds(status.pids.server);
  began = Date.now();
  const fleet = new SimProcess(join(root, "build/release/tools/sim/pitview-sim"), {
    mqtt: status.mqtt,
    apiUrl: status.http.url,
    devices,
  });
  try {
    let online = 0;
    while (online < count && !signal.aborted && Date.now() - began < 120_000) {
      await pause(0.5, signal);
      online = (await fleet.order("report")).filter((device) => device.online).length;
    }
    const connectSeconds = (Date.now() - began) / 1000;
    say(`${online} online after ${connectSeconds.toFixed(1)} s; publishing for ${seconds} s`);
    await pause(seconds, signal);
    const reports = await fleet.order("report");
    const elapsed = (Date.now() - began) / 1000;
    const serverCpu = (cpuSeconds(status.pids.server) - before) / elapsed;
    const simCpu = cpuSeconds(fleet.pid) / elapsed;
    const serverMb = await residentMb(status.pids.server);
    await pause(3, signal); // what is on its way is committed
    const counted = await compare(status, reports);
    await fleet.close();
    const kib = kibPerDevice(fleet.log);
    return { counted, online, claimSeconds, connectSeconds, serverCpu, simCpu, serverMb, kib };
  } finally {
    await fleet.close();
  }
}

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  const status = JSON.parse(await stack.statusText()) as Status;
  const r = await runFleet(status, options.devices, options.seconds, signal);
  const where = await conditions();
  const text = [
    `## fleet: ${options.devices} devices for ${options.seconds} s, ${where.date}`,
    "",
    `${sentenceOf(where)} Devices, broker, server and database on this one machine.`,
    "",
    "| | |",
    "| --- | --- |",
    `| registered and claimed through the API | ${r.claimSeconds.toFixed(1)} s |`,
    `| all connected (state asked over HTTP, MQTT session, subscriptions) | ${r.connectSeconds.toFixed(1)} s, ${r.online} online |`,
    `| readings measured | ${r.counted.measured} |`,
    `| stored | ${r.counted.stored} |`,
    `| on the devices' flash, not yet settled, at the moment of counting | ${r.counted.waiting} |`,
    `| lost | ${r.counted.lost} |`,
    `| stored twice | ${r.counted.duplicates} |`,
    `| memory per device in the simulator | ${r.kib.toFixed(1)} KiB |`,
    `| simulator | ${(100 * r.simCpu).toFixed(1)} % of a core |`,
    `| pitview-server | ${(100 * r.serverCpu).toFixed(1)} % of a core, ${r.serverMb.toFixed(0)} MB |`,
  ].join("\n");
  const { lost, duplicates } = r.counted;
  return { text, complete: lost === 0 && duplicates === 0 && r.online === options.devices };
}

await main<keyof typeof numbers, never>({
  name: "fleet",
  help,
  numbers,
  switches: {},
  programs: [],
  measure,
});
