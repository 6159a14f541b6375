// A job on paper: the owner's report, the customer's summary, and the certificate that anybody can check.
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { before, describe, test } from "node:test";
import { execute, rows } from "../support/database.ts";
import { certificateOf, certificatesOf, doneJob, paper } from "../support/documents.ts";
import { call } from "../support/http.ts";
import { jpeg } from "../support/photos.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { newPit, runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

describe("a job's documents", () => {
  test("tell the owner everything, and the customer what is meant for them", async () => {
    const { job_id, customer } = await doneJob();
    const report = await paper(owner, `/api/jobs/${job_id}/report.pdf`);
    assert.equal(report.status, 200, report.text);
    assert.match(report.text, /Job report/);
    assert.match(report.text, /Between ourselves\./);
    assert.match(report.text, /100 % within spec/);
    assert.match(report.headers["content-disposition"] ?? "", /filename="report-\d+-\d{6}\.pdf"/);
    const summary = await paper(customer, `/api/jobs/${job_id}/summary.pdf`);
    assert.equal(summary.status, 200, summary.text);
    assert.match(summary.text, /Shown to the customer\./);
    assert.doesNotMatch(summary.text, /Between ourselves/);
    assert.match(summary.text, /Surface Prep/);
    assert.equal((await paper(customer, `/api/jobs/${job_id}/report.pdf`)).status, 403);
    const hindi = await paper(customer, `/api/jobs/${job_id}/summary.pdf?language=hi`);
    assert.match(hindi.text, /काम का सारांश/);
  });

  test("are drawn once, and again when they would say something else", async () => {
    const { job_id } = await doneJob();
    const at = `/api/jobs/${job_id}`;
    const drawn = () =>
      rows(`SELECT drawn_at FROM job_documents WHERE job_id = ${job_id} AND kind = 'report'`);
    const first = await paper(owner, `${at}/report.pdf`);
    const moment = await drawn();
    const again = await paper(owner, `${at}/report.pdf`);
    assert.equal(again.etag, first.etag);
    assert.deepEqual(await drawn(), moment);
    assert.equal(
      (await paper(owner, `${at}/report.pdf`, { "If-None-Match": first.etag })).status,
      304,
    );
    await owner.post(`${at}/notes`, { text: "One more word." });
    const changed = await paper(owner, `${at}/report.pdf`, { "If-None-Match": first.etag });
    assert.equal(changed.status, 200);
    assert.match(changed.text, /One more word\./);
  });

  test("are for those who see the job, and not before it is over", async () => {
    const { job_id, customer } = await doneJob(false);
    const stranger = await runningJob(await newPit());
    for (const kind of ["summary", "certificate"]) {
      const early = await paper(customer, `/api/jobs/${job_id}/${kind}.pdf`);
      assert.equal(early.status, 409, early.text);
      for (const other of [stranger.customer, await demo("imran"), await demo("neha")])
        assert.equal((await paper(other, `/api/jobs/${job_id}/${kind}.pdf`)).status, 404);
    }
    assert.match((await paper(owner, `/api/jobs/${job_id}/report.pdf`)).text, /Job report/);
    assert.equal((await paper(owner, `/api/jobs/${job_id}/report.pdf?language=fr`)).status, 422);
    await setStatus(job_id, "completed");
  });
});

describe("a certificate", () => {
  test("is genuine to the last byte, and names no person", async () => {
    const { job_id, customer } = await doneJob();
    const job = (await owner.get(`/api/jobs/${job_id}`)).json;
    const printed = await paper(customer, `/api/jobs/${job_id}/certificate.pdf`);
    assert.equal(printed.status, 200, printed.text);
    const { token, statement } = await certificateOf(job_id);
    const shown = await call("GET", `/api/certificates/${token}`, {});
    assert.equal(shown.status, 200, shown.text);
    const check = shown.json;
    assert.equal(check.genuine, true);
    assert.equal(check.statement, statement);
    assert.equal(check.content.facts.car.plate, job.car_plate);
    assert.ok(check.content.facts.air.in_spec_minutes > 49, statement);
    assert.ok(!shown.text.includes(job.customer_name) && !printed.text.includes(job.customer_name));
    // Anybody can check it without us.
    const fingerprint = createHash("sha256").update(check.statement).digest("hex");
    assert.equal(check.fingerprint, fingerprint);
    assert.ok(printed.text.replace(/\s/g, "").includes(fingerprint));
    const signature = Buffer.from(check.signature, "base64url");
    assert.ok(
      verify(null, Buffer.from(check.statement), createPublicKey(check.public_key), signature),
    );

    const say = async (said: string, signed: string) =>
      (
        await call("POST", "/api/certificates/check", {
          body: { statement: said, signature: signed },
        })
      ).json;
    assert.deepEqual(await say(check.statement, check.signature), { genuine: true });
    for (const at of [0, 40, check.statement.length - 1]) {
      const changed = `${check.statement.slice(0, at)}#${check.statement.slice(at + 1)}`;
      assert.deepEqual(await say(changed, check.signature), { genuine: false }, `byte ${at}`);
    }
    assert.deepEqual(await say(check.statement, "A".repeat(86)), { genuine: false });
    assert.deepEqual(await say(check.statement, "no signature"), { genuine: false });
  });

  test("whose row was changed is not genuine", async () => {
    const { job_id } = await doneJob();
    await paper(owner, `/api/jobs/${job_id}/certificate.pdf`);
    const { token } = await certificateOf(job_id);
    await execute(`UPDATE job_certificates SET statement = replace(statement, '"in_spec_minutes":', '"in_spec_minutes":1')
                   WHERE token = '${token}'`);
    assert.equal((await call("GET", `/api/certificates/${token}`, {})).json.genuine, false);
    await execute(`DELETE FROM job_certificates WHERE token = '${token}'`);
  });

  test("is issued once for the same facts, whoever asks, and anew when they change", async () => {
    const { job_id, customer } = await doneJob();
    const at = `/api/jobs/${job_id}`;
    const asked = await Promise.all(
      [owner, customer, owner, customer].map((who) => paper(who, `${at}/certificate.pdf`)),
    );
    assert.deepEqual(new Set(asked.map(({ status }) => status)), new Set([200]));
    assert.equal((await certificatesOf(job_id)).length, 1);
    const rawBody = jpeg();
    await call("POST", `${at}/photos?visible_to_customer=true`, { token: owner.token, rawBody });
    await paper(customer, `${at}/certificate.pdf`);
    const [old, newer] = await certificatesOf(job_id);
    assert.equal(newer?.version, 2);
    const shown = (await call("GET", `/api/certificates/${old?.token}`, {})).json;
    assert.deepEqual([shown.genuine, shown.version, shown.newest_version], [true, 1, 2]);
  });

  test("of a code that was never given out opens nothing", async () => {
    for (const code of ["AAAAAAAAAAAAAAAAAAAAAA", "x", "%27%3B--"]) {
      const answer = await call("GET", `/api/certificates/${code}`, {});
      assert.equal(answer.json.code, "not_found", answer.text);
    }
  });

  test("goes with the customer who is erased", async () => {
    const { job_id } = await doneJob();
    await paper(owner, `/api/jobs/${job_id}/certificate.pdf`);
    await paper(owner, `/api/jobs/${job_id}/report.pdf`);
    const { token } = await certificateOf(job_id);
    const [{ id }] = await rows(`SELECT customer_id AS id FROM jobs WHERE id = ${job_id}`);
    const erased = await owner.post(`/api/customers/${id}/erase`);
    assert.ok(erased.status < 300, erased.text);
    assert.equal((await call("GET", `/api/certificates/${token}`, {})).json.code, "not_found");
    assert.deepEqual(await rows(`SELECT 1 FROM job_documents WHERE job_id = ${job_id}`), []);
  });
});
