import { outcomeOf } from "../api/failure";
import { parseTicket } from "../api/model";
import type { Session } from "../session/session";
import type { ServerClock } from "../time/serverClock";
import {
  LiveConnection,
  type Socket,
  type SocketListener,
  type TicketResult,
} from "./liveConnection";
import { LiveStore } from "./liveStore";
import type { LiveMessage } from "./messages";

/** Store and connection of one signed-in user, wired to the browser. */
export class Live {
  readonly store = new LiveStore();
  readonly #connection: LiveConnection;
  readonly #session: Session;
  readonly #clock: ServerClock;

  constructor(session: Session, clock: ServerClock, openSocket = openBrowserSocket) {
    this.#session = session;
    this.#clock = clock;
    this.#connection = new LiveConnection({
      getTicket: () => this.#getTicket(),
      openSocket,
      refreshSession: () => session.refresh(),
      onMessage: (message) => this.#receive(message),
      onState: (state, failures) => this.store.setConnection({ state, failures }),
      onSessionEnded: () => session.end(),
      random: Math.random,
    });
  }

  start(): void {
    this.#connection.start();
    window.addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wakeIfVisible);
  }

  /** Ends the connection and forgets everything of this user. */
  stop(): void {
    window.removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wakeIfVisible);
    this.#connection.stop();
    this.store.clear();
  }

  /** "Try again" of the person in front of the page. */
  retry(): void {
    this.#connection.wake();
  }

  readonly #wake = (): void => this.#connection.wake();

  readonly #wakeIfVisible = (): void => {
    if (document.visibilityState === "visible") this.#connection.wake();
  };

  #receive(message: LiveMessage): void {
    this.#clock.learn(message.sentAt);
    // A pit that came after the snapshot (a job that just began): a new snapshot has it.
    if (!this.store.apply(message)) this.#connection.renew();
  }

  async #getTicket(): Promise<TicketResult> {
    const outcome = await outcomeOf(this.#session.api.POST("/api/ws-ticket"), parseTicket);
    if (outcome.ok) return { kind: "ticket", ticket: outcome.data };
    const { failure } = outcome;
    if (failure.kind === "problem" && failure.status === 401) return { kind: "ended" };
    if (failure.kind === "problem" && failure.status === 403) return { kind: "forbidden" };
    return { kind: "failed", retryAfterMs: failure.retryAfterMs };
  }
}

function openBrowserSocket(ticket: string, { onMessage, onClose }: SocketListener): Socket {
  const url = new URL("/ws", window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("ticket", ticket);
  const socket = new WebSocket(url);
  socket.addEventListener("message", (event) => onMessage(event.data));
  socket.addEventListener("close", (event) => onClose(event.code));
  return socket;
}
