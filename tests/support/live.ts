// A browser's live connection without the browser.
import { after } from "node:test";
import { eventually } from "./eventually.ts";
import type { SignedIn } from "./session.ts";
import { baseUrl } from "./stack.ts";

export interface Frame {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: looked at by the tests
  data: any;
  seq: number;
  ts: string;
}

// An open socket would keep the test's process alive after a failure.
const opened: WebSocket[] = [];
after(() => {
  for (const socket of opened) socket.close();
});

export class Live {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #socket: WebSocket;

  constructor(query: string) {
    this.#socket = new WebSocket(`${baseUrl.replace("http", "ws")}/ws?${query}`);
    opened.push(this.#socket);
    this.#socket.addEventListener("message", (message) => {
      this.frames.push(JSON.parse(String(message.data)) as Frame);
    });
    this.#socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
    });
    this.#socket.addEventListener("error", () => {}); // a close follows
  }

  /** Connects with a ticket and waits for the snapshot. */
  static async open(session: SignedIn): Promise<Live> {
    const { json } = await session.post("/api/ws-ticket");
    const live = new Live(`ticket=${json.ticket}`);
    await live.next("snapshot");
    return live;
  }

  async next(event: string, matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return eventually(`${event} on the live connection`, () => {
      const found = this.frames.find((frame) => frame.event === event && matches(frame));
      if (found === undefined && this.closed !== null)
        throw new Error(`closed with ${this.closed.code} ${this.closed.reason}`);
      return found;
    });
  }

  all(event: string): Frame[] {
    return this.frames.filter((frame) => frame.event === event);
  }

  async whenClosed(): Promise<{ code: number; reason: string }> {
    return eventually("the live connection closes", () => this.closed);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.whenClosed();
  }
}
