// Where one is signed in: the list, signing out from elsewhere, and who may do it for whom.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { rows } from "../support/database.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import {
  claimsOf,
  demo,
  refreshCookieOf,
  type SignedIn,
  signIn,
  tryLogin,
} from "../support/session.ts";
import { baseUrl, loginOf } from "../support/stack.ts";
import { newStaff, settled } from "../support/staff.ts";
import { newWorkshop } from "../support/workshop.ts";

interface Listed {
  id: number;
  current: boolean;
  ip: string;
  user_agent: string;
  created_at: string;
}

let owner: SignedIn;
const password = loginOf("amit").password;
const ownSession = (): Promise<SignedIn> => signIn(owner.username, password);
const sidOf = (session: SignedIn): number => claimsOf(session.token).sid;
const idsOf = (answer: Answer): number[] => answer.json.map(({ id }: Listed) => id);
const refresh = (cookie: string): Promise<Answer> =>
  call("POST", "/api/auth/refresh", {
    headers: { Cookie: `pitview_refresh=${cookie}` },
    from: newAddress(),
  });

before(async () => {
  ({ owner } = await newWorkshop());
});

describe("the own sessions", () => {
  test("say when, from where and with what, and which is this one", async () => {
    const from = newAddress();
    const answer = await tryLogin(owner.username, password, {
      from,
      headers: { "User-Agent": "Phone\u00e9/1" },
    });
    const { sid } = claimsOf(answer.json.access_token);
    const listed: Listed[] = (await owner.get("/api/sessions")).json;
    const phone = listed.find(({ id }) => id === sid);
    assert.ok(phone);
    assert.equal(phone.ip, from);
    assert.equal(phone.user_agent, "Phone??/1");
    assert.equal(phone.current, false);
    assert.ok(Date.now() - Date.parse(phone.created_at) < 60_000);
    assert.deepEqual(
      listed.filter(({ current }) => current).map(({ id }) => id),
      [sidOf(owner)],
    );
  });

  test("are listed page by page, the newest first, without those that are over", async () => {
    const over = await ownSession();
    await over.post("/api/auth/logout");
    const first = await owner.get("/api/sessions?limit=1");
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1];
    const second = await owner.get(String(next));
    const all = idsOf(await owner.get("/api/sessions?limit=200"));
    assert.deepEqual([...idsOf(first), ...idsOf(second)], all.slice(0, 2));
    assert.deepEqual(
      all,
      [...all].sort((a, b) => b - a),
    );
    assert.ok(!all.includes(sidOf(over)));
  });

  test("can be ended one by one, live connection and cookie included", async () => {
    const other = await ownSession();
    const live = await Live.open(other);
    const answer = await owner.del(`/api/sessions/${sidOf(other)}`);
    assert.equal(answer.status, 204);
    assert.equal(answer.headers["set-cookie"], undefined);
    assert.equal((await other.get("/api/auth/me")).json.code, "session_ended");
    assert.equal((await refresh(other.refreshCookie)).json.code, "session_ended");
    assert.equal((await live.whenClosed()).code, 4401);
    assert.equal((await owner.del(`/api/sessions/${sidOf(other)}`)).status, 404, "twice");
    const own = await ownSession();
    const gone = await own.del(`/api/sessions/${sidOf(own)}`);
    assert.match(String(gone.headers["set-cookie"]), /pitview_refresh=;.*Max-Age=0/);
  });

  test("can be ended all but this one", async () => {
    const others = [await ownSession(), await ownSession()];
    const present = await ownSession();
    assert.equal((await present.del("/api/sessions")).status, 204);
    for (const one of [...others, owner])
      assert.equal((await one.get("/api/auth/me")).json.code, "session_ended");
    assert.deepEqual(idsOf(await present.get("/api/sessions")), [sidOf(present)]);
    assert.equal((await present.del("/api/sessions")).status, 204, "nothing to end is no error");
    owner = present;
  });
});

describe("others' sessions", () => {
  test("are read and ended by those who look after them", async () => {
    const made = await newStaff(owner, "manager");
    const { session: manager } = await settled(made);
    const worker = await newStaff(manager, "operator");
    const { session } = await settled(worker);
    for (const who of [owner, manager])
      assert.ok(
        idsOf(await who.get(`/api/sessions?user_id=${worker.id}`)).includes(sidOf(session)),
      );
    assert.equal((await manager.del(`/api/sessions/${sidOf(session)}`)).status, 204);
    assert.equal((await session.get("/api/auth/me")).json.code, "session_ended");

    const ownerId = claimsOf(owner.token).sub;
    assert.equal((await manager.get(`/api/sessions?user_id=${ownerId}`)).status, 403);
    assert.equal((await manager.del(`/api/sessions/${sidOf(owner)}`)).status, 404);
    assert.ok(idsOf(await owner.get(`/api/sessions?user_id=${made.id}`)).length > 0);
    assert.equal((await owner.get("/api/auth/me")).status, 200);
  });

  test("are no operator's or customer's business, and no other workshop's", async () => {
    const imran = await demo("imran");
    const rohan = await demo("rohan");
    const amit = await demo("amit");
    const amitId = claimsOf(amit.token).sub;
    for (const who of [imran, rohan]) {
      assert.equal((await who.get(`/api/sessions?user_id=${amitId}`)).status, 403);
      assert.equal((await who.del(`/api/sessions/${sidOf(amit)}`)).status, 404);
      assert.equal((await who.get("/api/sessions")).status, 200);
    }
    assert.equal((await owner.get(`/api/sessions?user_id=${amitId}`)).status, 404);
    assert.equal((await owner.del(`/api/sessions/${sidOf(amit)}`)).status, 404);
    assert.equal((await amit.get("/api/auth/me")).status, 200);
  });

  test("who ended which is in the audit log", async () => {
    const other = await ownSession();
    await owner.del(`/api/sessions/${sidOf(other)}`);
    const [entry] = (await owner.get(`/api/audit?subject=session&subject_id=${sidOf(other)}`)).json;
    assert.equal(entry.action, "session.end");
    assert.equal(entry.actor.id, claimsOf(owner.token).sub);
    assert.equal(entry.after.reason, "signed_out_remotely");
  });
});

test("fifty refreshes with the same cookie give one and the same new one", async () => {
  const session = await ownSession();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => refresh(session.refreshCookie)),
  );
  for (const { status, text } of answers) assert.equal(status, 200, text);
  const cookies = new Set(answers.map((answer) => refreshCookieOf(answer)));
  assert.equal(cookies.size, 1);
  assert.equal((await refresh([...cookies][0] ?? "")).status, 200);
  const ended = await rows(
    `SELECT id FROM sessions WHERE id = ${sidOf(session)} AND ended_at IS NULL`,
  );
  assert.equal(ended.length, 1);
});

test("a session has 600 requests a minute and is then told when to come back", async () => {
  const session = await ownSession();
  const answers: Answer[] = [];
  for (let i = 0; i < 33; ++i)
    answers.push(
      ...(await Promise.all(Array.from({ length: 20 }, () => session.get("/api/auth/me")))),
    );
  const limited = answers.filter(({ status }) => status === 429);
  assert.ok(limited.length > 0 && limited.length <= 60, `${limited.length} of 660`);
  for (const answer of limited) {
    assert.equal(answer.json.code, "rate_limited");
    assert.ok(Number(answer.headers["retry-after"]) >= 1);
  }
  assert.equal((await owner.get("/api/auth/me")).status, 200, "another session of the same person");
});

test("pages of other sites can neither sign in nor refresh", async () => {
  const session = await ownSession();
  const cookie = `pitview_refresh=${session.refreshCookie}`;
  const from = newAddress();
  for (const Origin of ["https://evil.example", "null", `${baseUrl}.evil.example`]) {
    const login = await tryLogin(owner.username, password, { headers: { Origin }, from });
    assert.equal(login.status, 403, login.text);
    assert.equal(login.headers["set-cookie"], undefined);
    const again = await call("POST", "/api/auth/refresh", {
      headers: { Origin, Cookie: cookie },
      from,
    });
    assert.equal(again.status, 403);
    assert.equal(again.headers["set-cookie"], undefined);
  }
  const own = { Origin: baseUrl, Cookie: cookie };
  assert.equal((await call("POST", "/api/auth/refresh", { headers: own, from })).status, 200);
});

test("signing in never takes over a session or cookie that was there before", async () => {
  const planted = await ownSession();
  const answer = await tryLogin(owner.username, password, {
    headers: { Cookie: `pitview_refresh=${planted.refreshCookie}` },
  });
  assert.notEqual(claimsOf(answer.json.access_token).sid, sidOf(planted));
  assert.notEqual(refreshCookieOf(answer), planted.refreshCookie);
});
