// What every ./pit bench NAME does around its measurements: options, a stack of its own
// from nothing, Ctrl-C, and the table at the end.
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root, Stack } from "./stack.ts";

export interface NumberOption {
  least: number;
  most: number;
  default: number;
}

export interface Result {
  /** Appended to bench/results.md. */
  text: string;
  /** False when messages were lost or stored twice; the only reason to fail. */
  complete: boolean;
}

interface Bench<Numbers extends string, Switches extends string> {
  name: string;
  help: string;
  numbers: Record<Numbers, NumberOption>;
  /** With their defaults. */
  switches: Record<Switches, boolean>;
  programs: string[];
  measure(stack: Stack, options: Options<Numbers, Switches>, signal: AbortSignal): Promise<Result>;
}

export const say = (what: string): void => console.log(`  ${what}`);

export const program = (name: string): string =>
  join(root, `build/release/bench/${name}/pitview-bench-${name}`);

const common = `  --no-write      do not append the table to bench/results.md
  --port-base N   the ports of the benchmark's own stack begin here`;

function numberOf(name: string, text: unknown, { least, most }: NumberOption): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, not '${text}'`);
}

const portBase: NumberOption = { least: 1024, most: 64_000, default: 20_000 };

type Options<N extends string, S extends string> = Record<N, number> & Record<S, boolean>;

/** Null: help is wanted. */
function readOptions<N extends string, S extends string>(
  numbers: Record<N, NumberOption>,
  switches: Record<S, boolean>,
): Options<N, S> | null {
  const numberOptions = Object.entries<NumberOption>(numbers);
  const switchOptions = Object.entries<boolean>(switches);
  const values: Record<string, unknown> = parseArgs({
    allowNegative: true,
    options: Object.fromEntries([
      ["help", { type: "boolean" as const, default: false }],
      ...numberOptions.map(([name, option]) => [
        name,
        { type: "string" as const, default: String(option.default) },
      ]),
      ...switchOptions.map(([name, value]) => [name, { type: "boolean" as const, default: value }]),
    ]),
  }).values;
  if (values.help === true) return null;
  return Object.fromEntries([
    ...switchOptions.map(([name]) => [name, values[name]]),
    ...numberOptions.map(([name, option]) => [name, numberOf(name, values[name], option)]),
  ]) as Options<N, S>;
}

async function runBench<N extends string, S extends string>(bench: Bench<N, S>): Promise<number> {
  const options = readOptions<N | "port-base", S | "write">(
    { ...bench.numbers, "port-base": portBase },
    { ...bench.switches, write: true },
  );
  if (options === null) {
    console.log(`${bench.help}\n${common}`);
    return 0;
  }
  for (const name of bench.programs)
    if (!existsSync(program(name)))
      throw new Error(`is not built: ./pit bench ${bench.name} builds it`);
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => interrupt.abort());
  const stack = new Stack(options["port-base"]);
  try {
    await stack.up(interrupt.signal);
    const { text, complete } = await bench.measure(stack, options, interrupt.signal);
    interrupt.signal.throwIfAborted();
    console.log(`\n${text}\n`);
    if (options.write) appendFileSync(join(root, "bench/results.md"), `\n${text}\n`);
    return complete ? 0 : 1;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    throw error;
  } finally {
    await stack.down();
  }
}

export async function main<N extends string, S extends string>(bench: Bench<N, S>): Promise<void> {
  try {
    process.exitCode = await runBench(bench);
  } catch (error) {
    console.error(`bench ${bench.name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
