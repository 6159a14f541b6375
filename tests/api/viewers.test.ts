// Who is watching, and how often customers look for themselves.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { assertProblem, byLink, tokenOf } from "../support/customers.ts";
import { execute, rows } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { Live } from "../support/live.ts";
import { killServer } from "../support/server.ts";
import { demo, type SignedIn, signIn } from "../support/session.ts";
import { newJob, newOperator, newPit, runningJob, setStatus } from "../support/workshop.ts";

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

interface View {
  job_id: number;
  customer_name: string;
  since: string;
  last_seen: string;
  ended_at: string | null;
  watching: boolean;
}
const viewersOf = async (jobId: number, query = ""): Promise<View[]> =>
  (await owner.get(`/api/jobs/${jobId}/viewers${query}`)).json;
const watchers = (jobId: number, count: number) =>
  eventually(`${count} watch job ${jobId}`, async () => {
    const found = await viewersOf(jobId, "?watching=true");
    return found.length === count ? [found] : undefined;
  });
const opens = async (jobId: number): Promise<number> =>
  Number(
    (
      await execute(`SELECT coalesce(sum(opens), 0) FROM tracking_opens WHERE job_id = ${jobId}`)
    )[0],
  );

describe("who looks at a job", () => {
  test("is listed while the page is open, and with its end afterwards", async () => {
    const pitId = await newPit();
    const { job_id, customer, job } = await runningJob(pitId);
    assert.deepEqual(await viewersOf(job_id), []);
    const live = await Live.open(customer);
    const [[viewer] = []] = await watchers(job_id, 1);
    assert.equal(viewer?.customer_name, job.customer_name);
    assert.equal(viewer?.ended_at, null);
    assert.ok(Date.parse(String(viewer?.since)) > Date.now() - 60_000);
    const atPit = (await owner.get(`/api/pits/${pitId}/viewers?watching=true`)).json;
    assert.deepEqual(
      atPit.map((view: View) => view.job_id),
      [job_id],
    );
    await live.close();
    await watchers(job_id, 0);
    const [past, ...more] = await viewersOf(job_id);
    assert.deepEqual(more, []);
    assert.equal(past?.watching, false);
    assert.notEqual(past?.ended_at, null);
    assert.deepEqual((await owner.get(`/api/pits/${pitId}/viewers?watching=true`)).json, []);
  });

  test("is one per sign-in, whatever number of tabs", async () => {
    const { job_id, customer, login } = await runningJob(await newPit());
    const tabs = [await Live.open(customer), await Live.open(customer)];
    await watchers(job_id, 1);
    const phone = await Live.open(await signIn(login.username, login.password));
    await watchers(job_id, 2);
    await tabs[0]?.close();
    await phone.close();
    await watchers(job_id, 1);
    await tabs[1]?.close();
    await watchers(job_id, 0);
  });

  test("is told to owners and managers as it changes, and to nobody else", async () => {
    const pitId = await newPit();
    const { job_id, customer } = await runningJob(pitId);
    const staff = [await Live.open(owner), await Live.open(await demo("pooja"))];
    const blind = [
      await Live.open(await newOperator(pitId)),
      await Live.open(await demo("neha")),
      await Live.open(await demo("rohan")),
    ];
    const live = await Live.open(customer);
    for (const watcher of staff) {
      const come = await watcher.next(
        "viewer",
        ({ data }) => data.job_id === job_id && data.watching,
      );
      assert.equal(come.data.viewers, 1);
      assert.equal(come.data.pit_id, pitId);
    }
    await live.close();
    for (const watcher of staff) {
      const gone = await watcher.next(
        "viewer",
        ({ data }) => data.job_id === job_id && !data.watching,
      );
      assert.equal(gone.data.viewers, 0);
    }
    // Something that must arrive afterwards.
    const marker = await newJob(pitId);
    await blind[0]?.next("job_status", ({ data }) => data.job_id === marker.job_id);
    for (const one of blind) assert.deepEqual(one.all("viewer"), []);
    assert.deepEqual(live.all("viewer"), [], "the customer is not told who else watches");
    for (const one of [...staff, ...blind]) await one.close();
  });

  test("does not include staff", async () => {
    const pitId = await newPit();
    const { job_id } = await runningJob(pitId);
    const staff = await Live.open(await newOperator(pitId));
    const customer = await runningJob(await newPit());
    const marker = await Live.open(customer.customer);
    await watchers(customer.job_id, 1);
    assert.deepEqual(await viewersOf(job_id), []);
    await staff.close();
    await marker.close();
  });

  test("is nobody's business elsewhere", async () => {
    const pitId = await newPit();
    const { job_id, customer } = await runningJob(pitId);
    for (const path of [`/api/jobs/${job_id}/viewers`, `/api/pits/${pitId}/viewers`]) {
      assertProblem(await (await demo("neha")).get(path), 404, "not_found");
      assertProblem(await (await demo("imran")).get(path), 403, "forbidden");
      assertProblem(await customer.get(path), 403, "forbidden");
    }
    assertProblem(await owner.get("/api/jobs/999999999/viewers"), 404, "not_found");
    assertProblem(await owner.get("/api/pits/999999999/viewers"), 404, "not_found");
    assert.equal((await owner.get(`/api/jobs/${job_id}/viewers?watching=perhaps`)).status, 422);
  });

  test("ends with the job", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    const live = await Live.open(customer);
    await watchers(job_id, 1);
    await setStatus(job_id, "completed");
    await eventually(
      "the view ends within a heartbeat",
      async () => (await viewersOf(job_id, "?watching=true")).length === 0,
      20_000,
    );
    assert.equal(live.closed, null);
    await live.close();
  });

  test("ends when the server dies", async () => {
    const { job_id, customer } = await runningJob(await newPit());
    await Live.open(customer);
    await watchers(job_id, 1);
    await killServer();
    await watchers(job_id, 0);
    await eventually("no row is left open", async () => {
      const open = await execute("SELECT 1 FROM view_sessions WHERE ended_at IS NULL");
      return open.length === 0;
    });
    const [row] = await rows(
      `SELECT extract(epoch FROM ended_at - last_seen_at)::integer AS longer FROM view_sessions WHERE job_id = ${job_id}`,
    );
    assert.ok(row.longer <= 15, "no longer than is known");
  });
});

describe("openings of the tracking page", () => {
  test("are counted per sign-in, and reloads are none", async () => {
    const { job_id, customer, tracking_url } = await runningJob(await newPit());
    for (let i = 0; i < 2; ++i) {
      const live = await Live.open(customer);
      await watchers(job_id, 1);
      await live.close();
      await watchers(job_id, 0);
    }
    assert.equal(await opens(job_id), 1);
    const token = tokenOf(tracking_url);
    const again = await Live.open(await byLink(token));
    await watchers(job_id, 1);
    assert.equal(await opens(job_id), 2);
    await again.close();
  });

  test("before the work begins count as well", async () => {
    const job = await newJob(await newPit());
    const token = tokenOf(job.tracking_url);
    const live = await Live.open(await byLink(token));
    await watchers(job.job_id, 1);
    assert.equal(await opens(job.job_id), 1);
    await live.close();
  });
});
