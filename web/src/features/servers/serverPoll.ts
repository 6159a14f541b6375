import type { Failure, Outcome } from "../../shared/api/failure";
import type { ServerReport } from "../../shared/api/model";
import { observe, type Watched } from "./watched";

/**
 * Asks for the servers' reports every 5 s, but not while nobody can see the page. A failure keeps
 * what was known; how old that is, the reader of the state tells.
 */

export type ServersState =
  | { kind: "loading" }
  /** There is nothing to show yet; being tried again. */
  | { kind: "failed"; failure: Failure }
  | { kind: "forbidden" }
  | { kind: "loaded"; servers: readonly Watched[]; answeredAtMs: number };

export interface ServerPollDeps {
  ask: () => Promise<Outcome<ServerReport[]>>;
  /** The server's time, which each answer tells. */
  clock: { learn: (sentAt: string) => void; nowMs: () => number };
}

const everyMs = 5000;

export class ServerPoll {
  readonly #deps: ServerPollDeps;
  readonly #listeners = new Set<() => void>();
  #state: ServersState = { kind: "loading" };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  /** An answer to an older run is dropped. */
  #run = 0;

  constructor(deps: ServerPollDeps) {
    this.#deps = deps;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): ServersState => this.#state;

  start(): void {
    document.addEventListener("visibilitychange", this.#followVisibility);
    this.#followVisibility();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#followVisibility);
    clearTimeout(this.#timer);
    this.#run += 1;
    this.#isAsking = false;
  }

  /** "Try again" of the person in front of the page. */
  readonly retry = (): void => void this.#ask();

  readonly #followVisibility = (): void => {
    if (document.visibilityState === "visible") void this.#ask();
    else clearTimeout(this.#timer);
  };

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isAsking) return;
    this.#isAsking = true;
    const run = this.#run;
    const outcome = await this.#deps.ask();
    if (run !== this.#run) return;
    this.#isAsking = false;
    if (outcome.ok) this.#answered(outcome.data);
    else this.#failed(outcome.failure);
    if (this.#state.kind === "forbidden" || document.visibilityState !== "visible") return;
    const wait = outcome.ok ? 0 : (outcome.failure.retryAfterMs ?? 0);
    this.#timer = setTimeout(() => void this.#ask(), Math.max(everyMs, wait));
  }

  #answered(reports: ServerReport[]): void {
    const known = this.#state.kind === "loaded" ? this.#state.servers : [];
    const own = reports[0];
    if (own !== undefined) this.#deps.clock.learn(own.reported_at);
    const answeredAtMs = this.#deps.clock.nowMs();
    this.#setState({ kind: "loaded", servers: observe(known, reports), answeredAtMs });
  }

  #failed(failure: Failure): void {
    if (failure.kind === "problem" && failure.status === 403) this.#setState({ kind: "forbidden" });
    else if (this.#state.kind !== "loaded") this.#setState({ kind: "failed", failure });
  }

  #setState(state: ServersState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
