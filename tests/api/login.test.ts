// Sessions: signing in, staying signed in, and being signed out at once.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { execute, quoted, rows } from "../support/database.ts";
import { eventually, unique } from "../support/eventually.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import {
  demo,
  refreshCookieOf,
  resign,
  type SignedIn,
  signIn,
  tryLogin,
} from "../support/session.ts";
import { loginOf, logs } from "../support/stack.ts";
import { newPit, runningJob } from "../support/workshop.ts";

const amit = loginOf("amit");
const freshSession = (): Promise<SignedIn> => signIn("amit", amit.password);
const refresh = (cookie: string): Promise<Answer> =>
  call("POST", "/api/auth/refresh", { headers: { Cookie: `pitview_refresh=${cookie}` } });

/** Everything of a problem but what differs from request to request. */
function comparable({ status, json, headers }: Answer): unknown {
  const { request_id: _, ...problem } = json;
  return { status, problem, type: headers["content-type"], retry: headers["retry-after"] };
}

describe("signing in", () => {
  test("a wrong password and an unknown user get the same answer", async () => {
    const from = newAddress();
    const wrong = await tryLogin("amit", "wrong", { from });
    const unknown = await tryLogin(`nobody${unique()}`, "wrong", { from });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.json.code, "invalid_credentials");
    assert.deepEqual(comparable(wrong), comparable(unknown));
    assert.equal(wrong.headers["set-cookie"], undefined);
  });

  test("the username is taken whatever its case, the password is not", async () => {
    assert.equal((await tryLogin("AMIT", amit.password)).status, 200);
    const swapped = amit.password.replace(/[a-z]/, (letter) => letter.toUpperCase());
    assert.equal((await tryLogin("amit", swapped, { from: newAddress() })).status, 401);
  });

  test("five failures lock that account for that address, and nothing else", async () => {
    const from = newAddress();
    const answers: Answer[] = [];
    for (let i = 0; i < 5; ++i) answers.push(await tryLogin("sara", "wrong", { from }));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401, 401, 429],
    );
    const locked = await tryLogin("sara", loginOf("sara").password, { from });
    assert.equal(locked.status, 429, "the right password must not help while locked");
    assert.equal(locked.json.code, "locked_out");
    const retryAfter = Number(locked.headers["retry-after"]);
    assert.ok(retryAfter > 800 && retryAfter <= 900, `Retry-After: ${retryAfter}`);

    const other = await tryLogin("rohan", loginOf("rohan").password, { from });
    assert.equal(other.status, 200, "another account from that address");
    const elsewhere = await tryLogin("sara", loginOf("sara").password, { from: newAddress() });
    assert.equal(elsewhere.status, 200, "that account from another address");
  });

  test("an unknown account is locked as a known one is", async () => {
    const from = newAddress();
    const name = `nobody${unique()}`;
    for (let i = 0; i < 5; ++i) await tryLogin(name, "wrong", { from });
    assert.equal((await tryLogin(name, "wrong", { from })).json.code, "locked_out");
  });

  test("a success forgets the failures before it", async () => {
    const from = newAddress();
    for (let i = 0; i < 4; ++i) await tryLogin("pooja", "wrong", { from });
    assert.equal((await tryLogin("pooja", loginOf("pooja").password, { from })).status, 200);
    assert.equal((await tryLogin("pooja", "wrong", { from })).status, 401);
    assert.equal((await tryLogin("pooja", "wrong", { from })).status, 401);
  });

  test("a disabled account is answered like a wrong password", async () => {
    const { login } = await runningJob(await newPit());
    await execute(
      `UPDATE users SET disabled_at = now() WHERE username = ${quoted(login.username)}`,
    );
    const answer = await tryLogin(login.username, login.password, { from: newAddress() });
    assert.equal(answer.status, 401);
    assert.equal(answer.json.code, "invalid_credentials");
  });

  test("100 tries a minute from one address are the limit", async () => {
    const from = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 130 }, () => call("POST", "/api/auth/refresh", { from })),
    );
    const limited = answers.filter(({ status }) => status === 429);
    assert.ok(
      limited.length >= 20 && limited.length <= 30,
      `${limited.length} of 130 were limited`,
    );
    for (const answer of limited) {
      assert.equal(answer.json.code, "rate_limited");
      assert.ok(Number(answer.headers["retry-after"]) >= 1);
    }
    assert.equal((await call("POST", "/api/auth/refresh", { from: newAddress() })).status, 401);
  });

  test("the refresh cookie is out of reach of scripts and other sites", async () => {
    const answer = await tryLogin("amit", amit.password);
    const cookie = String(answer.headers["set-cookie"]?.[0]);
    for (const attribute of ["HttpOnly", "SameSite=Strict", "Path=/api/auth"])
      assert.ok(cookie.split("; ").includes(attribute), cookie);
    assert.ok(!answer.text.includes(refreshCookieOf(answer)));
  });

  test("the database holds no token and no password as it is", async () => {
    const answer = await tryLogin("amit", amit.password);
    const token = refreshCookieOf(answer);
    const all =
      JSON.stringify(await rows("SELECT * FROM sessions")) +
      JSON.stringify(await rows("SELECT * FROM users"));
    assert.ok(!all.includes(token) && !all.includes(amit.password));
    assert.match(all, /\$2[aby]\$12\$/);
  });
});

describe("refreshing", () => {
  test("gives a new access token and a new cookie", async () => {
    const session = await freshSession();
    const answer = await refresh(session.refreshCookie);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.role, "owner");
    assert.notEqual(refreshCookieOf(answer), session.refreshCookie);
    assert.equal(
      (await call("GET", "/api/auth/me", { token: answer.json.access_token })).status,
      200,
    );
    assert.equal((await refresh(refreshCookieOf(answer))).status, 200);
  });

  test("without a cookie or with a made-up one is session_ended", async () => {
    for (const answer of [await call("POST", "/api/auth/refresh"), await refresh("made-up")]) {
      assert.equal(answer.status, 401);
      assert.equal(answer.json.code, "session_ended");
    }
  });

  test("an old cookie within 30 s is a retry: the answer may have got lost", async () => {
    const session = await freshSession();
    assert.equal((await refresh(session.refreshCookie)).status, 200);
    const again = await refresh(session.refreshCookie);
    assert.equal(again.status, 200);
    assert.equal((await refresh(refreshCookieOf(again))).status, 200);
  });

  test("an old cookie after that ends the session for both who hold it", async () => {
    const session = await freshSession();
    const rotated = await refresh(session.refreshCookie);
    const [, payload] = session.token.split(".");
    const { sid } = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
    await execute(
      `UPDATE sessions SET last_used_at = last_used_at - interval '31 seconds' WHERE id = ${sid}`,
    );

    const stolen = await refresh(session.refreshCookie);
    assert.equal(stolen.status, 401);
    assert.equal(stolen.json.code, "session_ended");
    assert.equal(stolen.headers["set-cookie"], undefined);
    assert.equal((await refresh(refreshCookieOf(rotated))).json.code, "session_ended");
    const me = await call("GET", "/api/auth/me", { token: rotated.json.access_token });
    assert.equal(me.json.code, "session_ended", "the access token must be dead too");
    const [ended] = await rows(`SELECT end_reason FROM sessions WHERE id = ${sid}`);
    assert.equal(ended.end_reason, "refresh_token_reused");
  });

  test("ten at once with the same cookie leave the session usable", async () => {
    const session = await freshSession();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refresh(session.refreshCookie)),
    );
    const good = answers.filter(({ status }) => status === 200);
    assert.ok(good.length >= 1);
    assert.deepEqual(
      [...new Set(answers.map(({ status }) => status))].filter((s) => s >= 500),
      [],
    );
    assert.equal((await session.get("/api/auth/me")).status, 200);
  });

  test("a session past its end is over", async () => {
    const session = await freshSession();
    const { sid } = JSON.parse(
      Buffer.from(session.token.split(".")[1] ?? "", "base64url").toString(),
    );
    await execute(`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = ${sid}`);
    assert.equal((await refresh(session.refreshCookie)).json.code, "session_ended");
  });
});

describe("signing out", () => {
  test("ends the access token, the cookie and the live connection at once", async () => {
    const session = await freshSession();
    const other = await freshSession();
    const live = await Live.open(session);
    const untouched = await Live.open(other);
    const answer = await session.post("/api/auth/logout");
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers["set-cookie"]), /pitview_refresh=;.*Max-Age=0/);

    assert.equal((await session.get("/api/auth/me")).json.code, "session_ended");
    assert.equal((await refresh(session.refreshCookie)).json.code, "session_ended");
    const ended = await live.next("session_ended");
    assert.equal(typeof ended.data.reason, "string");
    assert.equal((await live.whenClosed()).code, 4401);
    assert.equal(live.frames.at(-1)?.event, "session_ended");

    assert.equal(
      (await other.get("/api/auth/me")).status,
      200,
      "another session of the same person",
    );
    assert.equal(untouched.closed, null);
    await untouched.close();
  });

  test("twice is answered, not an error of the server", async () => {
    const session = await freshSession();
    await session.post("/api/auth/logout");
    const again = await session.post("/api/auth/logout");
    assert.equal(again.status, 401);
    assert.equal(again.json.code, "session_ended");
  });
});

describe("tickets for the live connection", () => {
  test("are good once", async () => {
    const session = await demo("amit");
    const { ticket, expires_in } = (await session.post("/api/ws-ticket")).json;
    assert.equal(expires_in, 30);
    const first = new Live(`ticket=${ticket}`);
    await first.next("snapshot");
    const second = new Live(`ticket=${ticket}`);
    assert.equal((await second.whenClosed()).code, 4401);
    assert.deepEqual(second.frames, []);
    assert.equal(first.closed, null);
    await first.close();
  });

  test("of a session that has ended open nothing", async () => {
    const session = await freshSession();
    const { ticket } = (await session.post("/api/ws-ticket")).json;
    await session.post("/api/auth/logout");
    const live = new Live(`ticket=${ticket}`);
    assert.equal((await live.whenClosed()).code, 4401);
    assert.deepEqual(live.frames, []);
  });

  test("the access token itself works too, as in the plan", async () => {
    const session = await demo("amit");
    const live = new Live(`token=${session.token}`);
    await live.next("snapshot");
    await live.close();
  });

  test("no, a made-up and an expired token are closed with 4401 and no data", async () => {
    const { token } = await demo("amit");
    const expired = resign(token, { exp: Math.floor(Date.now() / 1000) - 1 });
    for (const query of ["", "ticket=abc", "token=abc", "token=", `token=${expired}`]) {
      const live = new Live(query);
      assert.equal((await live.whenClosed()).code, 4401, query);
      assert.deepEqual(live.frames, [], query);
    }
  });
});

test("neither tokens nor passwords are in any log", async () => {
  const session = await freshSession();
  const live = new Live(`token=${session.token}`);
  await live.next("snapshot");
  await live.close();
  const { ticket } = (await session.post("/api/ws-ticket")).json;
  const second = new Live(`ticket=${ticket}`);
  await second.next("snapshot");
  await second.close();
  const wrong = `secret-${unique()}`;
  await tryLogin(wrong, wrong, { from: newAddress() });
  await eventually("the access log has the live connection", () =>
    logs().get("server.log")?.includes('"/ws"'),
  );
  const secrets = [session.token, session.refreshCookie, ticket, amit.password, wrong];
  for (const [name, text] of logs())
    for (const secret of secrets) assert.ok(!text.includes(secret), `${name} holds a secret`);
});
