// The owner's page in a real Chromium that notes when each reading reaches its script
// and when the numbers of pit 1 are on the screen.
//
// Both count from the `timestamp` of the reading, the moment it was due to be
// published. Page and publisher share the machine's clock; its values and the
// timestamp are cut to whole milliseconds, so one sample is right within ±1 ms.
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type Percentiles, percentilesOf } from "../support/percentiles.ts";
import { root, type Status } from "../support/stack.ts";

// Playwright is a package of web/, and Node looks for packages beside this file only.
const { chromium } = createRequire(join(root, "web/package.json"))(
  "playwright-core",
) as typeof import("playwright-core");

export const chromiumPath = "/usr/bin/chromium"; // Debian's, as in the browser tests
const watchedPit = 1;

/** What the page remembers while the load runs; looked at afterwards. */
interface Notes {
  frames: [atMs: number, text: string][];
  shown: [atMs: number, temperature: string, humidity: string][];
  closed: string[];
}

interface PageReading {
  atMs: number;
  pitId: number;
  publishedMs: number;
  temperature: number;
  humidity: number;
}

export interface PageFigures {
  missing: number;
  /** To the page's message event. */
  received: Percentiles;
  /** To the end of the frame in which the numbers of pit 1 changed: those that were shown. */
  onScreen: Percentiles;
  /** Connections of the page that ended, with their close codes. */
  closed: string[];
}

export class OwnerPage {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #pitId: number;

  private constructor(browser: Browser, page: Page, pitId: number) {
    this.#browser = browser;
    this.#page = page;
    this.#pitId = pitId;
  }

  static async open(status: Status): Promise<OwnerPage> {
    const owner = status.logins.find(({ role }) => role === "owner");
    const device = status.devices.find(({ pit_number }) => pit_number === watchedPit);
    if (owner === undefined || device === undefined)
      throw new Error("There is no demo owner or device.");
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
      // Ctrl-C is handled by live.ts, which closes the browser in order.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    try {
      const page = await browser.newPage({
        viewport: { width: 1440, height: 900 },
      });
      await page.addInitScript(takeNotes, watchedPit);
      await page.goto(new URL("/app", status.http.url).href);
      await page.getByTestId("login-username").fill(owner.username);
      await page.getByTestId("login-password").fill(owner.password);
      await page.getByTestId("login-submit").click();
      await page.getByTestId(`pit-card-${watchedPit}`).waitFor();
      return new OwnerPage(browser, page, device.pit_id);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Of the readings published in that time, of which there were `sent`. */
  async figures(fromMs: number, toMs: number, sent: number): Promise<PageFigures> {
    const { readings, shown, closed } = await this.#page.evaluate(readNotes);
    const measured = readings.filter(
      ({ publishedMs }) => publishedMs >= fromMs && publishedMs < toMs,
    );
    return {
      missing: Math.max(sent - measured.length, 0),
      received: percentilesOf(measured.map(({ atMs, publishedMs }) => (atMs - publishedMs) * 1000)),
      onScreen: percentilesOf(this.#onScreen(measured, shown)),
      closed,
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Which reading a pair of shown numbers was: the newest one with them that was there by then. */
  #onScreen(readings: PageReading[], shown: Notes["shown"]): number[] {
    const byText = Map.groupBy(
      readings.filter(({ pitId }) => pitId === this.#pitId),
      ({ temperature, humidity }) => `${temperature.toFixed(1)} ${humidity.toFixed(0)}`,
    );
    return shown.flatMap(([atMs, temperature, humidity]) => {
      const reading = byText.get(`${temperature} ${humidity}`)?.findLast((one) => one.atMs <= atMs);
      return reading === undefined ? [] : [(atMs - reading.publishedMs) * 1000];
    });
  }
}

/** Runs in the page before anything of the page's own. */
function takeNotes(pitNumber: number): void {
  const notes: Notes = { frames: [], shown: [], closed: [] };
  Object.assign(window, { benchNotes: notes });

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      // The first listener: before the page's own has done anything with it.
      this.addEventListener("message", ({ data }) => notes.frames.push([Date.now(), data]));
      this.addEventListener("close", ({ code, reason }) =>
        notes.closed.push(`${code} ${reason}`.trim()),
      );
    }
  };

  // Animation frame callbacks run right before the frame is drawn, and a message sent
  // from one is handled after it.
  const { port1: afterFrame, port2: thisFrame } = new MessageChannel();
  afterFrame.onmessage = ({ data }) => notes.shown.push([Date.now(), data[0], data[1]]);
  const textOf = (quantity: string) =>
    document.querySelector(`[data-testid="pit-${pitNumber}-${quantity}"]`)?.textContent ?? "";
  let before = "";
  const look = () => {
    const numbers = [textOf("temperature"), textOf("humidity")];
    if (numbers.join() !== before) thisFrame.postMessage(numbers);
    before = numbers.join();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Runs in the page at the end; numbers are quicker to hand over than the frames. */
function readNotes(): {
  readings: PageReading[];
  shown: Notes["shown"];
  closed: string[];
} {
  const { frames, shown, closed } = (window as unknown as { benchNotes: Notes }).benchNotes;
  const readings = frames.flatMap(([atMs, text]) => {
    const { event, data } = JSON.parse(text);
    if (event !== "sensor_update") return [];
    const { pit_id: pitId, timestamp, temperature, humidity } = data;
    return [
      {
        atMs,
        pitId,
        publishedMs: Date.parse(timestamp),
        temperature,
        humidity,
      },
    ];
  });
  return { readings, shown, closed };
}
