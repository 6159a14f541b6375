// Customers' links, and letting time pass for a job that is over.
import assert from "node:assert/strict";
import { execute } from "./database.ts";
import { type Answer, call } from "./http.ts";
import { type SignedIn, signedIn } from "./session.ts";
import { baseUrl } from "./stack.ts";
import { runningJob, setStatus } from "./workshop.ts";

/** The token of a link as the server gives it. */
export function tokenOf(trackingUrl: string): string {
  const [, token] = /\/t\/([A-Za-z0-9_-]{43})$/.exec(trackingUrl) ?? [];
  assert.ok(token !== undefined, `no tracking link: ${trackingUrl}`);
  assert.ok(trackingUrl.startsWith(`${baseUrl}/`), trackingUrl);
  return token;
}

export const openLink = (token: string, from?: string): Promise<Answer> =>
  call("POST", "/api/auth/magic-link", { body: { token }, ...(from && { from }) });

/** Who has opened the link. */
export async function byLink(token: string): Promise<SignedIn> {
  const answer = await openLink(token);
  if (answer.status !== 200) throw new Error(`opening a link: ${answer.status} ${answer.text}`);
  return signedIn("", answer);
}

export const put = (session: SignedIn, path: string, body: unknown): Promise<Answer> =>
  call("PUT", path, { token: session.token, body });

export const remove = (session: SignedIn, path: string): Promise<Answer> =>
  call("DELETE", path, { token: session.token });

/** A completed job with its customer signed in. */
export async function completedJob(pitId: number, change: object = {}) {
  const job = await runningJob(pitId, change);
  await setStatus(job.job_id, "completed");
  return job;
}

/** As if the job had ended that long ago. */
export async function endedAgo(jobId: number, interval: string): Promise<void> {
  await execute(
    `UPDATE jobs SET created_at = created_at - interval '${interval}', updated_at = updated_at - interval '${interval}',
       actual_start_time = actual_start_time - interval '${interval}',
       actual_end_time = actual_end_time - interval '${interval}'
     WHERE id = ${jobId}`,
  );
}

export function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.equal(answer.json.code, code, answer.text);
}

export const fieldsOf = (answer: Answer): string[] =>
  (answer.json.errors ?? []).map((error: { field: string }) => error.field).sort();
