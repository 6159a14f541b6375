// ./pit bench api: requests a second in a closed loop, beside the cheapest request there is,
// the query alone and the password's hash alone. bench/README.md says what exactly is measured.
import { makeData, type Workshop } from "./api/data.ts";
import { chartSql } from "./history/sql.ts";
import { main, type NumberOption, program, type Result, say } from "./support/bench.ts";
import { conditions, sentenceOf } from "./support/conditions.ts";
import type { Percentiles } from "./support/percentiles.ts";
import { run, type Stack, type Status } from "./support/stack.ts";
import { count, ms, type Row, table } from "./support/table.ts";
import { type CpuShares, coresUsed, disturbance, usEach } from "./support/usage.ts";

const help = `usage: ./pit bench api [--seconds 8] [--connections 8]

  --seconds N     how long each kind of request is measured, after 2 s of warm-up
  --connections N at once`;

const numbers = {
  seconds: { least: 1, most: 60, default: 8 },
  connections: { least: 1, most: 100, default: 8 },
} satisfies Record<string, NumberOption>;
type Options = Record<keyof typeof numbers, number>;

const workshops = 100;
const sessionsOfEach = 10;
// The server draws four charts at a time and refuses more; a password takes it one thread.
const connectionsOfHistory = 4;
const connectionsOfLogin = 2;

interface HttpRequest {
  method: string;
  target: string;
  bearer: string;
  body: string;
}

// api/src/http_loop.h.
interface Figures {
  requests: number;
  refused: number;
  first_refusal: string;
  answer_bytes: number;
  latency: Percentiles;
  cpu: CpuShares;
}
interface HashFigures {
  hashes: number;
  seconds: number;
}

const get = (target: string, bearer: string): HttpRequest => ({
  method: "GET",
  target,
  bearer,
  body: "",
});

/** Every session asks in turn, so that none comes near its limit. */
const ofEverySession = (all: Workshop[], target: (workshop: Workshop) => string): HttpRequest[] =>
  Array.from({ length: sessionsOfEach }, (_, i) =>
    all.map((workshop) => get(target(workshop), workshop.tokens[i] ?? "")),
  ).flat();

const logins = (all: Workshop[], password: string): HttpRequest[] =>
  all.map(({ owner }) => ({
    method: "POST",
    target: "/api/auth/login",
    bearer: "",
    body: JSON.stringify({ username: owner.username, password }),
  }));

// What services/server asks for these requests (telemetry/readings_repository.cpp and
// history_repository.cpp, jobs/jobs_repository.cpp; of the jobs without their stages).
const latestSql = `SELECT pit_id, temperature, humidity, aqi::integer, pressure, iaq_accuracy::integer, measured_at
  FROM sensor_data WHERE pit_id = $1 AND measured_at > now() - interval '1 day' ORDER BY measured_at DESC LIMIT 1`;
const jobsSql = `SELECT j.*, p.pit_number FROM jobs j JOIN pits p ON p.workshop_id = j.workshop_id AND p.id = j.pit_id
  ORDER BY j.id DESC LIMIT 20`;
const historySql = chartSql("minutes")
  .replaceAll("$2", "(now() - interval '1 day')")
  .replaceAll("$3", "now()")
  .replaceAll("$4", "120");

interface Kind {
  name: string;
  target(workshop: Workshop): string;
  sql: string;
  /** The query's one parameter. */
  ofPit: boolean;
  /** Connections at once. */
  most?: number;
}

const kinds: Kind[] = [
  {
    name: "latest reading",
    target: ({ pit }) => `/api/pits/${pit}/sensors/latest`,
    sql: latestSql,
    ofPit: true,
  },
  { name: "list of 20 jobs", target: () => "/api/jobs?limit=20", sql: jobsSql, ofPit: false },
  {
    name: "history, 720 points of a day",
    target: ({ pit }) => `/api/pits/${pit}/sensors/history`,
    sql: historySql,
    ofPit: true,
    most: connectionsOfHistory,
  },
];

interface Line {
  name: string;
  figures: Figures;
  /** Beside its limit, which is then the row above it. */
  limit?: Figures;
}

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  const all = await makeData(stack, workshops, sessionsOfEach, signal);
  const status = await stack.status();
  const tool = async <T>(what: string, input: object, ...more: string[]): Promise<T> => {
    const args = [what, "--ms", String(1000 * options.seconds), ...more];
    const text = JSON.stringify({ ...status, ...input });
    return JSON.parse(await run(program("api"), args, { input: text, signal })) as T;
  };
  const atOnce = (connections: number) => ["--connections", String(connections)];
  const http = (name: string, requests: HttpRequest[], ...more: string[]) => {
    say(name);
    return tool<Figures>("http", { requests }, ...more);
  };
  const query = (name: string, connections: number, sql: string, parameters: string[]) => {
    say(name);
    const calls = [{ workshop: all[0]?.id ?? "", parameters }];
    const work = { url: status.postgres.app_url, sql, calls };
    return tool<Figures>("query", work, ...atOnce(connections));
  };
  const lines: Line[] = [];
  const healthz = [get("/healthz", "")];
  const cheapest = await http("/healthz", healthz, ...atOnce(options.connections));
  lines.push({ name: "/healthz", figures: cheapest });
  for (const { name, target, sql, ofPit, most } of kinds) {
    const connections = Math.min(options.connections, most ?? options.connections);
    const alone = `${name}: the query alone`;
    const limit = await query(alone, connections, sql, ofPit ? [String(all[0]?.pit)] : []);
    const figures = await http(name, ofEverySession(all, target), ...atOnce(connections));
    lines.push({ name: alone, figures: limit }, { name, figures, limit });
  }
  const login = await measureLogins(stack, status, all, http, tool);
  return report(options, lines, login);
}

interface Logins {
  figures: Figures;
  hash: HashFigures;
}

/** With passwords hashed at the usual cost: the demo owner's, given to every owner here. */
async function measureLogins(
  stack: Stack,
  status: Status,
  all: Workshop[],
  http: (name: string, requests: HttpRequest[], ...more: string[]) => Promise<Figures>,
  tool: <T>(what: string, input: object) => Promise<T>,
): Promise<Logins> {
  const owner = status.logins.find(({ role }) => role === "owner");
  if (owner === undefined) throw new Error("the demo has no owner");
  await stack.sql(
    `UPDATE users u SET password_hash = demo.password_hash FROM users demo
     WHERE demo.username = '${owner.username}' AND u.username LIKE 'bench\\_%'`,
  );
  say("a password's hash alone");
  const hash = await tool<HashFigures>("hash", {});
  const figures = await http(
    "login",
    logins(all, owner.password),
    ...["--connections", String(connectionsOfLogin), "--of-each-address", "1"],
  );
  return { figures, hash };
}

function rowOf({ name, figures, limit }: Line): Row {
  const { requests, latency, cpu } = figures;
  const rate = requests / cpu.seconds;
  return [
    name,
    count(rate),
    ms(latency.p50_us),
    ms(latency.p99_us),
    usEach(cpu, "server", requests).toFixed(0),
    usEach(cpu, "postgres", requests).toFixed(0),
    limit === undefined
      ? ""
      : `${((100 * rate) / (limit.requests / limit.cpu.seconds)).toFixed(0)} %`,
  ];
}

function loginLines({ figures, hash }: Logins): Row[] {
  const hashRate = hash.hashes / hash.seconds;
  const each = (hash.seconds * 1e6) / Math.max(hash.hashes, 1);
  const [name, rate, ...rest] = rowOf({ name: "login", figures });
  const loginRate = figures.requests / figures.cpu.seconds;
  return [
    ["bcrypt alone, one thread", hashRate.toFixed(1), ms(each), "", each.toFixed(0), "0", ""],
    [
      name ?? "",
      loginRate.toFixed(1) || (rate ?? ""),
      ...rest.slice(0, 4),
      `${((100 * loginRate) / hashRate).toFixed(0)} %`,
    ],
  ];
}

async function report(options: Options, lines: Line[], login: Logins): Promise<Result> {
  const where = await conditions();
  const all = [...lines, { name: "login", figures: login.figures }];
  const refusals = all.filter(({ figures }) => figures.refused > 0);
  const text = [
    `## api: ${options.connections} connections in a closed loop (history ${connectionsOfHistory}, login ${connectionsOfLogin}), ${options.seconds} s each, ${where.date}`,
    `${sentenceOf(where)} Client, server and database on this one machine.`,
    ...disturbance(all.map(({ figures }) => figures.cpu)),
    table(
      ["", "a second", "p50 ms", "p99 ms", "server µs each", "PostgreSQL", "of its limit"],
      [...lines.map(rowOf), ...loginLines(login)],
    ),
    coresUsed(all.map(({ name, figures }) => [name, figures.cpu])),
    ...refusals.map(
      ({ name, figures }) =>
        `${count(figures.refused)} answers of '${name}' were refusals: ${figures.first_refusal.split("\r\n")[0]}.`,
    ),
  ].join("\n\n");
  return { text, complete: true };
}

await main<keyof typeof numbers, never>({
  name: "api",
  help,
  numbers,
  switches: {},
  programs: ["api"],
  measure,
});
