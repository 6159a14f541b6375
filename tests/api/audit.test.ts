// The audit log: who did what to what, who may read it, and that it cannot be altered.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, rows } from "../support/database.ts";
import { unique } from "../support/eventually.ts";
import { type Answer, call, newAddress } from "../support/http.ts";
import { claimsOf, demo, type SignedIn, signIn, tryLogin } from "../support/session.ts";
import { loginOf } from "../support/stack.ts";
import { newStaff, settled } from "../support/staff.ts";
import { newWorkshop } from "../support/workshop.ts";

interface Entry {
  id: number;
  at: string;
  actor: { id: number; name: string; role: string } | null;
  action: string;
  subject: string;
  subject_id: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: of whatever the entry is about
  before: any;
  // biome-ignore lint/suspicious/noExplicitAny: of whatever the entry is about
  after: any;
  request_id: string | null;
  ip: string | null;
}

let owner: SignedIn;
let ownerId: number;
let workshopId: number;
let pitId: number;
const password = loginOf("amit").password;
const log = async (query = ""): Promise<Entry[]> => {
  const answer = await owner.get(`/api/audit${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

before(async () => {
  ({ owner, pitId } = await newWorkshop());
  const claims = claimsOf(owner.token);
  [ownerId, workshopId] = [claims.sub, claims.wid];
});

describe("the security log", () => {
  test("has signing in and out, with address and request", async () => {
    const from = newAddress();
    const answer = await tryLogin(owner.username, password, { from });
    const { sid } = claimsOf(answer.json.access_token);
    const session = await signIn(owner.username, password);
    await session.post("/api/auth/logout");
    const [login] = await log(`?subject=session&subject_id=${sid}`);
    assert.equal(login?.action, "auth.login");
    assert.deepEqual(login?.actor, { id: ownerId, name: "Owner", role: "owner" });
    assert.equal(login?.ip, from);
    assert.equal(login?.request_id, answer.headers["x-request-id"]);
    const [logout] = await log("?action=auth.logout");
    assert.equal(logout?.subject_id, claimsOf(session.token).sid);
    assert.equal(logout?.after.reason, "logged_out");
  });

  test("has failed sign-ins of accounts that exist, and the lockout", async () => {
    const made = await newStaff(owner, "operator");
    const from = newAddress();
    for (let i = 0; i < 5; ++i) await tryLogin(made.username.toUpperCase(), "wrong", { from });
    const stranger = `nobody${unique()}`;
    await tryLogin(stranger, "wrong", { from });
    const entries = await log(`?subject=user&subject_id=${made.id}`);
    const actions = entries.map(({ action }) => action);
    assert.deepEqual(actions.slice(0, 2), ["auth.locked_out", "auth.login_failed"]);
    assert.equal(actions.filter((action) => action === "auth.login_failed").length, 5);
    assert.equal(entries[1]?.after.reason, "wrong_password");
    assert.equal(entries[1]?.actor, null);
    assert.equal(entries[1]?.ip, from);
    const unknown = await rows(
      `SELECT id FROM audit_log WHERE coalesce(after::text, '') LIKE '%${stranger}%'`,
    );
    assert.deepEqual(unknown, []);
  });

  test("has a cookie that was used twice", async () => {
    const session = await signIn(owner.username, password);
    const refresh = () =>
      call("POST", "/api/auth/refresh", {
        headers: { Cookie: `pitview_refresh=${session.refreshCookie}` },
        from: newAddress(),
      });
    await refresh();
    const { sid } = claimsOf(session.token);
    await execute(
      `UPDATE sessions SET last_used_at = last_used_at - interval '31 seconds' WHERE id = ${sid}`,
    );
    assert.equal((await refresh()).status, 401);
    const [entry] = await log(`?subject=session&subject_id=${sid}`);
    assert.equal(entry?.action, "auth.session_stolen");
    assert.equal(entry?.actor, null);
  });
});

describe("reading it", () => {
  test("by subject, actor, action and time", async () => {
    const made = await newStaff(owner, "operator");
    const since = new Date().toISOString();
    await owner.patch(`/api/staff/${made.id}`, { display_name: "Renamed" });
    const mine = `subject=user&subject_id=${made.id}`;
    const [entry, created] = await log(`?${mine}`);
    assert.equal(entry?.action, "staff.update");
    assert.equal(entry?.before.display_name, made.username);
    assert.equal(entry?.after.display_name, "Renamed");
    assert.equal(created?.action, "staff.create");
    assert.equal(created?.before, null);

    const ids = async (query: string) => (await log(query)).map(({ id }) => id);
    assert.deepEqual(await ids(`?${mine}&action=staff.create`), [created?.id]);
    assert.deepEqual(await ids(`?${mine}&actor=${made.id}`), []);
    assert.deepEqual(await ids(`?${mine}&actor=${ownerId}`), [entry?.id, created?.id]);
    assert.deepEqual(await ids(`?${mine}&from=${since}`), [entry?.id]);
    assert.deepEqual(await ids(`?${mine}&to=${since}`), [created?.id]);
    assert.deepEqual(await ids("?subject=nothing_of_this_kind"), []);
    for (const fault of [
      "subject_id=0",
      "from=yesterday",
      "limit=201",
      `from=${since}&to=${since}`,
    ])
      assert.equal((await owner.get(`/api/audit?${fault}`)).status, 422, fault);
  });

  test("page by page, the newest first", async () => {
    const all = await log("?limit=200");
    assert.ok(all.length > 4);
    assert.deepEqual(
      all.map(({ id }) => id),
      all.map(({ id }) => id).sort((a, b) => b - a),
    );
    const paged: number[] = [];
    let path: string | undefined = "/api/audit?subject=session&limit=1";
    const expected = all.filter(({ subject }) => subject === "session").map(({ id }) => id);
    while (path !== undefined && paged.length < 3) {
      const page: Answer = await owner.get(path);
      paged.push(...page.json.map(({ id }: Entry) => id));
      path = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    }
    assert.deepEqual(paged, expected.slice(0, 3));
  });

  test("every feature's changes are in it", async () => {
    const created = await owner.post("/api/jobs", {
      customer_name: "A",
      car_model: "B",
      car_plate: "C",
      pit_id: pitId,
      work_type: "Wash",
      estimated_duration_minutes: 60,
    });
    const jobId = created.json.job_id;
    await owner.patch(`/api/jobs/${jobId}/status`, { status: "in_progress" });
    const [entry] = await log(`?subject=job&subject_id=${jobId}`);
    assert.equal(entry?.action, "job.status");
    assert.equal(entry?.before.status, "waiting");
    assert.equal(entry?.after.status, "in_progress");
  });

  test("is the owner's, and the platform's that names the workshop", async () => {
    const made = await newStaff(owner, "manager");
    const { session: manager } = await settled(made);
    assert.equal((await manager.get("/api/audit")).status, 403);
    const platform = await demo("platform");
    const theirs = await platform.get(`/api/audit?workshop_id=${workshopId}&limit=200`);
    assert.deepEqual(
      theirs.json.map(({ id }: Entry) => id),
      (await log("?limit=200")).map(({ id }) => id),
    );
    const own: Entry[] = (await platform.get("/api/audit")).json;
    assert.ok(own.length > 0);
    const foreign = new Set(theirs.json.map(({ id }: Entry) => id));
    assert.ok(own.every(({ id }) => !foreign.has(id)));
    const amit = await demo("amit");
    assert.equal((await amit.get(`/api/audit?workshop_id=${workshopId}`)).status, 403);
    const amits: Entry[] = (await amit.get("/api/audit?limit=200")).json;
    assert.ok(amits.every(({ id }) => !foreign.has(id)));
  });
});
