// What staff writes and photographs, and what of it the customer sees.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { count, execute, rows } from "../support/database.ts";
import { type Answer, call, rawExchange } from "../support/http.ts";
import { jpeg } from "../support/photos.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { root } from "../support/stack.ts";
import { newJob, newOperator, newPit, runningJob } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.equal(answer.json.code, code, answer.text.slice(0, 500));
}

const fieldsOf = (answer: Answer): string[] =>
  (answer.json.errors ?? []).map((error: { field: string }) => error.field).sort();

async function pages(session: SignedIn, first: string): Promise<{ id: number }[]> {
  const seen: { id: number }[] = [];
  let path: string | undefined = first;
  while (path !== undefined && seen.length < 1000) {
    const answer: Answer = await session.get(path);
    assert.equal(answer.status, 200, answer.text);
    seen.push(...answer.json);
    path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
  }
  return seen;
}

const upload = (session: SignedIn, jobId: number, bytes: Buffer, query = ""): Promise<Answer> =>
  call("POST", `/api/jobs/${jobId}/photos${query}`, {
    token: session.token,
    rawBody: bytes,
    headers: { "Content-Type": "image/jpeg" },
  });

const photo = (session: SignedIn, jobId: number, id: number, headers = {}): Promise<Answer> =>
  call("GET", `/api/jobs/${jobId}/photos/${id}`, { token: session.token, headers });

describe("notes", () => {
  test("are for staff, unless they are meant for the customer", async () => {
    const pitId = await newPit();
    const { job_id, customer } = await runningJob(pitId);
    const operator = await newOperator(pitId);
    const inside = await operator.post(`/api/jobs/${job_id}/notes`, {
      text: "  Scratch on the left door,\nwas there before. ",
    });
    assert.equal(inside.status, 201, inside.text);
    assert.equal(inside.json.text, "Scratch on the left door,\nwas there before.");
    assert.equal(inside.json.visible_to_customer, false);
    assert.equal(inside.json.author.name, "Operator");
    const outside = await owner.post(`/api/jobs/${job_id}/notes`, {
      text: "Your car is dry <b>now</b> 🚗",
      visible_to_customer: true,
    });
    assert.deepEqual((await owner.get(`/api/jobs/${job_id}/notes`)).json, [
      outside.json,
      inside.json,
    ]);
    assert.deepEqual((await customer.get(`/api/jobs/${job_id}/notes`)).json, [outside.json]);
    assertProblem(
      await customer.post(`/api/jobs/${job_id}/notes`, { text: "Hello" }),
      403,
      "forbidden",
    );
    const log = await rows(
      `SELECT after FROM audit_log WHERE action = 'job.note' AND subject_id = ${job_id} ORDER BY id`,
    );
    assert.deepEqual(
      log.map(({ after }) => after.id),
      [inside.json.id, outside.json.id],
    );
  });

  test("come page by page", async () => {
    const { job_id } = await newJob(await newPit());
    const made: number[] = [];
    for (let i = 0; i < 5; ++i)
      made.push((await owner.post(`/api/jobs/${job_id}/notes`, { text: `Note ${i}` })).json.id);
    const seen = await pages(owner, `/api/jobs/${job_id}/notes?limit=2`);
    assert.deepEqual(
      seen.map(({ id }) => id),
      made.reverse(),
    );
  });

  test("have a text, of 2,000 characters at most", async () => {
    const { job_id } = await newJob(await newPit());
    for (const text of ["", "  \n ", "x".repeat(2001), 5, null, undefined]) {
      const answer = await owner.post(`/api/jobs/${job_id}/notes`, { text });
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), ["text"]);
    }
    const longest = await owner.post(`/api/jobs/${job_id}/notes`, { text: "क".repeat(2000) });
    assert.equal(longest.status, 201);
  });

  test("are 500 at most, also when many are written at once", async () => {
    const { job_id } = await newJob(await newPit());
    await execute(
      `INSERT INTO job_notes (workshop_id, job_id, author_id, text, visible_to_customer, created_at)
       SELECT j.workshop_id, j.id, u.id, 'Note', false, now()
       FROM jobs j JOIN users u ON u.username = 'amit', generate_series(1, 490) WHERE j.id = ${job_id}`,
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => owner.post(`/api/jobs/${job_id}/notes`, { text: "More" })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 10);
    for (const answer of answers) if (answer.status !== 201) assertProblem(answer, 409, "conflict");
  });

  test("are of nobody who does not see the job", async () => {
    const { job_id } = await newJob(await newPit());
    const stranger = await runningJob(await newPit());
    await owner.post(`/api/jobs/${job_id}/notes`, { text: "Hello", visible_to_customer: true });
    const people = [stranger.customer, await demo("imran"), await demo("neha")];
    for (const session of people)
      assertProblem(await session.get(`/api/jobs/${job_id}/notes`), 404, "not_found");
    for (const session of people.slice(1))
      assertProblem(
        await session.post(`/api/jobs/${job_id}/notes`, { text: "Mine" }),
        404,
        "not_found",
      );
    assert.equal(await count(`SELECT 1 FROM job_notes WHERE job_id = ${job_id}`), 1);
  });
});

describe("photographs", () => {
  test("are stored without the place where they were taken, and shown right side up", async () => {
    const { job_id } = await newJob(await newPit());
    const sent = jpeg();
    assert.ok(sent.includes("GPS"));
    const made = await upload(owner, job_id, sent, "?stage=2");
    assert.equal(made.status, 201, made.text);
    const { id, size_bytes, created_at, author, ...rest } = made.json;
    assert.deepEqual(rest, {
      job_id,
      stage: 2,
      visible_to_customer: false,
      content_type: "image/jpeg",
      width: 1280,
      height: 960,
    });
    assert.equal(author.name, "Amit Kapoor");
    assert.ok(Date.parse(created_at) > 0);
    const got = await photo(owner, job_id, id);
    assert.equal(got.status, 200);
    assert.equal(got.headers["content-type"], "image/jpeg");
    assert.equal(got.headers["x-content-type-options"], "nosniff");
    assert.equal(got.bytes.length, size_bytes);
    assert.ok(!got.bytes.includes("GPS"), "the place is gone");
    assert.ok(got.bytes.includes(Buffer.from("\x01\x12\0\x03\0\0\0\x01\0\x06", "latin1")));
    assert.ok(got.bytes.includes(Buffer.alloc(100, 0x55)), "the picture is there");
  });

  test("that are real come back as they are", async () => {
    const { job_id } = await newJob(await newPit());
    const png = readFileSync(join(root, "docs/images/owner.png"));
    const made = await upload(owner, job_id, png);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.json.content_type, "image/png");
    const got = await photo(owner, job_id, made.json.id);
    assert.equal(got.headers["content-type"], "image/png");
    assert.ok(got.bytes.equals(png));
  });

  test("are sent once to who has them, and asked for each time", async () => {
    const { job_id } = await newJob(await newPit());
    const { id } = (await upload(owner, job_id, jpeg())).json;
    const first = await photo(owner, job_id, id);
    const etag = String(first.headers.etag);
    assert.match(etag, /^"[0-9a-f]{64}"$/);
    assert.equal(first.headers["cache-control"], "private, no-cache");
    for (const known of [etag, `W/${etag}`]) {
      const again = await photo(owner, job_id, id, { "If-None-Match": known });
      assert.equal(again.status, 304);
      assert.equal(again.bytes.length, 0);
      assert.equal(again.headers.etag, etag);
    }
    for (const other of ['"abc"', `"${"0".repeat(64)}"`, "nonsense", '"']) {
      const again = await photo(owner, job_id, id, { "If-None-Match": other });
      assert.equal(again.status, 200, other);
    }
  });

  test("are for staff, unless they are meant for the customer", async () => {
    const pitId = await newPit();
    const { job_id, customer } = await runningJob(pitId);
    const operator = await newOperator(pitId);
    const inside = (await upload(operator, job_id, jpeg(50))).json;
    const outside = (await upload(owner, job_id, jpeg(60), "?visible_to_customer=true")).json;
    assert.deepEqual((await owner.get(`/api/jobs/${job_id}/photos`)).json, [outside, inside]);
    assert.deepEqual((await customer.get(`/api/jobs/${job_id}/photos`)).json, [outside]);
    assert.equal((await photo(customer, job_id, outside.id)).status, 200);
    assertProblem(await photo(customer, job_id, inside.id), 404, "not_found");
    assertProblem(await upload(customer, job_id, jpeg()), 403, "forbidden");
    assertProblem(await customer.del(`/api/jobs/${job_id}/photos/${outside.id}`), 403, "forbidden");

    const stranger = await runningJob(await newPit());
    for (const session of [stranger.customer, await demo("imran"), await demo("neha")]) {
      assertProblem(await session.get(`/api/jobs/${job_id}/photos`), 404, "not_found");
      assertProblem(await photo(session, job_id, outside.id), 404, "not_found");
    }
    // Not by way of a job that one sees either.
    assertProblem(await photo(owner, stranger.job_id, outside.id), 404, "not_found");
    assertProblem(await upload(await demo("neha"), job_id, jpeg()), 404, "not_found");
    assertProblem(
      await (await demo("neha")).del(`/api/jobs/${job_id}/photos/${outside.id}`),
      404,
      "not_found",
    );
  });

  test("are deleted by staff, with a line in the audit log", async () => {
    const { job_id } = await newJob(await newPit());
    const made = (await upload(owner, job_id, jpeg())).json;
    assert.equal((await owner.del(`/api/jobs/${job_id}/photos/${made.id}`)).status, 204);
    assertProblem(await photo(owner, job_id, made.id), 404, "not_found");
    assertProblem(await owner.del(`/api/jobs/${job_id}/photos/${made.id}`), 404, "not_found");
    assert.deepEqual((await owner.get(`/api/jobs/${job_id}/photos`)).json, []);
    assert.equal(await count(`SELECT 1 FROM job_photos WHERE id = ${made.id}`), 0);
    const log = await rows(
      `SELECT action, before, after FROM audit_log WHERE subject_id = ${job_id} AND action LIKE 'job.photo.%' ORDER BY id`,
    );
    assert.deepEqual(
      log.map(({ action }) => action),
      ["job.photo.add", "job.photo.delete"],
    );
    assert.equal(log[0].after.id, made.id);
    assert.equal(log[1].before.id, made.id);
  });

  test("are images, and no larger than they may be", async () => {
    const { job_id } = await newJob(await newPit());
    const svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    const cut = jpeg().subarray(0, 200);
    for (const bytes of [Buffer.from("hello"), Buffer.from(svg), Buffer.from("GIF89a"), cut]) {
      const answer = await upload(owner, job_id, bytes);
      assertProblem(answer, 422, "validation_failed");
    }
    assertProblem(await upload(owner, job_id, Buffer.alloc(0)), 422, "validation_failed");
    assertProblem(await upload(owner, job_id, jpeg(10, 30_000, 2000)), 422, "validation_failed");
    const limit = 8 * 1024 * 1024;
    const frame = jpeg(0).length;
    assert.equal((await upload(owner, job_id, jpeg(limit - frame))).status, 201);
    // Refused by its length, before a byte of it.
    const head = [
      `POST /api/jobs/${job_id}/photos HTTP/1.1`,
      "Host: test",
      `Authorization: Bearer ${owner.token}`,
      `Content-Length: ${limit + 1}`,
    ];
    const refused = await rawExchange(`${head.join("\r\n")}\r\n\r\n`);
    assert.match(refused, /^HTTP\/1.1 413 /);
    assert.match(refused, /"code":"body_too_large"/);
    for (const [query, field] of [
      ["?stage=5", "stage"],
      ["?stage=0", "stage"],
      ["?stage=51", "stage"],
      ["?visible_to_customer=maybe", "visible_to_customer"],
    ]) {
      const answer = await upload(owner, job_id, jpeg(), query);
      assertProblem(answer, 422, "validation_failed");
      assert.deepEqual(fieldsOf(answer), [field]);
    }
    assert.equal((await owner.get(`/api/jobs/${job_id}/photos`)).json.length, 1);
  });

  test("fifty at once are all there, and the sixty-first is refused", async () => {
    const { job_id } = await newJob(await newPit());
    const add = (i: number) => upload(owner, job_id, jpeg(1000 + i));
    const first = await Promise.all(Array.from({ length: 50 }, (_, i) => add(i)));
    assert.ok(first.every(({ status }) => status === 201));
    const second = await Promise.all(Array.from({ length: 20 }, (_, i) => add(100 + i)));
    assert.equal(second.filter(({ status }) => status === 201).length, 10);
    for (const answer of second) if (answer.status !== 201) assertProblem(answer, 409, "conflict");
    const listed = await pages(owner, `/api/jobs/${job_id}/photos?limit=25`);
    assert.equal(new Set(listed.map(({ id }) => id)).size, 60);
    const sizes = new Set(
      (await rows(`SELECT size_bytes FROM job_photos WHERE job_id = ${job_id}`)).map(
        (row) => row.size_bytes,
      ),
    );
    assert.equal(sizes.size, 60, "each is one that was sent");
  });

  test("of a job take 100 MiB at most", async () => {
    const { job_id } = await newJob(await newPit());
    const large = (await upload(owner, job_id, jpeg(8_000_000))).json;
    await execute(
      `INSERT INTO job_photos (workshop_id, job_id, author_id, visible_to_customer, created_at, content_type, width,
                               height, size_bytes, sha256, bytes)
       SELECT workshop_id, job_id, author_id, false, created_at, content_type, width, height, size_bytes, sha256, bytes
       FROM job_photos, generate_series(1, 12) WHERE id = ${large.id}`,
    );
    const over = await upload(owner, job_id, jpeg(8_000_000));
    assertProblem(over, 409, "conflict");
    assert.equal((await upload(owner, job_id, jpeg(100_000))).status, 201);
    await execute(`DELETE FROM job_photos WHERE job_id = ${job_id}`);
  });
});
