// Whole workshops made for one test file, with everybody who can be in one.
import { execute, quoted } from "./database.ts";
import { newDeviceId } from "./devices.ts";
import { unique } from "./eventually.ts";
import { demo, type SignedIn, signIn } from "./session.ts";
import { loginOf } from "./stack.ts";

export interface Tenant {
  workshopId: number;
  code: string;
  /** In the texts of the pit, of its job and of its customer: whoever reads it sees them. */
  mark: string;
  pitId: number;
  jobId: number;
  /** The next pit, with a running job of its own. */
  otherPitId: number;
  otherJobId: number;
  /** A device that is at no pit, so that nothing happens to it by itself. */
  deviceId: string;
  owner: SignedIn;
  manager: SignedIn;
  /** Permitted at the pit. */
  operator: SignedIn;
  /** Permitted at the other pit. */
  otherOperator: SignedIn;
  /** Of the job. */
  customer: SignedIn;
  /** Of the other job. */
  otherCustomer: SignedIn;
  /** The account of the job's customer. */
  customerId: number;
  /** The accounts of the staff. */
  userIds: { owner: number; manager: number; operator: number; otherOperator: number };
}

// The role and the password are those of a demo user.
const staff = { owner: "amit", manager: "pooja", operator: "imran", otherOperator: "imran" };

async function idOf(statement: string): Promise<number> {
  const [id] = await execute(statement);
  if (id === undefined) throw new Error(`no row: ${statement}`);
  return Number(id);
}

async function newStaff(workshopId: number, as: string): Promise<{ id: number; username: string }> {
  const username = `${as}${unique()}`;
  const id = await idOf(
    `INSERT INTO users (workshop_id, username, display_name, role, password_hash)
     SELECT ${workshopId}, ${quoted(username)}, ${quoted(username)}, role, password_hash
     FROM users WHERE username = ${quoted(as)} RETURNING id`,
  );
  return { id, username };
}

async function startedJob(owner: SignedIn, pitId: number, customer: string) {
  const answer = await owner.post("/api/jobs", {
    customer_name: customer,
    car_model: customer,
    car_plate: customer.slice(0, 20),
    pit_id: pitId,
    work_type: "Full PPF",
    estimated_duration_minutes: 360,
  });
  if (answer.status !== 201) throw new Error(`a job: ${answer.status} ${answer.text}`);
  const jobId = answer.json.job_id as number;
  const started = await owner.patch(`/api/jobs/${jobId}/status`, { status: "in_progress" });
  if (started.status !== 200) throw new Error(`its start: ${started.status} ${started.text}`);
  const { username, password } = answer.json.customer_credentials;
  return { jobId, customer: await signIn(username, password) };
}

export async function newTenant(): Promise<Tenant> {
  const mark = `Mark${unique()}`;
  const code = `workshop_${unique()}`;
  const workshopId = await idOf(
    `INSERT INTO workshops (code, name, subscription_status)
     VALUES (${quoted(code)}, ${quoted(code)}, 'active') RETURNING id`,
  );
  const pit = (number: number, name: string) =>
    idOf(
      `INSERT INTO pits (workshop_id, pit_number, name)
       VALUES (${workshopId}, ${number}, ${quoted(name)}) RETURNING id`,
    );
  const [pitId, otherPitId] = [await pit(1, mark), await pit(2, "The next one")];
  const deviceId = newDeviceId();
  await execute(
    `WITH made AS (
       INSERT INTO devices (workshop_id, device_id, license_hash, state_licence)
       VALUES (${workshopId}, ${quoted(deviceId)}, sha256(${quoted(deviceId)}), 'enabled') RETURNING id)
     INSERT INTO subscriptions (workshop_id, device_key, monthly_fee_paise, expires_at)
     SELECT ${workshopId}, id, 150000, now() + interval '30 days' FROM made`,
  );
  const accounts = {
    owner: await newStaff(workshopId, staff.owner),
    manager: await newStaff(workshopId, staff.manager),
    operator: await newStaff(workshopId, staff.operator),
    otherOperator: await newStaff(workshopId, staff.otherOperator),
  };
  await execute(
    `UPDATE workshops SET owner_id = ${accounts.owner.id} WHERE id = ${workshopId};
     INSERT INTO staff_pit_permissions (workshop_id, user_id, pit_id)
     VALUES (${workshopId}, ${accounts.operator.id}, ${pitId}),
            (${workshopId}, ${accounts.otherOperator.id}, ${otherPitId})`,
  );
  const enter = (who: keyof typeof staff) =>
    signIn(accounts[who].username, loginOf(staff[who]).password);
  const owner = await enter("owner");
  const job = await startedJob(owner, pitId, mark);
  const otherJob = await startedJob(owner, otherPitId, `Other ${unique()}`);
  return {
    workshopId,
    code,
    mark,
    pitId,
    jobId: job.jobId,
    otherPitId,
    otherJobId: otherJob.jobId,
    deviceId,
    owner,
    manager: await enter("manager"),
    operator: await enter("operator"),
    otherOperator: await enter("otherOperator"),
    customer: job.customer,
    otherCustomer: otherJob.customer,
    customerId: await idOf(`SELECT customer_id FROM jobs WHERE id = ${job.jobId}`),
    userIds: {
      owner: accounts.owner.id,
      manager: accounts.manager.id,
      operator: accounts.operator.id,
      otherOperator: accounts.otherOperator.id,
    },
  };
}

export const platform = (): Promise<SignedIn> => demo("platform");

/**
 * Number and checksum of the workshop's rows in every table that belongs to workshops, as the
 * catalogue lists them: { jobs: "2 0cc175b9…" }.
 */
export async function rowsOf(workshopId: number): Promise<Record<string, string>> {
  const lines = await execute(
    `SELECT c.relname, (xpath('/row/sum/text()', query_to_xml(format(
       'SELECT count(*) || '' '' || coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '''') AS sum
        FROM public.%I t WHERE %I = ${workshopId}',
       c.relname, CASE c.relname WHEN 'workshops' THEN 'id' ELSE 'workshop_id' END),
       false, true, '')))[1]
     FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY c.relname`,
  );
  return Object.fromEntries(lines.map((line) => line.split("\t") as [string, string]));
}
