// What services/server asks for a chart (telemetry/history_repository.cpp), as it stands there:
// $1 the pit, $2 and $3 the range, $4 the width of a bucket in seconds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/stack.ts";

const file = join(root, "services/server/telemetry/history_repository.cpp");

export function chartSql(source: "minutes" | "quarters"): string {
  const text = readFileSync(file, "utf8");
  const found = new RegExp(`"history_${source}", R"sql\\(([^]*?)\\)sql"`).exec(text)?.[1];
  if (found === undefined) throw new Error(`${file} has no statement history_${source}`);
  return found;
}
