import { beforeEach, expect, test, vi } from "vitest";
import type { RefreshResult } from "../session/session";
import { frame } from "../testing/samples";
import { LiveConnection, type SocketListener, type TicketResult } from "./liveConnection";

class FakeSocket {
  isClosed = false;
  readonly listener: SocketListener;
  constructor(listener: SocketListener) {
    this.listener = listener;
  }
  close() {
    this.isClosed = true;
  }
  snapshot() {
    this.listener.onMessage(frame("snapshot", { pits: [] }));
  }
  drop(code: number) {
    this.listener.onClose(code);
  }
}

const goodTicket: TicketResult = { kind: "ticket", ticket: "t" };
const noServer: TicketResult = { kind: "failed", retryAfterMs: null };

let sockets: FakeSocket[];
let states: string[];
const getTicket = vi.fn<() => Promise<TicketResult>>();
const refreshSession = vi.fn<() => Promise<RefreshResult>>();
const onSessionEnded = vi.fn();
let connection: LiveConnection;

const settle = () => vi.advanceTimersByTimeAsync(0);
const newest = (): FakeSocket => {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no socket was opened");
  return socket;
};
async function goLive() {
  connection.start();
  await settle();
  newest().snapshot();
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  states = [];
  getTicket.mockReset().mockResolvedValue(goodTicket);
  refreshSession.mockReset().mockResolvedValue("refreshed");
  onSessionEnded.mockReset();
  connection = new LiveConnection({
    getTicket,
    refreshSession,
    onSessionEnded,
    openSocket: (_ticket, listener) => {
      const socket = new FakeSocket(listener);
      sockets.push(socket);
      return socket;
    },
    onMessage: () => {},
    onState: (state) => states.push(state),
    random: () => 0,
  });
});

test("it is live only after the snapshot", async () => {
  connection.start();
  await settle();
  expect(states).toEqual(["connecting"]);
  newest().snapshot();
  expect(states).toEqual(["connecting", "live"]);
});

test("after a killed server it keeps trying, through failing tickets, until it is live again", async () => {
  await goLive();
  getTicket.mockResolvedValue(noServer);
  newest().drop(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(getTicket.mock.calls.length).toBeGreaterThan(4);
  expect(sockets).toHaveLength(1);
  expect(states.at(-1)).toBe("reconnecting");
  getTicket.mockResolvedValue(goodTicket);
  await vi.advanceTimersByTimeAsync(10_000);
  newest().snapshot();
  expect(states.at(-1)).toBe("live");
});

test("the waiting times grow from one failed attempt to the next", async () => {
  getTicket.mockResolvedValue(noServer);
  connection.start();
  await settle();
  await vi.advanceTimersByTimeAsync(249);
  expect(getTicket).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(getTicket).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(499);
  expect(getTicket).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(getTicket).toHaveBeenCalledTimes(3);
});

test("waking does not sit out the back-off", async () => {
  await goLive();
  newest().drop(1001);
  connection.wake();
  await settle();
  expect(sockets).toHaveLength(2);
});

test("the server's Retry-After is kept", async () => {
  getTicket.mockResolvedValue({ kind: "failed", retryAfterMs: 9000 });
  connection.start();
  await settle();
  await vi.advanceTimersByTimeAsync(8999);
  expect(getTicket).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(getTicket).toHaveBeenCalledTimes(2);
});

test("a socket without a snapshot is given up", async () => {
  connection.start();
  await settle();
  const silent = newest();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(silent.isClosed).toBe(true);
  await vi.advanceTimersByTimeAsync(250);
  expect(sockets).toHaveLength(2);
  silent.snapshot();
  expect(states).not.toContain("live");
});

test("4401 refreshes the session once and connects again", async () => {
  await goLive();
  newest().drop(4401);
  await settle();
  expect(refreshSession).toHaveBeenCalledOnce();
  newest().snapshot();
  expect(states.at(-1)).toBe("live");
  expect(onSessionEnded).not.toHaveBeenCalled();
});

test("a second 4401 without being live between means that the session is over", async () => {
  await goLive();
  newest().drop(4401);
  await settle();
  newest().drop(4401);
  await settle();
  expect(refreshSession).toHaveBeenCalledOnce();
  expect(onSessionEnded).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(sockets).toHaveLength(2);
});

test("4401 while the server is away is not the end of the session", async () => {
  await goLive();
  refreshSession.mockResolvedValue("unreachable");
  newest().drop(4401);
  await settle();
  expect(onSessionEnded).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(250);
  newest().snapshot();
  expect(states.at(-1)).toBe("live");
});

test("a ticket call that says the session is over ends it", async () => {
  getTicket.mockResolvedValue({ kind: "ended" });
  connection.start();
  await settle();
  expect(onSessionEnded).toHaveBeenCalledOnce();
});

test("4403 stops with no further attempt", async () => {
  await goLive();
  newest().drop(4403);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(states.at(-1)).toBe("forbidden");
  expect(getTicket).toHaveBeenCalledTimes(1);
});

test("a long silence is answered by a new snapshot without looking disconnected", async () => {
  await goLive();
  await vi.advanceTimersByTimeAsync(75_000);
  expect(sockets).toHaveLength(2);
  expect(states.at(-1)).toBe("live");
});

test("messages keep the connection from being doubted", async () => {
  await goLive();
  for (let passed = 0; passed < 200_000; passed += 10_000) {
    await vi.advanceTimersByTimeAsync(10_000);
    newest().listener.onMessage(frame("party", {}));
  }
  expect(sockets).toHaveLength(1);
});

test("a stopped connection opens nothing more and closes its socket", async () => {
  await goLive();
  connection.stop();
  expect(newest().isClosed).toBe(true);
  newest().drop(1006);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(sockets).toHaveLength(1);
});
