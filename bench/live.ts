// ./pit bench live: publish → WebSocket latency beside the broker's own, and the same
// as a real page sees it. bench/README.md says what exactly is measured.
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromiumPath, OwnerPage } from "./live/browser.ts";
import type { Report } from "./live/report.ts";
import { isComplete, markdown, type Runs } from "./live/table.ts";
import { conditions } from "./support/conditions.ts";
import { root, run, Stack, type Status } from "./support/stack.ts";

const help = `usage: ./pit bench live [--rate 1000] [--seconds 30] [--no-browser] [--no-write] [--port-base 20000]

  --rate N        messages a second, all three devices together
  --seconds N     how long is measured, after 2 s of warm-up
  --no-browser    without the second run, with a page in Chromium
  --no-write      do not append the table to bench/results.md
  --port-base N   the ports of the benchmark's own stack begin here`;

interface Options {
  rate: number;
  seconds: number;
  browser: boolean;
  write: boolean;
  portBase: number;
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      rate: { type: "string", default: "1000" },
      seconds: { type: "string", default: "30" },
      browser: { type: "boolean", default: true },
      write: { type: "boolean", default: true },
      "port-base": { type: "string", default: "20000" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const number = (name: "rate" | "seconds" | "port-base", least: number, most: number) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(
      `--${name} must be a whole number from ${least} to ${most}, not '${values[name]}'`,
    );
  };
  return {
    rate: number("rate", 1, 50_000),
    seconds: number("seconds", 1, 3600),
    browser: values.browser,
    write: values.write,
    portBase: number("port-base", 1024, 64_000),
  };
}

const program = join(root, "build/release/bench/live/pitview-bench-live");

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Report> {
  const args = ["--rate", String(options.rate), "--seconds", String(options.seconds)];
  return JSON.parse(
    await run(program, [...args, "--broker-password-file", stack.brokerPasswordFile], {
      input: await stack.statusText(),
      signal,
    }),
  ) as Report;
}

async function measureWithPage(
  stack: Stack,
  options: Options,
  signal: AbortSignal,
): Promise<NonNullable<Runs["browser"]>> {
  const page = await OwnerPage.open(JSON.parse(await stack.statusText()) as Status);
  try {
    const report = await measure(stack, options, signal);
    const figures = await page.figures(
      Date.parse(report.measured_from),
      Date.parse(report.measured_to),
      report.rate * report.seconds,
    );
    return { report, page: figures };
  } finally {
    await page.close();
  }
}

async function bench(options: Options, signal: AbortSignal): Promise<Runs> {
  const stack = new Stack(options.portBase);
  const say = (what: string) => console.log(`  ${what}`);
  try {
    await stack.up(signal);
    say(`measuring for ${options.seconds} s at ${options.rate} messages/s`);
    const alone = await measure(stack, options, signal);
    if (!options.browser) return { alone, browser: null };
    say("once more with the owner's page in Chromium");
    return { alone, browser: await measureWithPage(stack, options, signal) };
  } finally {
    await stack.down();
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) {
    console.log(help);
    return 0;
  }
  if (options.browser && !existsSync(chromiumPath)) {
    throw new Error("needs Debian's package chromium, or the option --no-browser");
  }
  if (!existsSync(program)) throw new Error("is not built: ./pit bench live builds it");
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => interrupt.abort());
  try {
    const runs = await bench(options, interrupt.signal);
    interrupt.signal.throwIfAborted();
    const text = markdown(await conditions(), runs);
    console.log(`\n${text}\n`);
    if (options.write) appendFileSync(join(root, "bench/results.md"), `\n${text}\n`);
    return isComplete(runs) ? 0 : 1;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    throw error;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`bench live: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
