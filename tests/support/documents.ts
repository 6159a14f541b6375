// Jobs that have something to put on paper, and what is on it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { execute, rows } from "./database.ts";
import { call } from "./http.ts";
import { jpeg } from "./photos.ts";
import { demo, type SignedIn } from "./session.ts";
import { newPit, runningJob, setStatus } from "./workshop.ts";

/** What poppler reads in it. */
export async function paper(by: SignedIn, path: string, headers: Record<string, string> = {}) {
  const answer = await call("GET", path, { token: by.token, headers });
  const isPdf = answer.headers["content-type"] === "application/pdf" && answer.bytes.length > 0;
  const text = isPdf
    ? execFileSync("pdftotext", ["-layout", "-", "-"], { input: answer.bytes, encoding: "utf8" })
    : answer.text;
  const { status } = answer;
  return { status, text, etag: answer.headers.etag ?? "", headers: answer.headers };
}

/** Done an hour after it began, with a reading every 10 s; a photograph and a note for the customer, and one not. */
export async function doneJob(completes = true) {
  const job = await runningJob(await newPit());
  await execute(
    `UPDATE jobs SET actual_start_time = actual_start_time - interval '1 hour' WHERE id = ${job.job_id};
     UPDATE job_stages SET started_at = started_at - interval '1 hour' WHERE job_id = ${job.job_id};
     INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, seq, temperature, humidity,
                              aqi, iaq_accuracy)
     SELECT j.workshop_id, j.pit_id, d.id, j.actual_start_time + n * interval '10 seconds', now(), n, 22, 50, 60, 3
     FROM jobs j JOIN devices d ON d.workshop_id = j.workshop_id, generate_series(0, 300) n
     WHERE j.id = ${job.job_id} AND d.id = (SELECT min(id) FROM devices m WHERE m.workshop_id = j.workshop_id)`,
  );
  const owner = await demo("amit");
  const at = `/api/jobs/${job.job_id}`;
  const token = owner.token;
  for (const [text, visible] of [
    ["Shown to the customer.", true],
    ["Between ourselves.", false],
  ] as const)
    assert.equal(
      (await owner.post(`${at}/notes`, { text, visible_to_customer: visible })).status,
      201,
    );
  const photo = await call("POST", `${at}/photos?visible_to_customer=true`, {
    token,
    rawBody: jpeg(),
  });
  assert.equal(photo.status, 201, photo.text);
  if (completes) await setStatus(job.job_id, "completed");
  return job;
}

export interface Issued {
  token: string;
  version: number;
  statement: string;
}

export const certificatesOf = (jobId: number): Promise<Issued[]> =>
  rows(
    `SELECT token, version, statement FROM job_certificates WHERE job_id = ${jobId} ORDER BY version`,
  );

export async function certificateOf(jobId: number): Promise<Issued> {
  const [only, ...others] = await certificatesOf(jobId);
  assert.ok(only && others.length === 0);
  return only;
}
