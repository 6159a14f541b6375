// A browser's live connection without the browser. Every message is held against contracts/live.
import assert from "node:assert/strict";
import { after } from "node:test";
import { eventually } from "./eventually.ts";
import { faultsOfMessage } from "./liveContract.ts";
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
const faults = new Set<string>();
after(() => {
  for (const socket of opened) socket.close();
  assert.deepEqual([...faults], [], "messages of /ws that contracts/live does not allow");
});

export class Live {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #socket: WebSocket;

  constructor(query: string, server = baseUrl) {
    this.#socket = new WebSocket(`${server.replace("http", "ws")}/ws?${query}`);
    opened.push(this.#socket);
    this.#socket.addEventListener("message", (message) => {
      const frame: unknown = JSON.parse(String(message.data));
      for (const fault of faultsOfMessage(frame)) faults.add(fault);
      this.frames.push(frame as Frame);
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

  /** Connects as one who was there before, and waits for the first message. */
  static async resume(session: SignedIn, lastSeq: number | string): Promise<Live> {
    const { json } = await session.post("/api/ws-ticket");
    const live = new Live(`ticket=${json.ticket}&last_seq=${lastSeq}`);
    await eventually("the first message", () => live.frames.length > 0);
    return live;
  }

  /** Of the last message. */
  get lastSeq(): number {
    return this.frames.at(-1)?.seq ?? 0;
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
