// What ./pit says about the running product: addresses, process ids, demo logins.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const environment = {
  ...process.env,
  PITVIEW_VAR: process.env.PITVIEW_VAR ?? "var/test-stack",
  PITVIEW_PORT_BASE: process.env.PITVIEW_PORT_BASE ?? "19000",
};
export const varFolder = isAbsolute(environment.PITVIEW_VAR)
  ? environment.PITVIEW_VAR
  : join(root, environment.PITVIEW_VAR);

export type Role = "super_admin" | "owner" | "manager" | "operator" | "customer";

export interface Login {
  role: Role;
  username: string;
  password: string;
  workshop_code: string;
}

export interface Device {
  device_id: string;
  license_key: string;
  mqtt_username: string;
  mqtt_password: string;
  workshop_code: string;
  pit_number: number;
  pit_id: number;
}

export interface Status {
  running: boolean;
  state: string;
  http: { url: string; host: string; port: number };
  mqtt: { host: string; port: number };
  video: { url: string };
  postgres: { superuser_url: string };
  pids: { server: number | null; mosquitto: number | null; video: number | null };
  logins: Login[];
  devices: Device[];
}

/** Runs ./pit for the tests' stack and returns what it prints. */
export function pit(...command: string[]): string {
  return execFileSync(join(root, "pit"), command, {
    cwd: root,
    env: environment,
    encoding: "utf8",
  });
}

export async function pitInBackground(...command: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(join(root, "pit"), command, {
    cwd: root,
    env: environment,
  });
  return stdout;
}

export const currentStatus = (): Status => JSON.parse(pit("status", "--json")) as Status;

function firstStatus(): Status {
  const status = currentStatus();
  if (!status.running) {
    throw new Error(
      `The product does not run in ${environment.PITVIEW_VAR}: tests/README.md says how to start it.`,
    );
  }
  const workshops = new Set(status.logins.map((login) => login.workshop_code));
  if (workshops.size < 2) {
    throw new Error("The stack has one workshop; these tests need two: ./pit up --workshops 2");
  }
  return status;
}

export const stack: Status = firstStatus();
export const baseUrl = stack.http.url;

/** The two demo workshops. */
export const shine = "workshop_001";
export const gloss = "workshop_002";

export function loginOf(username: string): Login {
  const found = stack.logins.find((login) => login.username === username);
  if (found === undefined) throw new Error(`There is no demo login "${username}".`);
  return found;
}

export function deviceAt(workshop: string, pitNumber: number): Device {
  const found = stack.devices.find(
    (device) => device.workshop_code === workshop && device.pit_number === pitNumber,
  );
  if (found === undefined)
    throw new Error(`There is no demo device at ${workshop}, pit ${pitNumber}.`);
  return found;
}

/** Everything the stack has logged so far, by file name. */
export function logs(): Map<string, string> {
  const folder = join(varFolder, "log");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** A secret of the stack, as ./pit made it. */
export const secret = (name: string): string =>
  readFileSync(join(varFolder, "secrets", name), "utf8").trim();

/** Resident memory of the server in MB. */
export function serverMemoryMb(): number {
  const pid = currentStatus().pids.server;
  if (pid === null) throw new Error("The server does not run.");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
