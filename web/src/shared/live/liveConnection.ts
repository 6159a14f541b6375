import type { RefreshResult } from "../session/session";
import { backoffMs } from "./backoff";
import type { ConnectionState } from "./liveStore";
import { type LiveMessage, parseMessage } from "./messages";

/**
 * Keeps one WebSocket to the server alive: ticket, socket, snapshot, live, and all over again
 * with back-off when anything of it fails. It counts as live once the snapshot is in. Plain
 * class without React and without globals, so that tests can drive every turn of it.
 */

export type TicketResult =
  | { kind: "ticket"; ticket: string }
  | { kind: "failed"; retryAfterMs: number | null }
  | { kind: "forbidden" }
  | { kind: "ended" };

/** What is used of a browser WebSocket. A socket that never opened reports its close as well. */
export interface Socket {
  close(): void;
}

export interface SocketListener {
  onMessage: (data: unknown) => void;
  onClose: (code: number) => void;
}

export interface LiveConnectionDeps {
  getTicket: () => Promise<TicketResult>;
  openSocket: (ticket: string, listener: SocketListener) => Socket;
  refreshSession: () => Promise<RefreshResult>;
  onMessage: (message: LiveMessage) => void;
  onState: (state: ConnectionState, failures: number) => void;
  onSessionEnded: () => void;
  random: () => number;
}

/** Close codes of the server (see the API description). */
const closeUnauthenticated = 4401;
const closeForbidden = 4403;

/** A socket that neither opens nor fails, or opens and never sends its snapshot. */
const snapshotDeadlineMs = 10_000;
/**
 * Devices report every 10 s. A longer silence may be a workshop without devices or a connection
 * that died unnoticed (a browser shows neither pings nor a lost peer); a new snapshot settles it.
 */
const longestSilenceMs = 75_000;
/** After sleep or a hidden tab, doubt the connection sooner. */
const silenceInDoubtMs = 25_000;

type Phase = "stopped" | "ticket" | "socket" | "live" | "waiting" | "halted";

export class LiveConnection {
  readonly #deps: LiveConnectionDeps;
  #phase: Phase = "stopped";
  #state: ConnectionState = "connecting";
  #socket: Socket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #lastMessageAtMs = 0;
  /** Answers of an abandoned attempt carry an older number and are ignored. */
  #attempt = 0;
  /** A 4401 was already answered with a refresh since the last live moment. */
  #hasRefreshed = false;

  constructor(deps: LiveConnectionDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#phase !== "stopped") return;
    this.#failures = 0;
    this.#hasRefreshed = false;
    this.#setState("connecting");
    void this.#connect();
  }

  stop(): void {
    this.#abandon("stopped");
  }

  /** The network is back or the page is visible again: do not sit out a back-off. */
  wake(): void {
    if (this.#phase === "waiting") void this.#connect();
    else if (this.#phase === "live" && this.#silenceMs() > silenceInDoubtMs) this.renew();
  }

  /** Asks for a new snapshot over a new socket; stays "live" unless that fails. */
  renew(): void {
    if (this.#phase === "live") void this.#connect();
  }

  async #connect(): Promise<void> {
    const attempt = this.#abandon("ticket");
    const result = await this.#deps.getTicket();
    if (attempt !== this.#attempt) return;
    switch (result.kind) {
      case "ticket":
        this.#open(result.ticket);
        return;
      case "failed":
        this.#retryLater(result.retryAfterMs);
        return;
      case "forbidden":
        this.#halt("forbidden");
        return;
      case "ended":
        this.#abandon("halted");
        this.#deps.onSessionEnded();
        return;
    }
  }

  #open(ticket: string): void {
    this.#phase = "socket";
    const attempt = this.#attempt;
    this.#socket = this.#deps.openSocket(ticket, {
      onMessage: (data) => {
        if (attempt === this.#attempt) this.#receive(data);
      },
      onClose: (code) => {
        if (attempt === this.#attempt) void this.#closed(code);
      },
    });
    this.#timer = setTimeout(() => this.#retryLater(null), snapshotDeadlineMs);
  }

  #receive(data: unknown): void {
    this.#lastMessageAtMs = Date.now();
    const message = parseMessage(data);
    if (message === null) return;
    this.#deps.onMessage(message);
    if (message.event !== "snapshot") return;
    this.#phase = "live";
    this.#failures = 0;
    this.#hasRefreshed = false;
    this.#watchSilence();
    this.#setState("live");
  }

  #watchSilence(): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, longestSilenceMs - this.#silenceMs());
    this.#timer = setTimeout(() => {
      if (this.#silenceMs() >= longestSilenceMs) this.renew();
      else this.#watchSilence();
    }, left);
  }

  #silenceMs(): number {
    return Date.now() - this.#lastMessageAtMs;
  }

  async #closed(code: number): Promise<void> {
    if (code === closeForbidden) {
      this.#halt("forbidden");
    } else if (code === closeUnauthenticated) {
      await this.#renewSession();
    } else {
      this.#retryLater(null);
    }
  }

  async #renewSession(): Promise<void> {
    const attempt = this.#abandon("ticket");
    if (this.#hasRefreshed) {
      this.#abandon("halted");
      this.#deps.onSessionEnded();
      return;
    }
    this.#setState("reconnecting");
    const refreshed = await this.#deps.refreshSession();
    if (attempt !== this.#attempt) return;
    if (refreshed === "refreshed") {
      this.#hasRefreshed = true;
      void this.#connect();
    } else if (refreshed === "ended") {
      this.#abandon("halted");
      this.#deps.onSessionEnded();
    } else {
      // Unknown yet: the next ticket call tells whether the session still stands.
      this.#retryLater(null);
    }
  }

  #retryLater(retryAfterMs: number | null): void {
    this.#abandon("waiting");
    const backoff = backoffMs(this.#failures, this.#deps.random());
    this.#failures += 1;
    this.#setState(this.#state === "connecting" ? "connecting" : "reconnecting");
    this.#timer = setTimeout(() => void this.#connect(), Math.max(backoff, retryAfterMs ?? 0));
  }

  #halt(state: ConnectionState): void {
    this.#abandon("halted");
    this.#setState(state);
  }

  #abandon(phase: Phase): number {
    this.#phase = phase;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#attempt += 1;
    return this.#attempt;
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#deps.onState(state, this.#failures);
  }
}
