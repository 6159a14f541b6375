// A product of its own for the benchmark: own data, own ports, begun from nothing.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Status {
  running: boolean;
  state: string;
  http: { url: string; host: string; port: number };
  mqtt: { host: string; port: number };
  postgres: { superuser_url: string; app_url: string };
  pids: { server: number; postgres: number; mosquitto: number };
  logins: Login[];
  devices: Device[];
}

export interface Login {
  role: string;
  username: string;
  password: string;
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

interface Run {
  /** Ends the command with SIGTERM; the promise still waits for its end. */
  signal?: AbortSignal;
  input?: string;
  environment?: NodeJS.ProcessEnv;
  /** Its standard output appears as it comes, and is not returned. */
  shown?: boolean;
  /** Out of reach of a Ctrl-C in the terminal. */
  detached?: boolean;
}

/** Runs a command to its end and returns its standard output. */
export function run(command: string, args: string[], options: Run = {}): Promise<string> {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...options.environment },
    stdio: ["pipe", options.shown ? "inherit" : "pipe", "inherit"],
    detached: options.detached ?? false,
  });
  const end = () => child.kill("SIGTERM");
  options.signal?.addEventListener("abort", end);
  if (options.signal?.aborted) end();
  let output = "";
  child.stdout?.on("data", (part: Buffer) => {
    output += part.toString();
  });
  child.stdin?.on("error", () => {}); // it may have ended already; its status says why
  child.stdin?.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killedBy) => {
      options.signal?.removeEventListener("abort", end);
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args[0] ?? ""} ended with ${code ?? killedBy}`));
    });
  });
}

/** The server's own account: it may publish and subscribe to workshop/#. */
export const brokerUsername = "pitview-server";

const folder = "var/bench-stack";

export class Stack {
  readonly portBase: number;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(portBase: number) {
    this.portBase = portBase;
    this.#environment = {
      PITVIEW_VAR: folder,
      PITVIEW_PORT_BASE: String(portBase),
    };
  }

  /** Where the server's own password for the broker is. */
  readonly brokerPasswordFile = join(root, folder, "secrets/mqtt_server_password");

  brokerPassword(): string {
    return readFileSync(this.brokerPasswordFile, "utf8").trim();
  }

  async up(signal: AbortSignal): Promise<void> {
    await this.down(); // a run that was killed may have left it
    await this.#pit(["reset", "--yes"]);
    await this.#pit(["up", "--detach", "--preset", "release", "--without-sim"], {
      signal,
      shown: true,
    });
  }

  /** As printed by ./pit: a text, because the C++ tool reads it too. */
  statusText(): Promise<string> {
    return this.#pit(["status", "--json"]);
  }

  async status(): Promise<Status> {
    return JSON.parse(await this.statusText()) as Status;
  }

  /** As the superuser; what it prints, unaligned. */
  async sql(statement: string, signal?: AbortSignal): Promise<string> {
    const { postgres } = await this.status();
    const args = ["-XqtA", "-v", "ON_ERROR_STOP=1", postgres.superuser_url];
    const output = await run("psql", args, {
      input: statement,
      ...(signal && { signal }),
    });
    return output.trim();
  }

  async restart(name: "postgres" | "mosquitto" | "server", signal: AbortSignal): Promise<void> {
    await this.#pit(["restart", name], { signal });
  }

  /** Takes these settings out of the broker's configuration, and starts it anew. */
  async withoutBrokerSettings(names: string[], signal: AbortSignal): Promise<void> {
    const { pids } = await this.status();
    const file = readFileSync(`/proc/${pids.mosquitto}/cmdline`, "utf8")
      .split("\0")
      .find((argument) => argument.endsWith(".conf"));
    if (file === undefined) throw new Error("Mosquitto runs without a configuration file");
    const kept = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => !names.includes(line.split(" ")[0] ?? ""));
    writeFileSync(file, [...kept, ...names.map((name) => `${name} 0`), ""].join("\n"));
    await this.restart("mosquitto", signal);
  }

  async down(): Promise<void> {
    const { state } = await this.status();
    if (state !== "stopped") await this.#pit(["down"], { detached: true });
  }

  #pit(command: string[], options: Run = {}): Promise<string> {
    return run(join(root, "pit"), command, {
      ...options,
      environment: this.#environment,
    });
  }
}
