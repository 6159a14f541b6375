// The second factor: an authenticator (RFC 6238) on top of the password, and recovery codes.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute, rows } from "../support/database.ts";
import { type Answer, newAddress } from "../support/http.ts";
import {
  claimsOf,
  demo,
  type SignedIn,
  signIn,
  tryLogin,
  tryLoginWithCode,
} from "../support/session.ts";
import { loginOf } from "../support/stack.ts";
import { newStaff, settled } from "../support/staff.ts";
import { codeOf } from "../support/totp.ts";
import { newWorkshop } from "../support/workshop.ts";

interface Person {
  session: SignedIn;
  password: string;
  id: number;
}
interface Protected extends Person {
  secret: string;
  recoveryCodes: string[];
}

const path = "/api/auth/second-factor";
let owner: SignedIn;

async function newManager(): Promise<Person> {
  const made = await newStaff(owner, "manager");
  return { ...(await settled(made)), id: made.id };
}

/** As if the last code had been used long ago, so that a test need not wait for the next. */
const forgetStep = (person: Person) =>
  execute(`UPDATE second_factors SET last_step = 0 WHERE user_id = ${person.id}`);

async function propose(person: Person): Promise<string> {
  const answer = await person.session.post(path, { password: person.password });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.secret;
}

async function protectedManager(): Promise<Protected> {
  const person = await newManager();
  const secret = await propose(person);
  const answer = await person.session.post(`${path}/confirm`, { code: codeOf(secret) });
  assert.equal(answer.status, 200, answer.text);
  await forgetStep(person);
  return { ...person, secret, recoveryCodes: answer.json.recovery_codes };
}

const login = (who: Person, code?: string, from = newAddress()): Promise<Answer> =>
  code === undefined
    ? tryLogin(who.session.username, who.password, { from })
    : tryLoginWithCode(who.session.username, who.password, code, { from });

/** A code that is not shown now, nor just before or after. */
function wrongCode(secret: string): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps));
  return ["000000", "111111", "222222", "333333", "444444", "555555"].find(
    (code) => !near.includes(code),
  ) as string;
}

function assertCodeWanted(answer: Answer): void {
  assert.equal(answer.status, 401, answer.text);
  assert.equal(answer.json.code, "second_factor_required");
  assert.equal(answer.headers["set-cookie"], undefined);
}

before(async () => {
  ({ owner } = await newWorkshop());
});

describe("switching it on", () => {
  test("asks for the password, shows the secret once and changes nothing until a code is right", async () => {
    const person = await newManager();
    const refused = await person.session.post(path, { password: "not it" });
    assert.equal(refused.status, 422);
    assert.equal(refused.json.errors[0].field, "password");

    const answer = await person.session.post(path, { password: person.password });
    const { secret, otpauth_uri } = answer.json;
    assert.match(secret, /^[A-Z2-7]{32}$/);
    assert.equal(
      otpauth_uri,
      `otpauth://totp/PitView:${person.session.username}?secret=${secret}` +
        "&issuer=PitView&algorithm=SHA1&digits=6&period=30",
    );
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal((await login(person)).status, 200);
    assert.deepEqual((await person.session.get(path)).json, {
      enabled: false,
      enabled_at: null,
      recovery_codes_left: 0,
    });

    const newer = await propose(person);
    for (const code of [codeOf(secret), wrongCode(newer)]) {
      const wrong = await person.session.post(`${path}/confirm`, { code });
      assert.equal(wrong.status, 422, wrong.text);
    }
    const confirmed = await person.session.post(`${path}/confirm`, { code: codeOf(newer) });
    assert.equal(confirmed.status, 200, confirmed.text);
    assert.equal(new Set(confirmed.json.recovery_codes).size, 8);
    const state = (await person.session.get(path)).json;
    assert.equal(state.enabled, true);
    assert.equal(state.recovery_codes_left, 8);
    assert.equal((await person.session.get("/api/auth/me")).json.second_factor, true);
    assert.equal((await owner.get(`/api/staff/${person.id}`)).json.second_factor, true);
  });

  test("is for owners, managers and the platform", async () => {
    for (const name of ["imran", "rohan"] as const) {
      const password = loginOf(name).password;
      const answer = await (await demo(name)).post(path, { password });
      assert.equal(answer.status, 403, name);
    }
    const platform = await demo("platform");
    const answer = await platform.post(path, { password: loginOf("platform").password });
    assert.equal(answer.status, 200, answer.text);
  });

  test("twice is refused, and so is confirming nothing", async () => {
    const person = await protectedManager();
    const again = await person.session.post(path, { password: person.password });
    assert.equal(again.json.code, "conflict");
    const confirm = await person.session.post(`${path}/confirm`, { code: codeOf(person.secret) });
    assert.equal(confirm.json.code, "conflict");
  });

  test("ten times at once gives one set of recovery codes", async () => {
    const person = await newManager();
    const secret = await propose(person);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        person.session.post(`${path}/confirm`, { code: codeOf(secret) }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, ...Array.from({ length: 9 }, () => 409)]);
    assert.equal((await person.session.get(path)).json.recovery_codes_left, 8);
  });

  test("leaves nothing readable in the database", async () => {
    const person = await protectedManager();
    const stored = JSON.stringify([
      await rows(`SELECT secret_sealed::text, encode(secret_sealed, 'escape') FROM second_factors
                  WHERE user_id = ${person.id}`),
      await rows(`SELECT * FROM recovery_codes WHERE user_id = ${person.id}`),
      await rows(`SELECT * FROM audit_log WHERE subject_id = ${person.id}`),
    ]);
    for (const secret of [person.secret, ...person.recoveryCodes])
      assert.ok(!stored.includes(secret) && !stored.includes(secret.replaceAll("-", "")));
  });
});

describe("signing in", () => {
  test("needs a code as well, each good once", async () => {
    const person = await protectedManager();
    assertCodeWanted(await login(person));
    assertCodeWanted(await login(person, ""));
    assertCodeWanted(await login(person, wrongCode(person.secret)));
    const code = codeOf(person.secret);
    const good = await login(person, code);
    assert.equal(good.status, 200, good.text);
    assertCodeWanted(await login(person, code));
    await forgetStep(person);
    const spaced = codeOf(person.secret).replace(/(...)(...)/, "$1 $2");
    assert.equal((await login(person, spaced)).status, 200);
  });

  test("says nothing of a code before the password is right", async () => {
    const person = await protectedManager();
    const { username } = person.session;
    const from = newAddress();
    const wrong = await tryLoginWithCode(username, "wrong", codeOf(person.secret), { from });
    assert.equal(wrong.json.code, "invalid_credentials");
  });

  test("without a right code counts towards the lockout of the address", async () => {
    const person = await protectedManager();
    const from = newAddress();
    const answers = [await login(person, undefined, from)];
    for (let i = 0; i < 4; ++i) answers.push(await login(person, wrongCode(person.secret), from));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401, 401, 429],
    );
    const right = await login(person, codeOf(person.secret), from);
    assert.equal(right.json.code, "locked_out");
    assert.equal((await login(person, codeOf(person.secret))).status, 200, "from elsewhere");
  });

  test("with ten wrong codes, from wherever, leaves only the recovery codes", async () => {
    const person = await protectedManager();
    const wrong = wrongCode(person.secret);
    const answers = await Promise.all(Array.from({ length: 10 }, () => login(person, wrong)));
    for (const answer of answers) assertCodeWanted(answer);
    const right = await login(person, codeOf(person.secret));
    assert.equal(right.status, 429);
    assert.equal(right.json.code, "locked_out");
    assert.ok(Number(right.headers["retry-after"]) > 0);
    assert.equal((await login(person, person.recoveryCodes[0])).status, 200);
    await execute(
      `UPDATE second_factors SET wrong_since = wrong_since - interval '15 minutes'
       WHERE user_id = ${person.id}`,
    );
    assert.equal((await login(person, codeOf(person.secret))).status, 200);
  });

  test("with the same code fifty times at once succeeds once", async () => {
    const person = await protectedManager();
    const code = codeOf(person.secret);
    const addresses = Array.from({ length: 5 }, () => newAddress());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => login(person, code, addresses[i % addresses.length])),
    );
    const good = answers.filter(({ status }) => status === 200);
    assert.equal(good.length, 1, JSON.stringify(answers.map(({ status }) => status)));
    for (const { status, text } of answers) assert.ok([200, 401, 429].includes(status), text);
  });

  test("takes each recovery code once, however it is typed", async () => {
    const person = await protectedManager();
    const [first = "", second = ""] = person.recoveryCodes;
    assert.equal((await login(person, first.toLowerCase().replaceAll("-", ""))).status, 200);
    assertCodeWanted(await login(person, first));
    const addresses = Array.from({ length: 5 }, () => newAddress());
    const answers = await Promise.all(addresses.map((from) => login(person, second, from)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal((await person.session.get(path)).json.recovery_codes_left, 6);
    const used = await owner.get(
      `/api/audit?action=auth.recovery_code_used&subject=user&subject_id=${person.id}`,
    );
    assert.equal(used.json.length, 2);
  });

  test("goes on without a new code while the session lasts", async () => {
    const person = await protectedManager();
    assert.equal((await person.session.get("/api/pits")).status, 200);
  });
});

describe("switching it off", () => {
  test("needs the password and a code", async () => {
    const person = await protectedManager();
    const off = (password: string, code: string) =>
      person.session.post(`${path}/disable`, { password, code });
    assert.equal((await off("not it", codeOf(person.secret))).json.errors[0].field, "password");
    assertCodeWanted(await off(person.password, wrongCode(person.secret)));
    assert.equal((await login(person)).status, 401, "it is still on");
    assert.equal((await off(person.password, codeOf(person.secret))).status, 204);
    assert.equal((await login(person)).status, 200);
    assert.equal((await off(person.password, codeOf(person.secret))).status, 404);
    const codes = await rows(`SELECT * FROM recovery_codes WHERE user_id = ${person.id}`);
    assert.deepEqual(codes, []);
  });

  test("of who has lost everything is the owner's, and downwards only", async () => {
    const person = await protectedManager();
    const other = await newManager();
    const target = `/api/staff/${person.id}/second-factor`;
    assert.equal((await other.session.del(target)).status, 403);
    assert.equal((await person.session.del(target)).status, 403, "not one's own this way");
    assert.equal((await owner.del(target)).status, 204);
    assert.equal((await login(person)).status, 200);
    assert.equal((await owner.del(target)).status, 404);
    const [entry] = (await owner.get(`/api/audit?action=auth.second_factor_off`)).json;
    assert.equal(entry.subject_id, person.id);
    assert.equal(entry.actor.id, claimsOf(owner.token).sub);
  });

  test("does not come about by a new password", async () => {
    const person = await protectedManager();
    const reset = await owner.post(`/api/staff/${person.id}/password-reset`);
    const renewed = { ...person, password: reset.json.temporary_password };
    assertCodeWanted(await login(renewed));
    assert.equal((await login(renewed, codeOf(person.secret))).status, 200);
    assert.equal((await signIn(owner.username, loginOf("amit").password)).username, owner.username);
  });
});
