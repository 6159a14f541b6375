// Every page at every size, in light and dark: it fits, and axe finds nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { accessibilityFaults, desktop, newPortal, openPortal, phone } from "../support/browser.ts";
import { deviceAt, shine } from "../support/stack.ts";
import { freePit } from "../support/workshop.ts";

const tablet = { width: 768, height: 1024 };

/** How many CSS pixels of the page are beyond its right edge. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("every page, at every size, in light and dark", () => {
  const pages: [string, "/" | "/app", string | null][] = [
    ["login", "/", null],
    ["console login", "/app", null],
    ["owner's grid", "/app", "amit"],
    ["customer's page", "/", "rohan"],
  ];
  for (const [what, path, user] of pages)
    test(`${what}: fits and has no fault that axe can find`, async () => {
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, ...portal } =
          user === null
            ? await newPortal({ colorScheme })
            : await openPortal(path, user, { colorScheme });
        if (user === null) {
          await page.goto(path);
          await page.getByTestId("login-submit").waitFor();
        }
        for (const viewport of [tablet, phone, desktop]) {
          await page.setViewportSize(viewport);
          assert.equal(await overflow(page), 0, `${colorScheme}, ${viewport.width} px wide`);
          if (viewport === tablet) continue;
          const faults = await accessibilityFaults(page);
          assert.deepEqual(faults, [], `${colorScheme}, ${viewport.width} px wide`);
        }
        assert.deepEqual(portal.complaints(), []);
        await portal.close();
      }
    });

  for (const [what, card] of [
    ["form for a new job", "pit-card-3"],
    ["sheet of a job", "pit-card-1"],
  ] as const)
    test(`the ${what}: fits a phone and has no fault that axe can find`, async () => {
      await freePit(deviceAt(shine, 3));
      const { page, ...portal } = await openPortal("/app", "amit", { viewport: phone });
      await page.getByTestId(card).getByRole("button").first().click();
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      assert.equal(await overflow(page), 0);
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      assert.deepEqual(portal.complaints(), []);
      await portal.close();
    });
});
