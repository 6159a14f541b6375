// The people of a workshop: their accounts, who may change whose, and that a change counts at once.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, quoted, rows } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { claimsOf, demo, type SignedIn, signIn, tryLogin } from "../support/session.ts";
import { gloss } from "../support/stack.ts";
import { newStaff, settled } from "../support/staff.ts";
import { newPit, newWorkshop, runningJob } from "../support/workshop.ts";

let owner: SignedIn;
let manager: SignedIn;
let managerId: number;
let ownerId: number;
let pitId: number;
let code: string;

const fieldsOf = (answer: Answer): string[] =>
  answer.json.errors.map(({ field }: { field: string }) => field);
const refresh = (session: SignedIn): Promise<Answer> =>
  call("POST", "/api/auth/refresh", {
    headers: { Cookie: `pitview_refresh=${session.refreshCookie}` },
    from: newAddress(),
  });

before(async () => {
  ({ owner, pitId, code } = await newWorkshop());
  ownerId = claimsOf(owner.token).sub;
  const made = await newStaff(owner, "manager");
  managerId = made.id;
  manager = (await settled(made)).session;
});

describe("a new account", () => {
  test("gets a temporary password that is shown once, ends in 72 hours and must be changed", async () => {
    const username = `operator${unique()}`;
    const begin = Date.now();
    const answer = await owner.post("/api/staff", {
      username,
      display_name: "  Ravi Kumar ",
      email: "ravi@example.com",
      phone: "+91 98765 43210",
      role: "operator",
      pit_ids: [pitId],
    });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.headers["cache-control"], "no-store");
    const { staff, temporary_password, password_expires_at } = answer.json;
    assert.ok(temporary_password.length >= 12);
    const life = Date.parse(password_expires_at) - begin;
    assert.ok(Math.abs(life - 72 * 3_600_000) < 60_000, password_expires_at);
    const { id, workshop_id, created_at, ...rest } = staff;
    assert.deepEqual(rest, {
      username,
      display_name: "Ravi Kumar",
      email: "ravi@example.com",
      phone: "+919876543210",
      role: "operator",
      disabled: false,
      must_change_password: true,
      second_factor: false,
      pit_ids: [pitId],
      last_login_at: null,
    });
    const found = await owner.get(`/api/staff/${id}`);
    assert.deepEqual(found.json, staff);
    const [stored] = await rows(`SELECT * FROM users WHERE id = ${id}`);
    assert.ok(!JSON.stringify(stored).includes("9876543210"), "the phone number is sealed");
    assert.ok(!JSON.stringify(stored).includes(temporary_password));
    assert.equal((await tryLogin(username, temporary_password)).json.must_change_password, true);

    await execute(
      `UPDATE users SET password_expires_at = now() - interval '1 second' WHERE id = ${id}`,
    );
    const late = await tryLogin(username, temporary_password, { from: newAddress() });
    assert.equal(late.json.code, "invalid_credentials");
  });

  test("is checked field by field", async () => {
    const good = { username: `operator${unique()}`, display_name: "X", role: "operator" };
    const theirPit = await newPit(gloss);
    const cases: [object, string][] = [
      [{ username: "a b" }, "username"],
      [{ username: "ab" }, "username"],
      [{ username: "AMIT" }, "username"],
      [{ display_name: "" }, "display_name"],
      [{ email: "nobody" }, "email"],
      [{ phone: "12" }, "phone"],
      [{ role: "owner" }, "role"],
      [{ role: "super_admin" }, "role"],
      [{ role: "customer" }, "role"],
      [{ pit_ids: [pitId, theirPit] }, "pit_ids[1]"],
      [{ pit_ids: Array.from({ length: 1001 }, () => pitId) }, "pit_ids"],
      [{ role: "manager", pit_ids: [pitId] }, "pit_ids"],
    ];
    for (const [change, field] of cases) {
      const answer = await owner.post("/api/staff", { ...good, ...change });
      assert.equal(answer.status, 422, `${JSON.stringify(change)}: ${answer.text}`);
      assert.deepEqual(fieldsOf(answer), [field]);
    }
    const known = await rows(`SELECT id FROM users WHERE username = ${quoted(good.username)}`);
    assert.deepEqual(known, []);
  });

  test("is one, however many ask for the name at the same time", async () => {
    const username = `operator${unique()}`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        owner.post("/api/staff", { username, display_name: "X", role: "operator" }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array.from({ length: 9 }, () => 422)]);
    const made = await rows(`SELECT id FROM users WHERE username = ${quoted(username)}`);
    assert.equal(made.length, 1);
  });
});

describe("who looks after whom", () => {
  test("a manager makes operators and nobody else", async () => {
    const made = await newStaff(manager, "operator");
    assert.ok(made.id > 0);
    for (const role of ["manager"]) {
      const answer = await manager.post("/api/staff", {
        username: `manager${unique()}`,
        display_name: "X",
        role,
      });
      assert.equal(answer.status, 403, answer.text);
    }
  });

  test("a manager changes neither the owner nor another manager, in no way", async () => {
    const other = await newStaff(owner, "manager");
    for (const id of [ownerId, other.id]) {
      const path = `/api/staff/${id}`;
      const answers = [
        await manager.patch(path, { disabled: true }),
        await manager.patch(path, { display_name: "Mine" }),
        await manager.patch(path, { role: "operator" }),
        await manager.put(`${path}/pits`, { pit_ids: [] }),
        await manager.post(`${path}/password-reset`),
        await manager.del(`${path}/second-factor`),
        await manager.get(`${path}/activity`),
        await manager.get(`/api/sessions?user_id=${id}`),
      ];
      for (const answer of answers) {
        assert.equal(answer.status, 403, answer.text);
        assert.equal(answer.json.code, "forbidden");
      }
    }
    assert.equal((await owner.get(`/api/staff/${other.id}`)).json.disabled, false);
  });

  test("a manager gives no operator the own role, an owner does", async () => {
    const made = await newStaff(manager, "operator");
    const path = `/api/staff/${made.id}`;
    assert.equal((await manager.patch(path, { role: "manager" })).status, 403);
    assert.equal((await owner.get(path)).json.role, "operator");
    assert.equal((await owner.patch(path, { role: "manager" })).json.role, "manager");
    for (const role of ["owner", "super_admin", "customer"])
      assert.equal((await owner.patch(path, { role })).status, 422, role);
  });

  test("nobody disables, demotes or resets himself; names and addresses are one's own", async () => {
    for (const [who, id] of [
      [owner, ownerId],
      [manager, managerId],
    ] as const) {
      const path = `/api/staff/${id}`;
      assert.equal((await who.patch(path, { disabled: true })).status, 403);
      assert.equal((await who.patch(path, { role: "operator" })).status, 403);
      assert.equal((await who.post(`${path}/password-reset`)).status, 403);
      const named = await who.patch(path, { display_name: "Own Name", phone: "+911234567890" });
      assert.equal(named.status, 200, named.text);
      assert.equal(named.json.display_name, "Own Name");
      const cleared = await who.patch(path, { phone: "" });
      assert.equal(cleared.json.phone, null);
      assert.equal(cleared.json.display_name, "Own Name");
    }
    assert.equal((await manager.get("/api/auth/me")).status, 200, "still signed in");
  });

  test("customers and people of other workshops are no staff of this one", async () => {
    const { customer } = await runningJob(await newPit());
    const [{ sub: customerId }, { sub: nehaId }] = [
      claimsOf(customer.token),
      claimsOf((await demo("neha")).token),
    ];
    const amit = await demo("amit");
    for (const id of [customerId, nehaId, 999_999_999]) {
      assert.equal((await amit.get(`/api/staff/${id}`)).status, 404);
      assert.equal((await amit.patch(`/api/staff/${id}`, { disabled: true })).status, 404);
      assert.equal((await amit.put(`/api/staff/${id}/pits`, { pit_ids: [] })).status, 404);
      assert.equal((await amit.post(`/api/staff/${id}/password-reset`)).status, 404);
      assert.equal((await amit.get(`/api/staff/${id}/activity`)).status, 404);
    }
    const ids = (await amit.get("/api/staff?limit=200")).json.map(({ id }: { id: number }) => id);
    assert.ok(!ids.includes(customerId) && !ids.includes(nehaId));
  });

  test("the platform reads a workshop's staff when it names the workshop, and changes nothing", async () => {
    const platform = await demo("platform");
    const [{ id }] = await rows(`SELECT id FROM workshops WHERE code = ${quoted(code)}`);
    const listed = await platform.get(`/api/staff?workshop_id=${id}`);
    assert.ok(listed.json.some((one: { id: number }) => one.id === ownerId));
    const path = `/api/staff/${managerId}`;
    assert.equal((await platform.get(`${path}?workshop_id=${id}`)).json.id, managerId);
    assert.equal((await platform.get(path)).status, 404);
    assert.equal((await platform.get(`${path}/activity?workshop_id=${id}`)).status, 200);
    assert.equal((await platform.patch(path, { disabled: true })).status, 403);
  });
});

describe("at once", () => {
  test("disabling ends every session and live connection; enabling lets in again", async () => {
    const made = await newStaff(owner, "operator", { pit_ids: [pitId] });
    const { session, password } = await settled(made);
    const other = await signIn(made.username, password);
    const live = await Live.open(session);
    const disabled = await manager.patch(`/api/staff/${made.id}`, { disabled: true });
    assert.equal(disabled.json.disabled, true);
    for (const one of [session, other]) {
      assert.equal((await one.get("/api/pits")).json.code, "session_ended");
      assert.equal((await refresh(one)).json.code, "session_ended");
    }
    assert.equal((await live.whenClosed()).code, 4401);
    const refused = await tryLogin(made.username, password, { from: newAddress() });
    assert.equal(refused.json.code, "invalid_credentials");
    await manager.patch(`/api/staff/${made.id}`, { disabled: false });
    assert.equal((await signIn(made.username, password)).username, made.username);
  });

  test("nobody who signs in while being disabled keeps a session", async () => {
    const made = await newStaff(owner, "operator");
    const { password } = await settled(made);
    const logins = Array.from({ length: 8 }, () =>
      tryLogin(made.username, password, { from: newAddress() }),
    );
    const disabled = owner.patch(`/api/staff/${made.id}`, { disabled: true });
    const answers = await Promise.all(logins);
    assert.equal((await disabled).status, 200);
    for (const { status, json } of answers) {
      if (status !== 200) continue;
      const me = await call("GET", "/api/auth/me", { token: json.access_token });
      assert.equal(me.json.code, "session_ended");
    }
    const alive = await rows(
      `SELECT id FROM sessions WHERE user_id = ${made.id} AND ended_at IS NULL`,
    );
    assert.deepEqual(alive, []);
  });

  test("another role counts from the next request on and begins without permitted pits", async () => {
    const made = await newStaff(owner, "operator", { pit_ids: [pitId] });
    const { session, password } = await settled(made);
    assert.equal((await session.get("/api/pits")).json.length, 1);
    await owner.patch(`/api/staff/${made.id}`, { role: "manager" });
    assert.equal((await session.get("/api/pits")).json.code, "session_ended");
    const promoted = await signIn(made.username, password);
    assert.equal(claimsOf(promoted.token).role, "manager");
    assert.equal((await promoted.get("/api/staff")).status, 200);

    const demoted = await owner.patch(`/api/staff/${made.id}`, { role: "operator" });
    assert.deepEqual(demoted.json.pit_ids, []);
    assert.equal((await promoted.get("/api/staff")).json.code, "session_ended");
    const again = await signIn(made.username, password);
    assert.deepEqual((await again.get("/api/pits")).json, []);
    assert.equal((await again.get("/api/staff")).status, 403);
  });

  test("other permitted pits are seen, and those taken away are not, on open connections too", async () => {
    const second = await newPit(code);
    const made = await newStaff(owner, "operator", { pit_ids: [pitId] });
    const { session } = await settled(made);
    const live = await Live.open(session);
    const pitsOf = (snapshot: { data: { pits: { id: number }[] } }) =>
      snapshot.data.pits.map(({ id }) => id);
    assert.deepEqual(pitsOf(await live.next("snapshot")), [pitId]);

    const set = await manager.put(`/api/staff/${made.id}/pits`, { pit_ids: [second, second] });
    assert.deepEqual(set.json.pit_ids, [second]);
    await live.next("snapshot", (frame) => pitsOf(frame).join() === String(second));
    assert.deepEqual(live.all("rights_changed"), [], "that is not for browsers");
    assert.equal((await session.get(`/api/pits/${pitId}`)).status, 404);
    assert.equal((await session.get(`/api/pits/${second}`)).status, 200);

    const hidden = await newJobOf(owner, pitId);
    const shown = await newJobOf(owner, second);
    await live.next("job_status", (frame) => frame.data.job_id === shown);
    const seen = live.all("job_status").map((frame) => frame.data.job_id);
    assert.ok(!seen.includes(hidden), "an event of a pit that was taken away");
    await live.close();
  });

  test("permitted pits are an operator's, and of the own workshop", async () => {
    const made = await newStaff(owner, "operator");
    const path = `/api/staff/${made.id}/pits`;
    assert.equal((await owner.put(path, { pit_ids: [await newPit(gloss)] })).status, 422);
    assert.equal((await owner.put(path, {})).status, 422);
    assert.equal((await owner.put(`/api/staff/${managerId}/pits`, { pit_ids: [] })).status, 409);
  });

  test("a reset ends all sessions, and the old password is worth nothing", async () => {
    const made = await newStaff(owner, "operator");
    const { session, password } = await settled(made);
    const reset = await manager.post(`/api/staff/${made.id}/password-reset`);
    assert.equal(reset.status, 200, reset.text);
    assert.equal(reset.headers["cache-control"], "no-store");
    assert.ok(reset.json.temporary_password.length >= 12);
    assert.equal((await session.get("/api/auth/me")).json.code, "session_ended");
    assert.equal((await refresh(session)).json.code, "session_ended");
    assert.equal((await tryLogin(made.username, password, { from: newAddress() })).status, 401);
    const login = await tryLogin(made.username, reset.json.temporary_password);
    assert.equal(login.json.must_change_password, true);
  });
});

async function newJobOf(by: SignedIn, pit: number): Promise<number> {
  const answer = await by.post("/api/jobs", {
    customer_name: `Customer ${unique()}`,
    car_model: "Car",
    car_plate: "DL 01",
    pit_id: pit,
    work_type: "Wash",
    estimated_duration_minutes: 60,
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.job_id;
}

describe("lists", () => {
  test("of staff are paged in the order of the accounts", async () => {
    const all = (await owner.get("/api/staff?limit=200")).json.map(({ id }: { id: number }) => id);
    assert.ok(all.length > 4);
    const paged: number[] = [];
    let path: string | undefined = "/api/staff?limit=2";
    while (path !== undefined) {
      const page: Answer = await owner.get(path);
      paged.push(...page.json.map(({ id }: { id: number }) => id));
      path = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    }
    assert.deepEqual(paged, all);
  });

  test("of activity hold what somebody did, the newest first, with before and after", async () => {
    const made = await newStaff(owner, "operator");
    await owner.patch(`/api/staff/${made.id}`, { display_name: "First" });
    await owner.patch(`/api/staff/${made.id}`, { display_name: "Second", phone: "+911234567890" });
    const [newest, before_] = (await owner.get(`/api/staff/${ownerId}/activity?limit=2`)).json;
    assert.equal(newest.action, "staff.update");
    assert.deepEqual(newest.actor, { id: ownerId, name: "Own Name", role: "owner" });
    assert.equal(newest.subject_id, made.id);
    assert.equal(newest.before.display_name, "First");
    assert.equal(newest.after.display_name, "Second");
    assert.equal(newest.after.contact_changed, true);
    assert.ok(!JSON.stringify(newest).includes("1234567890"), "no phone number in the log");
    assert.equal(before_.after.display_name, "First");

    const page = await owner.get(`/api/staff/${ownerId}/activity?limit=1`);
    const next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    assert.equal((await owner.get(String(next))).json[0].id, before_.id);
    const { session } = await settled(made);
    assert.ok((await manager.get(`/api/staff/${made.id}/activity`)).json.length > 0);
    assert.equal((await session.get(`/api/staff/${made.id}/activity`)).status, 403);
  });

  test("a change that changes nothing is not in the log", async () => {
    const made = await newStaff(owner, "operator");
    const before_ = (await owner.get(`/api/staff/${ownerId}/activity?limit=1`)).json[0].id;
    await owner.patch(`/api/staff/${made.id}`, { role: "operator", disabled: false });
    await owner.put(`/api/staff/${made.id}/pits`, { pit_ids: [] });
    assert.equal((await owner.get(`/api/staff/${ownerId}/activity?limit=1`)).json[0].id, before_);
  });
});
