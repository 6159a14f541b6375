// Things a test needs for itself alone: pits, staff, jobs.
import { execute, quoted } from "./database.ts";
import { unique } from "./eventually.ts";
import { demo, type SignedIn, signIn } from "./session.ts";
import { type Device, loginOf } from "./stack.ts";

export interface NewJob {
  job_id: number;
  customer_credentials: { username: string; password: string } | null;
  tracking_url: string;
  can_send_messages: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: looked at by the tests
  job: any;
}

/** Pits cannot be created by the API yet. Returns the id. */
export async function newPit(workshop = "workshop_001"): Promise<number> {
  const [id] = await execute(
    `INSERT INTO pits (workshop_id, pit_number, name)
     SELECT w.id, n, 'Pit ' || n FROM workshops w,
       LATERAL (SELECT 100 + count(*) AS n FROM pits WHERE workshop_id = w.id) next
     WHERE w.code = ${quoted(workshop)} RETURNING id`,
  );
  return Number(id);
}

/** An alert that lasts, of a pit that no device could raise one for. Returns the id. */
export async function newAlert(pitId: number): Promise<number> {
  const [id] = await execute(
    `INSERT INTO alerts (workshop_id, pit_id, alert_type, severity, message, value)
     SELECT workshop_id, id, 'high_aqi', 'warning', 'Air quality (VOC) index 170', 170
     FROM pits WHERE id = ${pitId} RETURNING id`,
  );
  return Number(id);
}

/** A workshop with an owner and a pit; the owner has the password of the demo owner. */
export async function newWorkshop(): Promise<{ owner: SignedIn; pitId: number; code: string }> {
  const number = unique();
  const [code, username] = [`workshop_${number}`, `owner${number}`];
  await execute(
    `WITH made AS (
       INSERT INTO workshops (code, name, subscription_status)
       VALUES (${quoted(code)}, ${quoted(code)}, 'active') RETURNING id)
     INSERT INTO users (workshop_id, username, display_name, role, password_hash)
     SELECT made.id, ${quoted(username)}, 'Owner', 'owner', password_hash
     FROM made, users WHERE username = 'amit'`,
  );
  const owner = await signIn(username, loginOf("amit").password);
  return { owner, pitId: await newPit(code), code };
}

/** An operator of that pit; has the password of the demo operator. */
export async function newOperator(pitId: number): Promise<SignedIn> {
  const username = `operator${unique()}`;
  await execute(
    `WITH made AS (
       INSERT INTO users (workshop_id, username, display_name, role, password_hash)
       SELECT pits.workshop_id, ${quoted(username)}, 'Operator', 'operator', password_hash
       FROM users, pits WHERE username = 'imran' AND pits.id = ${pitId} RETURNING id, workshop_id)
     INSERT INTO staff_pit_permissions (workshop_id, user_id, pit_id)
     SELECT workshop_id, id, ${pitId} FROM made`,
  );
  return signIn(username, loginOf("imran").password);
}

export async function newJob(pitId: number, change: object = {}, by = "amit"): Promise<NewJob> {
  const owner = await demo(by);
  const number = unique();
  const answer = await owner.post("/api/jobs", {
    customer_name: `Test Customer ${number}`,
    car_model: `Car ${number}`,
    car_plate: `DL 01 ${number % 10_000}`,
    pit_id: pitId,
    work_type: "Full PPF",
    ...change,
  });
  if (answer.status !== 201) throw new Error(`creating a job: ${answer.status} ${answer.text}`);
  return answer.json as NewJob;
}

export async function setStatus(jobId: number, status: string, by = "amit"): Promise<void> {
  const owner = await demo(by);
  const answer = await owner.patch(`/api/jobs/${jobId}/status`, { status });
  if (answer.status !== 200)
    throw new Error(`job ${jobId} to ${status}: ${answer.status} ${answer.text}`);
}

/** The demo's third pit has a device and no job; a test that failed may have left one there. */
export async function freePit(device: Device): Promise<void> {
  const owner = await demo("amit");
  for (const status of ["in_progress", "on_hold", "quality_check"])
    for (const job of (await owner.get(`/api/jobs?pit_id=${device.pit_id}&status=${status}`)).json)
      await setStatus(job.job_id, "cancelled");
}

/** A running job with its customer signed in. */
export async function runningJob(pitId: number, change: object = {}) {
  const created = await newJob(pitId, change);
  await setStatus(created.job_id, "in_progress");
  const login = created.customer_credentials;
  if (login === null) throw new Error("The customer of a new job got no login.");
  return { ...created, login, customer: await signIn(login.username, login.password) };
}
