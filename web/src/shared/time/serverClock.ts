/**
 * The server's time as far as this page can know it. Each message tells when the server sent it;
 * it arrives later by the network's delay, so of the last few differences the largest is closest
 * to the truth. Looking at the last few only lets the clock follow when either side is set.
 */
export class ServerClock {
  readonly #localNowMs: () => number;
  readonly #offsets: number[] = [];
  #offsetMs = 0;

  constructor(localNowMs: () => number = Date.now) {
    this.#localNowMs = localNowMs;
  }

  learn(sentAt: string): void {
    const sentAtMs = Date.parse(sentAt);
    if (Number.isNaN(sentAtMs)) return;
    this.#offsets.push(sentAtMs - this.#localNowMs());
    if (this.#offsets.length > 8) this.#offsets.shift();
    this.#offsetMs = Math.max(...this.#offsets);
  }

  nowMs(): number {
    return this.#localNowMs() + this.#offsetMs;
  }
}
