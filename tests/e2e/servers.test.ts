// The platform's page: what the servers take in, and what they refuse and shed.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import {
  accessibilityFaults,
  desktop,
  fillLogin,
  newPortal,
  type Portal,
  phone,
  textOf,
  untilLive,
  untilText,
} from "../support/browser.ts";
import { publish, publishReading } from "../support/mqtt.ts";
import { deviceAt, loginOf, shine } from "../support/stack.ts";

const open: Portal[] = [];
after(async () => {
  for (const portal of open) await portal.close();
});

/** Goes there, signs in and waits for the page's first heading. */
async function visit(
  path: string,
  username: string,
  options: BrowserContextOptions = {},
): Promise<Portal> {
  const portal = await newPortal(options);
  open.push(portal);
  await portal.page.goto(path);
  await fillLogin(portal.page, username, loginOf(username).password);
  await portal.page.locator("h1:not(:has-text('Sign in'))").waitFor();
  return portal;
}

const openServers = async (options: BrowserContextOptions = {}): Promise<Portal> => {
  const portal = await visit("/app", "platform", options);
  await portal.page.getByTestId("server-main").waitFor();
  return portal;
};

describe("the platform's admin", () => {
  test("sees the server and what it takes in", async () => {
    const { page, complaints } = await openServers();
    const main = page.getByTestId("server-main");
    assert.equal(await main.getAttribute("data-state"), "well");
    await publishReading(deviceAt(shine, 1));
    // The rate needs two looks at the server.
    await untilText(page, "servers-rateStored", /^\d/);
    assert.match(await textOf(page, "server-main"), /Stored [\d,.]+\/s [1-9]/);
    assert.deepEqual(complaints(), []);
  });

  test("sees a refused message in the count of its reason, and in the sentence above", async () => {
    const { page, complaints } = await openServers();
    // Until it has been refused once, a reason has no line.
    const line = page.getByTestId("refusal-malformed_json");
    const refused = async (): Promise<number> => {
      if ((await line.count()) === 0) return 0;
      return Number((await textOf(page, "refusal-malformed_json-count")).replaceAll(",", ""));
    };
    const before = await refused();
    // Marked only until the next look.
    const isMarked = page
      .locator('[data-testid="refusal-malformed_json"][data-rising="true"]')
      .waitFor();
    await publish(deviceAt(shine, 1), "{not JSON");
    await isMarked;
    assert.ok((await refused()) > before);
    assert.match(await textOf(page, "refusal-malformed_json"), /^Not readable as JSON/);
    await untilText(page, "servers-overview", /messages? w\S+ refused/);
    assert.notEqual(await page.getByTestId("servers-overview").getAttribute("data-tone"), "ok");
    assert.deepEqual(complaints(), []);
  });

  for (const viewport of [phone, desktop])
    for (const colorScheme of ["light", "dark"] as const)
      test(`has a page that fits ${viewport.width} px, ${colorScheme}, without a fault that axe can find`, async () => {
        const { page, complaints } = await openServers({ viewport, colorScheme });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0);
        assert.deepEqual(await accessibilityFaults(page), []);
        assert.deepEqual(complaints(), []);
      });
});

describe("an owner", () => {
  test("does not get there, neither by the menu nor by the address", async () => {
    const { page, complaints } = await visit("/app/servers", "amit");
    await page.getByRole("heading", { name: "Nothing to see here with this account" }).waitFor();
    assert.equal(await page.locator("[data-testid^=server]").count(), 0);
    await page.getByRole("link", { name: "Go to my page" }).click();
    await untilLive(page);
    assert.equal(await page.getByRole("link", { name: "Servers" }).count(), 0);
    assert.deepEqual(complaints(), []);
  });
});
