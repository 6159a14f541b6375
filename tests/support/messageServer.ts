// A server with a provider of messages and a database of its own, beside the stack's, which has none: two servers on one
// database would both send. The provider is tools/twilio.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, openSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execute } from "./database.ts";
import { eventually } from "./eventually.ts";
import { type Answer, type Call, call } from "./http.ts";
import { currentStatus, stack, varFolder } from "./stack.ts";

const database = "pitview_message_test";
const name = "messages";
const port = stack.http.port + 2;
const twilioPort = stack.http.port + 3;
const folder = mkdtempSync(join(tmpdir(), "pitview-messages-"));
const config = join(folder, "server.toml");
const logFile = join(folder, "server.log");
const children: ChildProcess[] = [];

export const authToken = "a-token-that-must-be-nowhere-5f2c9d";
export const account = "AC00000000000000000000000000000001";
export const contentSid = "HX00000000000000000000000000000001";
export const receiptsUrl = `http://127.0.0.1:${port}/api/twilio/receipts`;
export const inboundUrl = `http://127.0.0.1:${port}/api/twilio/inbound`;

/** Everything that the server answered to this file, to look for what must not be in it. */
export const answers: string[] = [];
export const serverLog = (): string => readFileSync(logFile, "utf8");

export async function ask(method: string, path: string, options: Call = {}): Promise<Answer> {
  const answer = await call(method, path, { port, ...options });
  answers.push(JSON.stringify(answer.headers) + answer.text);
  return answer;
}

/** Of the provider's, as X-Twilio-Signature. */
export function signatureOf(url: string, form: Record<string, string>, token = authToken): string {
  const text = Object.keys(form)
    .sort()
    .reduce((all, key) => `${all}${key}${form[key]}`, url);
  return createHmac("sha1", token).update(text).digest("base64");
}

export async function provider(method: string, path: string, body?: object) {
  const answer = await fetch(`http://127.0.0.1:${twilioPort}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

function ownConfig(): string {
  const first = readFileSync(join(varFolder, "server.toml"), "utf8");
  const token = join(folder, "auth_token");
  writeFileSync(token, `${authToken}\n`, { mode: 0o600 });
  return `${first
    .replace("[http]", `[server]\nname = "${name}"\nroles = ["api"]\n\n[http]`)
    .replace(`port = ${stack.http.port}`, `port = ${port}`)
    .replaceAll(/^((?:owner_)?url = "postgres.*\/)pitview(["?])/gm, `$1${database}$2`)
    .replaceAll(/dbname=pitview\b/g, `dbname=${database}`)}
[messages.twilio]
account_sid = "${account}"
auth_token_file = "${token}"
sms_from = "+12025550123"
base_url = "http://127.0.0.1:${twilioPort}"
status_callback = "${receiptsUrl}"
inbound_url = "${inboundUrl}"
whatsapp_from = "+12025550124"

[messages.twilio.whatsapp_templates]
credentials.en = "${contentSid}"
tracking_link.en = "${contentSid}"

[messages.price]
sms_segment_paise = 25
whatsapp_paise = 12
`;
}

const program = () => readlinkSync(`/proc/${currentStatus().pids.server}/exe`);
const environment = () => ({ ...process.env, PITVIEW_SERVER_NAME: name });

export async function startMessageServer(): Promise<{ username: string; password: string }> {
  await execute(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await execute(`CREATE DATABASE ${database} OWNER pitview_owner`);
  writeFileSync(config, ownConfig(), { mode: 0o600 });
  const run = (...command: string[]) =>
    execFileSync(program(), [...command, "--config", config], { env: environment() });
  run("migrate");
  run("demo-setup", "--output", join(folder, "demo"), "--rtsp-port", "1", "--workshops", "1");
  children.push(
    spawn(
      join(dirname(program()), "../../tools/twilio/pitview-twilio"),
      [
        ...["--port", String(twilioPort), "--account-sid", account, "--auth-token", authToken],
        ...["--from", "+12025550123", "--whatsapp-from", "+12025550124"],
        ...["--content-sid", contentSid],
      ],
      { stdio: "ignore" },
    ),
  );
  const log = openSync(logFile, "w");
  children.push(
    spawn(program(), ["serve", "--config", config], {
      stdio: ["ignore", log, log],
      env: { ...environment(), PITVIEW_LOG_LEVEL: "debug" },
    }),
  );
  await eventually("server and provider are there", async () => {
    await provider("GET", "/control/messages");
    return (await ask("GET", "/readyz")).status === 200;
  });
  const demo = JSON.parse(readFileSync(join(folder, "demo", "demo.json"), "utf8"));
  const logins: { role: string; username: string; password: string }[] = demo.logins;
  const owner = logins.find(({ role }) => role === "owner");
  if (owner === undefined) throw new Error("The demo has no owner.");
  return owner;
}

export async function stopMessageServer(): Promise<void> {
  for (const child of children.splice(0).reverse()) {
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.kill("SIGTERM");
    await ended;
  }
  await execute(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  rmSync(folder, { recursive: true });
}
