// CSV files: they say what the API says, open in a spreadsheet without computing what people wrote,
// and are sent while they are made, whoever reads slowly or goes away.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { count, execute, quoted } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { type Answer, call, newAddress, rawExchange } from "../support/http.ts";
import { secondConfig, secondName } from "../support/secondServer.ts";
import type { SignedIn } from "../support/session.ts";
import { currentStatus, stack, varFolder } from "../support/stack.ts";
import { newTenant, platform, type Tenant } from "../support/tenants.ts";

const jobsFile = "/api/exports/jobs.csv";
const readingsFile = (pitId: number) => `/api/pits/${pitId}/readings.csv`;
const iso = (ms: number) => new Date(ms).toISOString();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let tenant: Tenant;
let stranger: Tenant;
before(async () => {
  [tenant, stranger] = [await newTenant(), await newTenant()];
});

/** RFC 4180, strictly: a file that is none fails. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    assert.ok(found, `no CSV from ${at}: ${text.slice(at, at + 80)}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === "\r\n") {
      rows.push(row);
      row = [];
    }
  }
  assert.equal(row.length, 0, "the last row has its end");
  return rows;
}

type Line = Record<string, string>;

/** Its lines by column, of an answer that is a whole file. */
function linesOf(answer: Answer): Line[] {
  assert.equal(answer.status, 200, answer.text.slice(0, 500));
  assert.deepEqual([...answer.bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "a byte order mark");
  const [heading, ...rows] = parseCsv(answer.bytes.subarray(3).toString("utf8"));
  return rows.map((row) => {
    assert.equal(row.length, heading?.length);
    return Object.fromEntries(row.map((value, i) => [heading?.[i] ?? "", value]));
  });
}

const number = (value: string | undefined) => (value === "" ? null : Number(value));
const sameTime = (cell: string | undefined, time: string | null, name: string) => {
  if (time === null) return assert.equal(cell, "", name);
  assert.match(String(cell), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+05:30$/, "India's clock");
  assert.equal(iso(Date.parse(String(cell))), iso(Date.parse(time)), name);
};

async function bookedBy(owner: SignedIn, change: object) {
  const answer = await owner.post("/api/jobs", {
    customer_name: "Somebody",
    car_model: "Car",
    car_plate: "DL 01 AB 1",
    pit_id: tenant.pitId,
    work_type: "Full PPF",
    estimated_duration_minutes: 60,
    ...change,
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.job_id as number;
}

describe("jobs", () => {
  test("are those of the list, with what the list says of them", async () => {
    const { owner, jobId } = tenant;
    const staff = [tenant.userIds.operator, tenant.userIds.manager];
    assert.equal((await owner.put(`/api/jobs/${jobId}/staff`, { user_ids: staff })).status, 200);
    for (const status of ["quality_check", "completed"])
      assert.equal((await owner.patch(`/api/jobs/${jobId}/status`, { status })).status, 200);
    await execute(
      `UPDATE jobs SET actual_start_time = actual_end_time - interval '3 hours',
         estimated_end_time = actual_end_time - interval '25 minutes' WHERE id = ${jobId};
       UPDATE job_stages SET held_seconds = 0 WHERE job_id = ${jobId};
       UPDATE job_stages SET held_seconds = 1800 WHERE job_id = ${jobId} AND position = 1`,
    );
    const comment = '=HYPERLINK("https://evil.example","बढ़िया")\nand more';
    const rated = { stars: 5, comment };
    assert.equal((await tenant.customer.put(`/api/jobs/${jobId}/rating`, rated)).status, 200);
    await bookedBy(owner, { customer_name: "सुनीता शर्मा", car_model: '+91, "Thar"' });
    await bookedBy(owner, { customer_name: "@SUM(A1:A9)", car_plate: "-1", work_type: "=1+1" });

    const answer = await owner.get(jobsFile);
    assert.equal(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert.equal(answer.headers["transfer-encoding"], "chunked");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.match(
      String(answer.headers["content-disposition"]),
      /^attachment; filename="jobs-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const lines = linesOf(answer);
    const jobs = (await owner.get("/api/jobs")).json.reverse();
    assert.equal(lines.length, jobs.length);
    const plain = (cell: string | undefined) => cell?.replace(/^'(?=[=+\-@])/, "");
    for (const [i, job] of jobs.entries()) {
      const line = lines[i] as Line;
      assert.deepEqual(
        [line.job, line.pit, line.status, plain(line.customer), plain(line.car), plain(line.plate)],
        [
          String(job.job_id),
          String(job.pit_number),
          job.status,
          job.customer_name,
          job.car_model,
          job.car_plate,
        ],
      );
      assert.equal(plain(line.work_type), job.work_type);
      assert.equal(
        line.staff,
        job.assigned_staff.map(({ name }: { name: string }) => name).join("; "),
      );
      sameTime(line.booked, job.created_at, "booked");
      sameTime(line.started, job.actual_start_time, "started");
      sameTime(line.promised, job.estimated_end_time, "promised");
      sameTime(line.ended, job.actual_end_time, "ended");
    }
    const done = lines.find(({ job }) => job === String(jobId)) as Line;
    assert.deepEqual(
      [done.worked_minutes, done.hold_minutes, done.late_minutes, done.rating, done.comment],
      ["150", "30", "25", "5", `'${comment}`],
    );
    assert.ok(answer.text.includes("सुनीता शर्मा"));
    for (const cell of ["'@SUM(A1:A9)", "'-1", "'=1+1", `"'+91, ""Thar"""`])
      assert.ok(answer.text.includes(cell), `${cell} is text`);
  });

  test("are those of the span", async () => {
    const { owner } = tenant;
    const old = await bookedBy(owner, { customer_name: "Of last year" });
    await execute(
      `UPDATE jobs SET status = 'completed', created_at = now() - interval '400 days',
         actual_start_time = now() - interval '400 days', actual_end_time = now() - interval '399 days'
       WHERE id = ${old}`,
    );
    const found = async (query: string) =>
      linesOf(await owner.get(`${jobsFile}${query}`)).some(({ job }) => job === String(old));
    const [begin, end] = [Date.now() - 400.5 * dayMs, Date.now() - 399.5 * dayMs];
    assert.equal(await found(""), false);
    assert.equal(await found(`?from=${iso(begin)}`), true);
    assert.equal(await found(`?from=${iso(begin)}&to=${iso(end)}`), true, "booked, not yet ended");
    assert.equal(await found(`?from=${iso(end)}&to=${iso(end + dayMs)}`), true, "ended");
    assert.equal(await found(`?from=${iso(end + dayMs)}&to=${iso(end + 2 * dayMs)}`), false);
    assert.equal(await found(`?from=${iso(begin - dayMs)}&to=${iso(begin)}`), false);
    const named = await owner.get(`${jobsFile}?from=2026-01-31T18:30:00Z&to=2026-02-28T18:30:00Z`);
    assert.match(
      String(named.headers["content-disposition"]),
      /jobs-2026-02-01-2026-02-28\.csv/,
      "days of the workshop's calendar",
    );
  });
});

describe("readings", () => {
  test("of a pit are those of its history", async () => {
    const { owner, pitId, workshopId } = tenant;
    const now = Date.now();
    await execute(
      `SELECT platform.ensure_partition(((now() - n * interval '1 hour') AT TIME ZONE 'UTC')::date)
       FROM generate_series(0, 12, 12) n;
       INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, seq, temperature,
                                humidity, pressure, gas_ohm, aqi, iaq_accuracy)
       SELECT ${workshopId}, ${pitId}, d.id, '${iso(now)}'::timestamptz - n * interval '10 seconds', now(), n,
              nullif(n, 3) % 50 - 25.37, 40 + n % 20, 1010.25, 51234.5, n % 500, n % 4
       FROM generate_series(1, 4000) n, devices d WHERE d.device_id = ${quoted(tenant.deviceId)}`,
    );
    const span = `from=${iso(now - 12 * hourMs)}&to=${iso(now)}`;
    const answer = await owner.get(`${readingsFile(pitId)}?${span}`);
    assert.match(
      String(answer.headers["content-disposition"]),
      /^attachment; filename="pit-1-readings-[\d-]+\.csv"$/,
    );
    const lines = linesOf(answer);
    const points = (await owner.get(`/api/pits/${pitId}/sensors/history?resolution=raw&${span}`))
      .json;
    assert.equal(lines.length, 4000);
    assert.deepEqual(
      lines.map((line) => [
        iso(Date.parse(String(line.measured_at))),
        number(line.temperature_c),
        number(line.humidity_percent),
        number(line.voc_index),
        number(line.pressure_hpa),
        number(line.gas_ohm),
      ]),
      points.map((point: Record<string, unknown>) => [
        point.timestamp,
        point.temperature,
        point.humidity,
        point.aqi,
        point.pressure,
        point.gas_ohm,
      ]),
    );
    const third = lines.at(-3) as Line;
    assert.deepEqual(
      [third.temperature_c, third.dew_point_c, third.accuracy, third.device],
      ["", "", "3", tenant.deviceId],
    );
    const first = lines.at(-1) as Line;
    assert.equal(first.temperature_c, "-24.37", "a number, not a text");
    const [dew] = await execute("SELECT round(dew_point(-24.37, 41)::numeric, 2)");
    assert.equal(number(first.dew_point_c), Number(dew));
    assert.equal(linesOf(await owner.get(readingsFile(tenant.otherPitId))).length, 0);
  });
});

describe("who may", () => {
  test("are owner and manager, of their own workshop", async () => {
    const readings = readingsFile(tenant.pitId);
    for (const who of [tenant.owner, tenant.manager])
      for (const path of [jobsFile, readings]) assert.equal((await who.get(path)).status, 200);
    for (const who of [tenant.operator, tenant.customer, await platform()])
      for (const path of [jobsFile, readings]) {
        const answer = await who.get(path);
        assert.deepEqual([answer.status, answer.json.code], [403, "forbidden"], who.username);
      }
    const foreign = await stranger.owner.get(readings);
    assert.deepEqual([foreign.status, foreign.json.code], [404, "not_found"]);
    const theirs = await stranger.owner.get(`${jobsFile}?workshop_id=${tenant.workshopId}`);
    assert.ok(!theirs.text.includes(tenant.mark));
    assert.equal((await call("GET", jobsFile)).status, 401);
    assert.equal((await call("GET", readings, { token: "forged" })).status, 401);
  });

  test("is told of a span that is none", async () => {
    const { owner, pitId } = stranger;
    const before = await count(auditOf(stranger));
    const early = iso(Date.now() - 31 * dayMs - 1000);
    const faults: [string, RegExp][] = [
      [`${jobsFile}?from=yesterday`, /from/],
      [`${jobsFile}?to='; DROP TABLE jobs; --`.replaceAll(" ", "%20"), /to/],
      [`${jobsFile}?from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z`, /must lie before/],
      [`${jobsFile}?from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z`, /must lie before/],
      [`${readingsFile(pitId)}?from=${early}`, /at most 31 days/],
      [`${readingsFile(pitId)}?from=${iso(Date.now() + dayMs)}`, /must lie before/],
      ["/api/pits/x/readings.csv", /id/],
    ];
    for (const [path, words] of faults) {
      const answer = await owner.get(path);
      assert.deepEqual([answer.status, answer.json?.code], [422, "validation_failed"], path);
      assert.match(answer.text, words);
    }
    assert.equal(await count(auditOf(stranger)), before, "nothing has left");
  });
});

const auditOf = ({ workshopId }: Tenant) =>
  `SELECT FROM audit_log WHERE workshop_id = ${workshopId} AND action LIKE 'export.%'`;

describe("the audit log", () => {
  test("has who took what, before it leaves; who asks for the head takes nothing", async () => {
    const { owner, pitId } = stranger;
    const before = await count(auditOf(stranger));
    for (const path of [jobsFile, readingsFile(pitId)]) {
      const answer = await call("HEAD", path, { token: owner.token });
      assert.deepEqual([answer.status, answer.text], [200, ""]);
    }
    assert.equal(await count(auditOf(stranger)), before);
    const span = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
    await owner.get(`${jobsFile}?${span}`);
    await owner.get(`${readingsFile(pitId)}?${span}`);
    for (const [action, subject, id] of [
      ["export.jobs", "workshop", stranger.workshopId],
      ["export.readings", "pit", pitId],
    ]) {
      const [entry] = (await owner.get(`/api/audit?action=${action}`)).json;
      assert.deepEqual(
        [entry.subject, entry.subject_id, entry.actor.id, entry.after],
        [
          subject,
          id,
          stranger.userIds.owner,
          { from: "2026-03-01T00:00:00.000Z", to: "2026-03-02T00:00:00.000Z" },
        ],
      );
    }
    assert.equal(await count(auditOf(stranger)), before + 2);
  });
});

const manyJobs = 20_000;

/** Each with 4 kB of text: some 80 MB. */
async function bookMany({ workshopId, pitId, customerId }: Tenant): Promise<void> {
  await execute(
    `WITH made AS (
       INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type, status,
                         estimated_duration_minutes, actual_start_time, actual_end_time)
       SELECT ${workshopId}, ${pitId}, ${customerId}, repeat('अमित ', 24), repeat('कार ', 30), 'DL ' || n, 'PPF',
              'completed', 60, now(), now() FROM generate_series(1, ${manyJobs}) n RETURNING id)
     INSERT INTO ratings (workshop_id, job_id, customer_id, stars, comment, created_at, updated_at)
     SELECT ${workshopId}, id, ${customerId}, 5, repeat('बहुत अच्छा, ', 83), now(), now() FROM made`,
  );
}

/** An answer whose body is not read until somebody does. */
async function opened(
  who: SignedIn,
  path: string,
  port = stack.http.port,
): Promise<IncomingMessage> {
  const request = httpRequest({
    host: stack.http.host,
    port,
    path,
    headers: { Authorization: `Bearer ${who.token}` },
    agent: false,
    localAddress: newAddress(),
  });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

describe("a file of any length", () => {
  let large: Tenant;
  const folder = mkdtempSync(join(tmpdir(), "pitview-exports-"));
  let second: ChildProcess | undefined;

  before(async () => {
    large = await newTenant();
    await bookMany(large);
    // A server of its own for the memory, because AddressSanitizer keeps 256 MB of what is freed.
    const config = join(folder, "server.toml");
    const first = readFileSync(join(varFolder, "server.toml"), "utf8");
    writeFileSync(config, secondConfig(first, stack.http.port, "api"), { mode: 0o600 });
    const program = readlinkSync(`/proc/${currentStatus().pids.server}/exe`);
    const env = {
      ...process.env,
      PITVIEW_SERVER_NAME: secondName,
      ASAN_OPTIONS: "quarantine_size_mb=1:thread_local_quarantine_size_kb=64",
    };
    second = spawn(program, ["serve", "--config", config], { stdio: "ignore", env });
    await eventually(
      "the second server answers",
      async () =>
        (await call("GET", "/health", { port: stack.http.port + 1, from: "127.0.0.1" })).status <
        500,
      30_000,
    );
  });
  after(async () => {
    if (second !== undefined && second.exitCode === null) {
      const ended = once(second, "close");
      second.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true });
  });

  const memoryMb = () => {
    const status = readFileSync(`/proc/${second?.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };

  test("takes the server no memory, and is whole", async () => {
    const port = stack.http.port + 1;
    const nothing = await opened(large.owner, `${jobsFile}?to=2020-01-01T00:00:00Z`, port);
    nothing.resume();
    await once(nothing, "end");
    const memoryBefore = memoryMb();
    let [bytes, lines, mostMb, sampledAt] = [0, 0, 0, 0];
    const file = await opened(large.owner, jobsFile, port);
    assert.equal(file.statusCode, 200);
    for await (const part of file as AsyncIterable<Buffer>) {
      bytes += part.length;
      for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) ++lines;
      if (bytes - sampledAt > 1_000_000) {
        sampledAt = bytes;
        mostMb = Math.max(mostMb, memoryMb());
      }
    }
    assert.ok(file.complete, "with its last chunk");
    assert.equal(lines, 1 + manyJobs + 2, "every job once, and those the workshop was made with");
    assert.ok(bytes > 60_000_000, `${bytes} bytes`);
    const grown = mostMb - memoryBefore;
    assert.ok(grown < 30, `${grown.toFixed(1)} MB more for a file of ${bytes} bytes`);
  });

  test("that nobody reads holds up nobody, and its workshop has two at once", async () => {
    const waiting = [await opened(large.owner, jobsFile), await opened(large.manager, jobsFile)];
    assert.deepEqual(
      waiting.map(({ statusCode }) => statusCode),
      [200, 200],
    );
    for (const path of [jobsFile, readingsFile(large.pitId)]) {
      const third = await large.owner.get(path);
      assert.deepEqual([third.status, third.json.code], [429, "rate_limited"]);
      assert.match(third.json.detail, /Two exports of this workshop/);
      assert.ok(Number(third.headers["retry-after"]) > 0);
    }
    // Far more requests than there are connections to the database.
    const others = await Promise.all(
      Array.from({ length: 20 }, () => large.owner.get("/api/jobs?limit=1")),
    );
    assert.ok(others.every(({ status }) => status === 200));
    assert.equal((await tenant.owner.get(jobsFile)).status, 200, "another workshop has its own");

    let bytes = 0;
    for await (const part of waiting[0] as AsyncIterable<Buffer>) bytes += part.length;
    assert.ok(waiting[0]?.complete && bytes > 60_000_000, "slow is not broken");
    const again = await eventually("a place is free", async () => {
      const answer = await opened(large.owner, jobsFile);
      return answer.statusCode === 200 ? answer : undefined;
    });
    again.destroy();
    waiting[1]?.destroy();
  });

  test("is no longer made when its reader has gone away", async () => {
    for (let round = 0; round < 3; ++round) {
      const both = await eventually("both places are free", async () => {
        const tried = [await opened(large.owner, jobsFile), await opened(large.owner, jobsFile)];
        if (tried.every(({ statusCode }) => statusCode === 200)) return tried;
        for (const one of tried) one.destroy();
        return undefined;
      });
      for (const one of both) one.destroy();
    }
  });

  test("is told to HTTP/1.0 by the end of the connection", async () => {
    const text = await eventually("a place is free", async () => {
      const answer = await rawExchange(
        `GET ${readingsFile(large.pitId)} HTTP/1.0\r\nAuthorization: Bearer ${large.owner.token}\r\n\r\n`,
      );
      return answer.startsWith("HTTP/1.1 200") ? answer : undefined;
    });
    assert.ok(!/transfer-encoding|content-length/i.test(text));
    assert.match(text, /\r\n\r\n\uFEFFmeasured_at,[^\r]*\r\n$/);
  });
});
