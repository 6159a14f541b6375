// PostgreSQL, Mosquitto and the server of the fault tests, as `./pit _fault_stack` has prepared
// them; a test file starts them for itself and stops them at its end.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { type Product, psql } from "../../support/fleet.ts";
import { secondConfig, secondName } from "../../support/secondServer.ts";
import { Daemon } from "./daemon.ts";

function folderOf(): string {
  const folder = process.env.PITVIEW_FAULT_STACK;
  if (folder === undefined)
    throw new Error("PITVIEW_FAULT_STACK is not set: tests/README.md says how to run these tests");
  return folder;
}
export const folder = folderOf();

interface Prepared extends Product {
  http: { url: string; host: string; port: number };
  mqtt: { host: string; port: number };
  postgres: { host: string; port: number; superuser_url: string };
}
export const product = JSON.parse(readFileSync(join(folder, "status.json"), "utf8")) as Prepared;

const recipe = (name: string): string => readFileSync(join(folder, "recipe", name), "utf8");
const argvOf = (name: string): string[] => recipe(name).split("\0").slice(0, -1);
export const simulator = recipe("sim");

export const sql = (statement: string): Promise<string[]> => psql(product, statement);

export function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });
}

export const isReady = async (url: string): Promise<boolean> =>
  (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).status === 200;

function daemon(name: string, stopSignal: NodeJS.Signals, ready: () => Promise<boolean>): Daemon {
  const log = join(folder, "log", `${name}.log`);
  return new Daemon({ name, argv: argvOf(name), stopSignal, log, isReady: ready });
}

export const postgres = daemon(
  "postgres",
  "SIGINT",
  async () => (await sql("SELECT 1")).length === 1,
);
export const mosquitto = daemon("mosquitto", "SIGTERM", () => canConnect(product.mqtt.port));
export const server = daemon("server", "SIGTERM", () => isReady(product.http.url));

export function secondServer(): Daemon & { url: string } {
  const config = join(folder, `${secondName}.toml`);
  const first = readFileSync(configOf(server), "utf8");
  writeFileSync(config, secondConfig(first, product.http.port), { mode: 0o600 });
  const url = `http://127.0.0.1:${product.http.port + 1}`;
  const second = new Daemon({
    name: "second-server",
    argv: server.argv.with(server.argv.indexOf("--config") + 1, config),
    stopSignal: "SIGTERM",
    log: join(folder, "log/second-server.log"),
    isReady: () => isReady(url),
  });
  return Object.assign(second, { url });
}
const configOf = (one: Daemon): string => one.argv[one.argv.indexOf("--config") + 1] ?? "";

const brokerConfig = mosquitto.argv.find((word) => word.endsWith("/mosquitto.conf")) ?? "";
/** Where the broker keeps what it has promised to deliver. */
export const persistence = join(dirname(brokerConfig), "data/mosquitto.db");

/** Without a reading, and without one that is still underway from another test file. */
export async function startEmpty(): Promise<void> {
  await postgres.start();
  await sql("TRUNCATE sensor_data");
  rmSync(persistence, { force: true });
  await mosquitto.start();
}

export async function startStack(): Promise<void> {
  await startEmpty();
  await server.start();
}

/** In the order in which they need each other; what one of them did wrong comes out here. */
export async function stopStack(...more: Daemon[]): Promise<void> {
  const all = [...more, server, mosquitto, postgres];
  for (const one of all) await one.stop();
  assert.deepEqual(
    all.flatMap((one) => one.faults),
    [],
    `see ${join(folder, "log")}`,
  );
}

export type Metrics = Map<string, number>;
/** Of /metrics: by name and labels as they are written there. */
export async function metrics(url = product.http.url): Promise<Metrics> {
  const answer = await fetch(`${url}/metrics`);
  const values: Metrics = new Map();
  for (const line of (await answer.text()).split("\n")) {
    const found = /^([a-z_]+(?:\{.*\})?) (\S+)/.exec(line);
    if (found) values.set(found[1] ?? "", Number(found[2]));
  }
  return values;
}
