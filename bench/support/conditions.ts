// Where and with what a benchmark ran.
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { run } from "./stack.ts";

export interface Conditions {
  cores: number;
  cpu: string;
  memoryGb: number;
  system: string;
  commit: string;
  date: string;
}

const firstLine = (file: string, pattern: RegExp): string =>
  pattern.exec(existsSync(file) ? readFileSync(file, "utf8") : "")?.[1] ?? "unknown";

export async function conditions(): Promise<Conditions> {
  const commit = (await run("git", ["rev-parse", "--short", "HEAD"]).catch(() => "unknown")).trim();
  const changed = (await run("git", ["status", "--porcelain"]).catch(() => "")).trim() !== "";
  return {
    cores: cpus().length,
    cpu: (cpus()[0]?.model ?? "an unknown processor").trim(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: firstLine("/etc/os-release", /^PRETTY_NAME="(.*)"$/m),
    commit: changed ? `${commit} with changes` : commit,
    date: `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
  };
}

export const sentenceOf = ({ cores, cpu, memoryGb, system, commit }: Conditions): string =>
  `${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, commit ${commit}.`;
