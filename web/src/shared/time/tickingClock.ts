import type { ServerClock } from "./serverClock";

/**
 * One shared 1 Hz beat for everything on the page that shows time. It beats on the full seconds
 * of the server and only while somebody listens.
 */
export class TickingClock {
  readonly server: ServerClock;
  readonly #listeners = new Set<() => void>();
  #tickMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(server: ServerClock) {
    this.server = server;
    this.#tickMs = server.nowMs();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#beat();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  };

  /** Server time at the last beat; the same number between beats. */
  readonly tick = (): number => this.#tickMs;

  #beat(): void {
    clearTimeout(this.#timer);
    this.#tickMs = this.server.nowMs();
    this.#timer = setTimeout(() => this.#beat(), 1000 - (this.#tickMs % 1000));
    for (const listener of [...this.#listeners]) listener();
  }
}
