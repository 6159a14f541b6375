// Real Chromium. Whatever a page complains about in its console fails the test, unless the test
// says that it expects it.
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type * as Axe from "@axe-core/playwright";
import type * as Playwright from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { eventually } from "./eventually.ts";
import { baseUrl, loginOf } from "./stack.ts";

// They are installed for the web, not here.
const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core") as typeof Playwright;
const { AxeBuilder } = require("@axe-core/playwright") as typeof Axe;

const executable = process.env.PITVIEW_CHROMIUM ?? "/usr/bin/chromium";
const browsers = new Map<string, Promise<Browser>>();
after(async () => {
  for (const browser of browsers.values()) await (await browser).close();
});

/** `through`: a program that starts what it is given, somewhere else. */
function launch(through = ""): Promise<Browser> {
  const known = browsers.get(through);
  if (known !== undefined) return known;
  const launched = chromium.launch({
    executablePath: through === "" ? executable : scriptFor(through),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--hide-scrollbars",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  browsers.set(through, launched);
  return launched;
}

function scriptFor(through: string): string {
  const script = join(mkdtempSync(join(tmpdir(), "pitview-browser-")), "chromium");
  writeFileSync(script, `#!/bin/sh\nexec ${through} ${executable} "$@"\n`, { mode: 0o755 });
  return script;
}

export const phone = { width: 360, height: 740 };
export const desktop = { width: 1440, height: 900 };

/**
 * Browsers write every refusal down. That a camera is away (503), or the right to it has ended while it
 * was waited for (401), is told to people on the page.
 */
const isCameraAway = (words: string, url: string): boolean =>
  /503|401/.test(words) && /\/pit-[0-9a-f]{32}\/(?:whep|hls\/[^/]+\/index\.m3u8)/.test(url);

export interface Portal {
  page: Page;
  /** What the page complained about since the last call. */
  complaints: () => string[];
  close: () => Promise<void>;
}

/** A browser of its own (cookies, storage) with one empty page. */
export async function newPortal(
  options: BrowserContextOptions = {},
  through?: string,
): Promise<Portal> {
  const context = await (await launch(through)).newContext({
    baseURL: baseUrl,
    viewport: desktop,
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  let complaints: string[] = [];
  page.on("console", (message) => {
    const { url } = message.location();
    if (isCameraAway(message.text(), url)) return;
    if (message.text().startsWith("axe.")) return; // the checker's own, of a camera that is away
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(`${message.type()}: ${message.text()} (${url})`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  return {
    page,
    complaints: () => {
      const all = complaints;
      complaints = [];
      return all;
    },
    close: () => context.close(),
  };
}

/** Types into the login form that is on the page. */
export async function fillLogin(page: Page, username: string, password: string): Promise<void> {
  await page.getByTestId("login-username").fill(username);
  await page.getByTestId("login-password").fill(password);
  await page.getByTestId("login-submit").click();
}

/** Opens /app or / and signs in, until the page is live. */
export async function openPortal(
  path: "/app" | "/",
  username: string,
  options: BrowserContextOptions & { password?: string } = {},
): Promise<Portal> {
  const { password = loginOf(username).password, ...contextOptions } = options;
  const portal = await newPortal(contextOptions);
  await portal.page.goto(path);
  await fillLogin(portal.page, username, password);
  await untilLive(portal.page);
  return portal;
}

export async function untilState(page: Page, state: string, deadlineMs = 20_000): Promise<void> {
  await page
    .locator(`[data-testid="connection-state"][data-state="${state}"]`)
    .first()
    .waitFor({ state: "attached", timeout: deadlineMs });
}
export const untilLive = (page: Page): Promise<void> => untilState(page, "live");

export const textOf = async (page: Page, testId: string): Promise<string> =>
  (await page.getByTestId(testId).first().innerText()).replaceAll(/\s+/g, " ").trim();

export async function untilText(page: Page, testId: string, text: string | RegExp): Promise<void> {
  await eventually(`"${text}" in ${testId}`, async () => {
    const shown = await textOf(page, testId);
    const isShown = typeof text === "string" ? shown.includes(text) : text.test(shown);
    if (!isShown) throw new Error(`it shows "${shown}"`);
    return true;
  });
}

/** What axe finds wrong on the page, one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // The picture has no sound.
    .disableRules(["no-autoplay-audio"])
    .analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target} ${failureSummary}`),
  );
}
