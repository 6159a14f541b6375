// One process of the stack in a test's hands: nobody else starts it again.
import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { eventually } from "../../support/eventually.ts";

const readyMs = 60_000;

export interface Recipe {
  name: string;
  argv: string[];
  stopSignal: NodeJS.Signals;
  /** Its output is appended there. */
  log: string;
  /** Throws or gives false while it is not ready. */
  isReady: () => Promise<boolean>;
}

/** Ours are for us, and the server refuses those it does not know. */
function environmentFor(own: Record<string, string>): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("PITVIEW_"));
  return { ...Object.fromEntries(others), ...own };
}

export class Daemon {
  readonly recipe: Recipe;
  /** Its next start has these. */
  environment: Record<string, string> = {};
  argv: string[];
  /**
   * Started again whenever it dies by itself, as whoever watches over it in the field would. What
   * else dies by itself has a fault, and close() says so.
   */
  mayDie = false;
  readonly faults: string[] = [];
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #code: number | null = null;
  #wanted = false;

  constructor(recipe: Recipe) {
    this.recipe = recipe;
    this.argv = recipe.argv;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.recipe.name} does not run`);
    return pid;
  }

  /** Of the whole run, as the kernel knows it. */
  get peakMemoryMb(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** Starts it without waiting until it is ready. */
  launch(): void {
    const [program = "", ...rest] = this.argv;
    const log = openSync(this.recipe.log, "a", 0o600);
    // A session of its own: a Ctrl-C in the terminal is for us, and we end it.
    const child = spawn(program, rest, {
      cwd: "/",
      env: environmentFor(this.environment),
      stdio: ["ignore", log, log],
      detached: true,
    });
    this.#wanted = true;
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.on("error", (error) => {
        this.faults.push(`${this.recipe.name}: ${error.message}`);
        resolve();
      });
      child.on("exit", (code, signal) => {
        this.#child = undefined;
        this.#code = code;
        if (this.#wanted) this.#diedByItself(`${code ?? signal}`);
        resolve();
      });
    });
  }

  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  async ready(): Promise<void> {
    await eventually(`${this.recipe.name} is ready`, () => this.recipe.isReady(), readyMs);
  }

  /** Asks it to end and waits for it; an end that is not a clean one is a fault. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#wanted = false;
    child.kill(this.recipe.stopSignal);
    await this.#ended;
    if (this.#code !== 0) this.faults.push(`${this.recipe.name} stopped with ${this.#code}`);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  #diedByItself(how: string): void {
    if (!this.mayDie) {
      this.faults.push(`${this.recipe.name} died by itself: ${how}`);
      return;
    }
    setTimeout(() => {
      if (this.#wanted && this.#child === undefined) this.launch();
    }, 500);
  }
}
