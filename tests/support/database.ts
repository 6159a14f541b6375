// The database as its superuser sees it: for what has no API yet, and to look behind the API.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { stack } from "./stack.ts";

const run = promisify(execFile);

/** Runs a statement; its rows come back as psql prints them, one line each, columns by tab. */
export async function execute(statement: string): Promise<string[]> {
  const { stdout } = await run(
    "psql",
    [
      "-X",
      "-q",
      "-t",
      "-A",
      "-F",
      "\t",
      "-v",
      "ON_ERROR_STOP=1",
      "-c",
      statement,
      stack.postgres.superuser_url,
    ],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout.split("\n").filter((line) => line !== "");
}

// biome-ignore lint/suspicious/noExplicitAny: rows as the database has them
export async function rows(query: string): Promise<any[]> {
  const lines = await execute(`SELECT coalesce(json_agg(q), '[]') FROM (${query}) q`);
  return JSON.parse(lines.join(""));
}

export async function count(query: string): Promise<number> {
  const [line] = await execute(`SELECT count(*) FROM (${query}) q`);
  return Number(line);
}

/** A text literal of SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
