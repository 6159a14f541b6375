import { beforeEach, expect, test, vi } from "vitest";
import { sampleMe } from "../testing/renderPortal";
import { Session } from "./session";
import { sessionHint } from "./sessionHint";

type Answer = (request: Request) => Response | Promise<Response>;

const answer = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json" },
  });
const loginResult = (token: string) =>
  answer(200, {
    access_token: token,
    token_type: "Bearer",
    expires_in: 900,
    role: "owner",
    must_change_password: false,
  });
const problem = (status: number, code: string) =>
  answer(status, { type: "about:blank", title: code, status, code });
const tokenOf = (request: Request) => request.headers.get("Authorization");

let answers: Record<string, Answer>;
let monotonicMs: number;
const asked = vi.fn<(path: string, token: string | null) => void>();
const channel = { postMessage: vi.fn(), addEventListener: vi.fn(), close: vi.fn() };
let session: Session;

const calls = (path: string) => asked.mock.calls.filter(([name]) => name === path);

beforeEach(() => {
  asked.mockReset();
  channel.postMessage.mockReset();
  channel.addEventListener.mockReset();
  monotonicMs = 0;
  answers = {
    "/api/auth/login": () => loginResult("first"),
    "/api/auth/magic-link": () => loginResult("by link"),
    "/api/auth/refresh": () => loginResult("second"),
    "/api/auth/me": () => answer(200, sampleMe),
    "/api/auth/logout": () => answer(200, { message: "Logged out successfully" }),
    "/api/ws-ticket": () => answer(200, { ticket: "t", expires_in: 30 }),
  };
  session = newSession();
});

const newSession = (link: string | null = null) =>
  new Session(
    {
      fetch: async (request) => {
        const { pathname } = new URL(request.url);
        asked(pathname, tokenOf(request));
        return (answers[pathname] ?? (() => problem(404, "not_found")))(request);
      },
      channel,
      monotonicMs: () => monotonicMs,
      random: () => 0,
    },
    link,
  );

test("a first visit asks the server nothing and shows the login", async () => {
  await session.restore();
  expect(session.state()).toEqual({ kind: "signed_out", reason: "none" });
  expect(asked).not.toHaveBeenCalled();
});

test("logging in makes the session active, and other tabs hear of it", async () => {
  expect(await session.login("owner1", "pw")).toBeNull();
  expect(session.state()).toEqual({ kind: "active", me: sampleMe });
  expect(calls("/api/auth/me")).toEqual([["/api/auth/me", "Bearer first"]]);
  expect(channel.postMessage).toHaveBeenCalledOnce();
});

test("a wrong password is told and changes nothing", async () => {
  answers["/api/auth/login"] = () => problem(401, "invalid_credentials");
  expect(await session.login("owner1", "no")).toMatchObject({ code: "invalid_credentials" });
  expect(session.state().kind).toBe("restoring");
  expect(sessionHint.mayHaveSession()).toBe(false);
});

test("a reload continues through the refresh cookie", async () => {
  sessionHint.set(true);
  await session.restore();
  expect(session.state().kind).toBe("active");
  expect(calls("/api/auth/me")).toEqual([["/api/auth/me", "Bearer second"]]);
});

test("a reload with an ended session shows the plain login", async () => {
  sessionHint.set(true);
  answers["/api/auth/refresh"] = () => problem(401, "unauthenticated");
  await session.restore();
  expect(session.state()).toEqual({ kind: "signed_out", reason: "none" });
  expect(sessionHint.mayHaveSession()).toBe(false);
});

test.each([
  ["the network is away", () => Promise.reject(new TypeError("network"))],
  ["a gateway answers 502", () => new Response("bad gateway", { status: 502 })],
  ["the server answers 503", () => problem(503, "unavailable")],
])("a reload while %s waits and then recovers by itself", async (_what, failing: Answer) => {
  vi.useFakeTimers();
  sessionHint.set(true);
  answers["/api/auth/refresh"] = failing;
  await session.restore();
  expect(session.state().kind).toBe("unreachable");
  await vi.advanceTimersByTimeAsync(5000);
  answers["/api/auth/refresh"] = () => loginResult("second");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(session.state().kind).toBe("active");
});

test("simultaneous refreshes are one call", async () => {
  const results = await Promise.all([session.refresh(), session.refresh(), session.refresh()]);
  expect(results).toEqual(["refreshed", "refreshed", "refreshed"]);
  expect(calls("/api/auth/refresh")).toHaveLength(1);
});

test("an expired token is refreshed once and the call repeated with its body", async () => {
  await session.login("owner1", "pw");
  answers["/api/ws-ticket"] = (request) =>
    tokenOf(request) === "Bearer second"
      ? answer(200, { ticket: "t", expires_in: 30 })
      : problem(401, "token_expired");
  const [a, b] = await Promise.all([
    session.api.POST("/api/ws-ticket"),
    session.api.POST("/api/ws-ticket"),
  ]);
  expect([a.data?.ticket, b.data?.ticket]).toEqual(["t", "t"]);
  expect(calls("/api/auth/refresh")).toHaveLength(1);
});

test("a token about to expire is renewed ahead of the call", async () => {
  await session.login("owner1", "pw");
  monotonicMs = 880_000;
  await session.api.POST("/api/ws-ticket");
  expect(calls("/api/ws-ticket")).toEqual([["/api/ws-ticket", "Bearer second"]]);
});

test("an ended session signs the page out with that reason", async () => {
  await session.login("owner1", "pw");
  answers["/api/ws-ticket"] = () => problem(401, "session_ended");
  answers["/api/auth/refresh"] = () => problem(401, "session_ended");
  const { response } = await session.api.POST("/api/ws-ticket");
  expect(response.status).toBe(401);
  expect(session.state()).toEqual({ kind: "signed_out", reason: "ended" });
});

test("a refresh that cannot reach the server does not end the session", async () => {
  await session.login("owner1", "pw");
  answers["/api/auth/refresh"] = () => new Response("", { status: 502 });
  expect(await session.refresh()).toBe("unreachable");
  expect(session.state().kind).toBe("active");
});

test("logging out signs out here even when the server is away", async () => {
  await session.login("owner1", "pw");
  answers["/api/auth/logout"] = () => Promise.reject(new TypeError("network"));
  await session.logout();
  expect(session.state()).toEqual({ kind: "signed_out", reason: "signed_out" });
  expect(calls("/api/auth/logout")).toEqual([["/api/auth/logout", "Bearer first"]]);
  expect(sessionHint.mayHaveSession()).toBe(false);
});

test("when another tab signs out, this one follows", async () => {
  await session.login("owner1", "pw");
  const told = channel.addEventListener.mock.calls[0]?.[1] as () => void;
  sessionHint.set(false);
  told();
  await vi.waitFor(() => expect(session.state().kind).toBe("signed_out"));
});

test("a tracking link signs in, once, and other tabs hear of it", async () => {
  sessionHint.set(true);
  session = newSession("k3y");
  const bodies: unknown[] = [];
  answers["/api/auth/magic-link"] = async (request) => {
    bodies.push(await request.json());
    return loginResult("by link");
  };
  await session.restore();
  expect(session.state()).toEqual({ kind: "active", me: sampleMe });
  expect(bodies).toEqual([{ token: "k3y" }]);
  expect(calls("/api/auth/me")).toEqual([["/api/auth/me", "Bearer by link"]]);
  expect(calls("/api/auth/refresh")).toHaveLength(0);
  expect(channel.postMessage).toHaveBeenCalledOnce();
  await session.restore();
  expect(calls("/api/auth/magic-link")).toHaveLength(1);
});

test("a link that is not valid any more says so", async () => {
  session = newSession("old");
  answers["/api/auth/magic-link"] = () => problem(401, "link_invalid");
  await session.restore();
  expect(session.state()).toEqual({ kind: "signed_out", reason: "link_invalid" });
});

test("a link that is not valid any more does not matter to who is signed in", async () => {
  sessionHint.set(true);
  session = newSession("old");
  answers["/api/auth/magic-link"] = () => problem(401, "link_invalid");
  await session.restore();
  expect(session.state().kind).toBe("active");
  expect(calls("/api/auth/me")).toEqual([["/api/auth/me", "Bearer second"]]);
});

test("a link that is not valid any more, and a session that is over, show the link's reason", async () => {
  sessionHint.set(true);
  session = newSession("old");
  answers["/api/auth/magic-link"] = () => problem(401, "link_invalid");
  answers["/api/auth/refresh"] = () => problem(401, "session_ended");
  await session.restore();
  expect(session.state()).toEqual({ kind: "signed_out", reason: "link_invalid" });
});

test.each([
  ["the network is away", () => Promise.reject(new TypeError("network"))],
  ["the server answers 503", () => problem(503, "unavailable")],
  ["too many links are tried at that address", () => problem(429, "rate_limited")],
])("a link opened while %s is tried again by itself", async (_what, failing: Answer) => {
  vi.useFakeTimers();
  session = newSession("k3y");
  answers["/api/auth/magic-link"] = failing;
  await session.restore();
  expect(session.state().kind).toBe("unreachable");
  answers["/api/auth/magic-link"] = () => loginResult("by link");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(session.state().kind).toBe("active");
});
