// ./pit bench live: publish → WebSocket latency beside the broker's own, and the same
// as a real page sees it. bench/README.md says what exactly is measured.
import { existsSync } from "node:fs";
import { chromiumPath, OwnerPage } from "./live/browser.ts";
import type { Report } from "./live/report.ts";
import { isComplete, markdown, type Runs } from "./live/table.ts";
import { main, type NumberOption, program, type Result, say } from "./support/bench.ts";
import { makeFleet } from "./support/bulkFleet.ts";
import { conditions } from "./support/conditions.ts";
import { brokerUsername, run, type Stack, type Status } from "./support/stack.ts";

const help = `usage: ./pit bench live [--rate N] [--seconds 30] [--no-browser]

  --rate N        messages a second, instead of 1,000 and then 5,000
  --seconds N     how long is measured, after 2 s of warm-up
  --no-browser    without the last run, with a page in Chromium`;

const numbers = {
  rate: { least: 0, most: 50_000, default: 0 },
  seconds: { least: 1, most: 3600, default: 30 },
} satisfies Record<string, NumberOption>;
const switches = { browser: true };
type Options = Record<keyof typeof numbers, number> & Record<keyof typeof switches, boolean>;

const usualRates = [1000, 5000];
// A device may send 100 readings a second; a page with a hundred cards is another page.
const devices = 100;
const devicesOfPage = 20;

/** The stack as if it had one workshop only. */
async function workshopWith(stack: Stack, pits: number, signal: AbortSignal): Promise<Status> {
  const fleet = await makeFleet(stack, 1, pits, signal);
  return { ...(await stack.status()), logins: fleet.owners, devices: fleet.devices };
}

async function measureRate(
  stack: Stack,
  workshop: Status,
  rate: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Report> {
  const args = ["--rate", String(rate), "--seconds", String(seconds)];
  args.push("--broker-username", brokerUsername);
  args.push("--broker-password-file", stack.brokerPasswordFile);
  return JSON.parse(
    await run(program("live"), args, { input: JSON.stringify(workshop), signal }),
  ) as Report;
}

async function measureWithPage(
  stack: Stack,
  rate: number,
  seconds: number,
  signal: AbortSignal,
): Promise<NonNullable<Runs["browser"]>> {
  const workshop = await workshopWith(stack, devicesOfPage, signal);
  const page = await OwnerPage.open(workshop);
  try {
    const report = await measureRate(stack, workshop, rate, seconds, signal);
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

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Result> {
  if (options.browser && !existsSync(chromiumPath))
    throw new Error("needs Debian's package chromium, or the option --no-browser");
  const { seconds } = options;
  const rates = options.rate > 0 ? [options.rate] : usualRates;
  const workshop = await workshopWith(stack, devices, signal);
  const runs: Runs = { alone: [], browser: null };
  for (const rate of rates) {
    say(`${rate} messages/s for ${seconds} s`);
    runs.alone.push(await measureRate(stack, workshop, rate, seconds, signal));
  }
  if (options.browser) {
    const rate = Math.min(...rates);
    say(`${rate} messages/s with the owner's page in Chromium`);
    runs.browser = await measureWithPage(stack, rate, seconds, signal);
  }
  return { text: markdown(await conditions(), runs), complete: isComplete(runs) };
}

await main<keyof typeof numbers, keyof typeof switches>({
  name: "live",
  help,
  numbers,
  switches,
  programs: ["live"],
  measure,
});
