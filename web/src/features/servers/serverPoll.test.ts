import { beforeEach, expect, test, vi } from "vitest";
import type { Failure, Outcome } from "../../shared/api/failure";
import type { ServerReport } from "../../shared/api/model";
import { sampleReport } from "../../shared/testing/samples";
import { ServerPoll } from "./serverPoll";

const answer: Outcome<ServerReport[]> = { ok: true, data: [sampleReport()] };
const failed = (failure: Failure): Outcome<ServerReport[]> => ({ ok: false, failure });
const unreachable = failed({ kind: "unreachable", retryAfterMs: null });
const problem = (status: number, retryAfterMs: number | null = null) =>
  failed({ kind: "problem", status, code: "x", fields: new Map(), retryAfterMs });

const ask = vi.fn<() => Promise<Outcome<ServerReport[]>>>();
let poll: ServerPoll;
let visibility: DocumentVisibilityState;

const turn = (to: DocumentVisibilityState) => {
  visibility = to;
  document.dispatchEvent(new Event("visibilitychange"));
};
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  visibility = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  ask.mockReset().mockResolvedValue(answer);
  poll = new ServerPoll({ ask, clock: { learn: () => {}, nowMs: () => 0 } });
  return () => poll.stop();
});

test("asks at once and then every 5 s", async () => {
  poll.start();
  expect(poll.state().kind).toBe("loading");
  await pass(0);
  expect(poll.state().kind).toBe("loaded");
  await pass(4999);
  expect(ask).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("asks nothing while the page is hidden, and at once when it is seen again", async () => {
  poll.start();
  await pass(0);
  turn("hidden");
  await pass(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
  turn("visible");
  await pass(0);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("an answer that comes while the page is hidden is kept, and no other is asked for", async () => {
  let give: (outcome: Outcome<ServerReport[]>) => void = () => {};
  ask.mockReturnValueOnce(new Promise((resolve) => (give = resolve)));
  poll.start();
  turn("hidden");
  give(answer);
  await pass(60_000);
  expect([poll.state().kind, ask.mock.calls.length]).toEqual(["loaded", 1]);
});

test("a first failure is told; a later one leaves what was known", async () => {
  ask.mockResolvedValueOnce(unreachable);
  poll.start();
  await pass(0);
  expect(poll.state().kind).toBe("failed");
  await pass(5000);
  expect(poll.state().kind).toBe("loaded");
  ask.mockResolvedValue(problem(500));
  await pass(5000);
  expect(ask).toHaveBeenCalledTimes(3);
  expect(poll.state().kind).toBe("loaded");
});

test("who may not see it is not asked again for", async () => {
  ask.mockResolvedValue(problem(403));
  poll.start();
  await pass(60_000);
  expect([poll.state().kind, ask.mock.calls.length]).toEqual(["forbidden", 1]);
});

test("waits as long as the server says", async () => {
  ask.mockResolvedValueOnce(problem(429, 30_000));
  poll.start();
  await pass(29_999);
  expect(ask).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("an answer after the end changes nothing, and nothing is left running", async () => {
  let give: (outcome: Outcome<ServerReport[]>) => void = () => {};
  ask.mockReturnValueOnce(new Promise((resolve) => (give = resolve)));
  poll.start();
  poll.stop();
  give(answer);
  await pass(0);
  expect([poll.state().kind, vi.getTimerCount()]).toEqual(["loading", 0]);
});
