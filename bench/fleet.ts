// ./pit bench fleet: many virtual devices at once, from the factory to the database. Counts
// what they measured against what is stored, and what a device costs. bench/README.md.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { claimedDevices, type Product, psql } from "../tests/support/fleet.ts";
import { type DeviceReport, SimProcess } from "../tests/support/simProcess.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import { root, run, Stack } from "./support/stack.ts";

const help = `usage: ./pit bench fleet [--devices 1200] [--seconds 300] [--no-write] [--port-base 20000]

  --devices N     virtual devices in one process; 100 to a workshop
  --seconds N     how long they publish, a reading every 10 s each
  --no-write      do not append the table to bench/results.md
  --port-base N   the ports of the benchmark's own stack begin here`;

interface Status extends Product {
  mqtt: { host: string; port: number };
  pids: { server: number; postgres: number; mosquitto: number };
}

/** KiB that each device takes in the simulator, as it says itself at its end. */
const kibPerDevice = (log: string): number =>
  Number(/"event":"sim_totals".*"kib_per_device":([\d.]+)/.exec(log)?.[1]);

const procStat = async (pid: number): Promise<string> => run("cat", [`/proc/${pid}/stat`]);
/** Seconds of processor a process has used. */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await procStat(pid)).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
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

async function measure(status: Status, count: number, seconds: number, signal: AbortSignal) {
  const say = (what: string) => console.log(`  ${what}`);
  let began = Date.now();
  const devices = await claimedDevices(status, count);
  const claimSeconds = (Date.now() - began) / 1000;
  say(`${count} devices registered and claimed in ${claimSeconds.toFixed(1)} s`);
  const before = await cpuSeconds(status.pids.server);
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
    const serverCpu = ((await cpuSeconds(status.pids.server)) - before) / elapsed;
    const simCpu = (await cpuSeconds(fleet.pid)) / elapsed;
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

async function main(): Promise<number> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      devices: { type: "string", default: "1200" },
      seconds: { type: "string", default: "300" },
      write: { type: "boolean", default: true },
      "port-base": { type: "string", default: "20000" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [count, seconds] = [Number(values.devices), Number(values.seconds)];
  if (!(count >= 1 && count <= 20_000)) throw new Error("--devices must be 1 to 20000");
  if (!(seconds >= 10 && seconds <= 86_400)) throw new Error("--seconds must be 10 to 86400");
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => interrupt.abort());
  const stack = new Stack(Number(values["port-base"]));
  try {
    await stack.up(interrupt.signal);
    const status = JSON.parse(await stack.statusText()) as Status;
    const r = await measure(status, count, seconds, interrupt.signal);
    if (interrupt.signal.aborted) return 130;
    const where = await conditions();
    const text = [
      `## fleet: ${count} devices for ${seconds} s, ${where.date}`,
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
    console.log(`\n${text}\n`);
    if (values.write) appendFileSync(join(root, "bench/results.md"), `\n${text}\n`);
    return r.counted.lost === 0 && r.counted.duplicates === 0 && r.online === count ? 0 : 1;
  } finally {
    await stack.down();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`bench fleet: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
