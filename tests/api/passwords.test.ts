// Passwords: what one may be, changing it, and a temporary one that must be changed first.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { rows } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import {
  claimsOf,
  refreshCookieOf,
  resign,
  type SignedIn,
  signedIn,
  signIn,
  tryLogin,
} from "../support/session.ts";
import { changePassword, newStaff, settled } from "../support/staff.ts";
import { newWorkshop } from "../support/workshop.ts";

let owner: SignedIn;
const another = (): string => `Another-${unique()}`;
const refresh = (cookie: string): Promise<Answer> =>
  call("POST", "/api/auth/refresh", {
    headers: { Cookie: `pitview_refresh=${cookie}` },
    from: newAddress(),
  });
const newOperator = async () => settled(await newStaff(owner, "operator"));

before(async () => {
  ({ owner } = await newWorkshop());
});

describe("a new password", () => {
  test("has eight characters, a capital and a digit, and is none that everybody uses", async () => {
    const { session, password } = await newOperator();
    const refused = [
      "Sh0rt-1",
      "no-capital-1",
      "No-digit-here",
      `A1${"z".repeat(71)}`,
      "Password1",
      "Sunshine2024",
      session.username.toUpperCase(),
      password,
    ];
    for (const wanted of refused) {
      const answer = await changePassword(session, password, wanted);
      assert.equal(answer.status, 422, `${wanted}: ${answer.text}`);
      assert.deepEqual(
        answer.json.errors.map(({ field }: { field: string }) => field),
        ["new_password"],
      );
    }
    const longest = `A1${"z".repeat(70)}`;
    assert.equal((await changePassword(session, password, longest)).status, 200);
    assert.equal((await signIn(session.username, longest)).username, session.username);
  });

  test("ends every other session and every old cookie, and keeps this session", async () => {
    const { session, password } = await newOperator();
    const other = await signIn(session.username, password);
    const live = await Live.open(other);
    const wanted = another();
    const answer = await changePassword(session, password, wanted);
    assert.equal(answer.status, 200, answer.text);
    const now = signedIn(session.username, answer);
    assert.equal(claimsOf(now.token).sid, claimsOf(session.token).sid);
    assert.equal((await now.get("/api/auth/me")).status, 200);
    assert.equal((await other.get("/api/auth/me")).json.code, "session_ended");
    assert.equal((await live.whenClosed()).code, 4401);
    assert.equal((await refresh(other.refreshCookie)).json.code, "session_ended");
    assert.equal((await refresh(session.refreshCookie)).json.code, "session_ended");
    assert.equal((await refresh(now.refreshCookie)).status, 200, "the new cookie");
    const old = await tryLogin(session.username, password, { from: newAddress() });
    assert.equal(old.json.code, "invalid_credentials");
    assert.equal((await tryLogin(session.username, wanted)).status, 200);
  });

  test("needs the present one; wrong ones count towards the lockout", async () => {
    const { session, password } = await newOperator();
    const from = newAddress();
    const tries: Answer[] = [];
    for (let i = 0; i < 5; ++i)
      tries.push(
        await call("POST", "/api/auth/password", {
          token: session.token,
          body: { current_password: "wrong", new_password: another() },
          from,
        }),
      );
    assert.deepEqual(
      tries.map(({ status }) => status),
      [422, 422, 422, 422, 429],
    );
    assert.equal(tries[0]?.json.errors[0].field, "current_password");
    assert.equal(tries[4]?.json.code, "locked_out");
    assert.ok(Number(tries[4]?.headers["retry-after"]) > 800);
    assert.equal((await tryLogin(session.username, password, { from })).json.code, "locked_out");
    assert.equal((await tryLogin(session.username, password)).status, 200, "from elsewhere");
  });

  test("fifty at the same time leave one that works", async () => {
    const { session, password } = await newOperator();
    const wanted = Array.from({ length: 50 }, () => another());
    // From several addresses, because each may have five passwords looked at at once.
    const addresses = Array.from({ length: 5 }, () => newAddress());
    const answers = await Promise.all(
      wanted.map((one, i) =>
        call("POST", "/api/auth/password", {
          token: session.token,
          body: { current_password: password, new_password: one },
          from: addresses[i % addresses.length] as string,
        }),
      ),
    );
    const good = answers.flatMap((answer, i) => (answer.status === 200 ? [i] : []));
    assert.equal(good.length, 1, JSON.stringify(answers.map(({ status }) => status)));
    for (const { status, text } of answers)
      assert.ok([200, 409, 422, 429, 503].includes(status), `${status} ${text}`);
    const winner = good[0] ?? 0;
    const kept = wanted[winner] ?? "";
    assert.equal((await tryLogin(session.username, kept)).status, 200);
    const [loser] = wanted.filter((one) => one !== kept);
    const refused = await tryLogin(session.username, loser ?? "", { from: newAddress() });
    assert.equal(refused.status, 401);
    const cookie = refreshCookieOf(answers[winner] as Answer);
    assert.equal((await refresh(cookie)).status, 200, "the winner's session goes on");
  });

  test("is in the audit log without being in it", async () => {
    const { session, password } = await newOperator();
    const wanted = another();
    await changePassword(session, password, wanted);
    const id = claimsOf(session.token).sub;
    const log = await rows(`SELECT * FROM audit_log WHERE subject_id = ${id} ORDER BY id DESC`);
    assert.equal(log[0].action, "auth.password_changed");
    assert.ok(!JSON.stringify(log).includes(wanted) && !JSON.stringify(log).includes(password));
  });
});

describe("with a temporary password", () => {
  test("one may say who one is, change it and sign out, and nothing else at all", async () => {
    const made = await newStaff(owner, "manager");
    const session = await signIn(made.username, made.temporaryPassword);
    const document = (await call("GET", "/api/openapi.json")).json;
    const open = ["GET /api/auth/me", "POST /api/auth/password", "POST /api/auth/logout"];
    let closed = 0;
    for (const [path, methods] of Object.entries(
      document.paths as Record<string, Record<string, { security?: object[] }>>,
    ))
      for (const [method, operation] of Object.entries(methods)) {
        const name = `${method.toUpperCase()} ${path}`;
        const isBearer = operation.security?.some((one) => "bearer" in one);
        if (!isBearer || open.includes(name)) continue;
        const target = path.replaceAll(/\{[^}]+\}/g, "1");
        const answer = await call(method.toUpperCase(), target, {
          token: session.token,
          body: method === "get" ? undefined : {},
        });
        assert.equal(answer.status, 403, `${name}: ${answer.text}`);
        assert.equal(answer.json.code, "password_change_required", name);
        closed += 1;
      }
    assert.ok(closed > 20);
    const me = await session.get("/api/auth/me");
    assert.equal(me.json.must_change_password, true);
    assert.equal((await session.post("/api/auth/logout")).status, 200);
  });

  test("the live connection stays closed", async () => {
    const made = await newStaff(owner, "operator");
    const session = await signIn(made.username, made.temporaryPassword);
    const live = new Live(`token=${session.token}`);
    const { code, reason } = await live.whenClosed();
    assert.deepEqual([code, reason], [4401, "password_change_required"]);
    assert.deepEqual(live.frames, []);
  });

  test("refreshing changes nothing, changing it does", async () => {
    const made = await newStaff(owner, "operator");
    const first = await signIn(made.username, made.temporaryPassword);
    const again = signedIn(made.username, await refresh(first.refreshCookie));
    assert.equal((await again.get("/api/pits")).json.code, "password_change_required");
    const answer = await changePassword(again, made.temporaryPassword, another());
    assert.equal(answer.json.must_change_password, false);
    const now = signedIn(made.username, answer);
    assert.equal((await now.get("/api/pits")).status, 200);
    assert.equal((await refresh(now.refreshCookie)).json.must_change_password, false);
    assert.equal((await tryLogin(made.username, made.temporaryPassword)).status, 401);
  });

  test("the mark in the token cannot be taken off", async () => {
    const made = await newStaff(owner, "operator");
    const session = await signIn(made.username, made.temporaryPassword);
    const [head, body = "", signature] = session.token.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    assert.equal(claims.chg, 1);
    const { chg: _, ...without } = claims;
    const forged = Buffer.from(JSON.stringify(without)).toString("base64url");
    const answer = await call("GET", "/api/pits", { token: `${head}.${forged}.${signature}` });
    assert.equal(answer.json.code, "unauthenticated");
    // Only the server could have signed this, so the refusals above are of the mark.
    const signed = await call("GET", "/api/pits", { token: resign(session.token, { chg: 0 }) });
    assert.equal(signed.status, 200);
  });
});
