// From the scanned label to the first reading on the page.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import {
  accessibilityFaults,
  desktop,
  fillLogin,
  newPortal,
  type Portal,
  phone,
  textOf,
  untilText,
} from "../support/browser.ts";
import { execute, quoted } from "../support/database.ts";
import { claim, deviceAtWork, type Issued, issueOne, Listener } from "../support/devices.ts";
import { eventually } from "../support/eventually.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo } from "../support/session.ts";
import { type Device, loginOf, logs, shine } from "../support/stack.ts";
import { newPit } from "../support/workshop.ts";

const open: Portal[] = [];
after(async () => {
  for (const portal of open) await portal.close();
});

/** Where the label's QR leads. The stack may be behind a proxy, so only the address's end counts. */
const scanned = ({ claim_url }: Issued): string => {
  const { pathname, hash } = new URL(claim_url);
  return `${pathname}${hash}`;
};

const bare = ({ claim_code }: Issued): string => claim_code.replaceAll("-", "");

/** Scans and signs in. */
async function scan(
  address: string,
  username = "amit",
  options: BrowserContextOptions = {},
): Promise<Portal> {
  const portal = await newPortal({ viewport: phone, ...options });
  open.push(portal);
  await portal.page.goto(address);
  await fillLogin(portal.page, username, loginOf(username).password);
  await portal.page.locator("h1:not(:has-text('Sign in'))").waitFor();
  return portal;
}

async function numberOf(pitId: number): Promise<number> {
  const pits = (await (await demo("amit")).get("/api/pits")).json as {
    id: number;
    pit_number: number;
  }[];
  const pit = pits.find(({ id }) => id === pitId);
  assert.ok(pit !== undefined, `pit ${pitId}`);
  return pit.pit_number;
}

const choose = async (page: Page, pitNumber: number): Promise<void> => {
  await page.getByTestId(`claim-pit-${pitNumber}`).click();
  await page.getByTestId("claim-submit").click();
};

/** Chromium itself reports every refused request; nothing else may be complained about. */
const onlyRefusals = (portal: Portal, status: number): void => {
  for (const complaint of portal.complaints())
    assert.match(complaint, new RegExp(`status of ${status} .*/api/devices/claim`));
};

/** What a finger would miss: targets less than 44 px high. */
const smallTargets = (page: Page): Promise<string[]> =>
  page
    .locator("button, a[href], label:has(input[type=radio])")
    .evaluateAll((all) =>
      all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML),
    );

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("whoever scans a label", () => {
  test("signs in, chooses a pit, sees the first reading and goes to the pit", async () => {
    const [device, pitId] = [await issueOne(), await newPit()];
    const pitNumber = await numberOf(pitId);
    const portal = await newPortal({ viewport: phone });
    open.push(portal);
    const { page } = portal;
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await page.goto(scanned(device));
    await fillLogin(page, "amit", loginOf("amit").password);
    await untilText(page, "claim-shown-device", device.device_id);
    assert.equal(await textOf(page, "claim-shown-code"), device.claim_code);
    await choose(page, pitNumber);
    await page.getByText(`The sensor is set up in Pit ${pitNumber}`).waitFor();
    await page.getByText("Waiting for the first reading…").waitFor();

    const placed: Issued & Device = {
      ...device,
      workshop_code: shine,
      pit_id: pitId,
      pit_number: pitNumber,
    };
    (await Listener.open(placed)).close();
    await publishReading(placed, { temperature: 21.5 });
    await untilText(page, "claim-temperature", "21.5");
    await page.getByText("Readings are coming in").waitFor();
    await publishReading(placed, { temperature: 22.5 });
    await untilText(page, "claim-temperature", "22.5");

    // Loaded again, the page knows that this device is at work.
    await page.reload();
    await untilText(page, "claim-temperature", "22.5");
    await page.getByTestId("claim-open-pit").click();
    await untilText(page, `pit-${pitNumber}-temperature`, "22.5");
    await eventually("the pit is in view", async () =>
      page.getByTestId(`pit-card-${pitNumber}`).evaluate((card) => card === document.activeElement),
    );

    const code = bare(device);
    assert.deepEqual(
      addresses.filter((url) => url.split("#")[0]?.includes(code)),
      [],
    );
    for (const [name, text] of logs())
      assert.ok(
        !text.includes(code) && !text.includes(device.claim_code),
        `the code is in ${name}`,
      );
    assert.deepEqual(portal.complaints(), []);
  });

  test("may type the label instead, in any writing", async () => {
    const [device, pitId] = [await issueOne(), await newPit()];
    const portal = await scan("/claim", "pooja");
    const { page } = portal;
    await page.getByTestId("claim-device-id").fill(device.device_id.toLowerCase());
    const input = page.getByTestId("claim-code");
    const code = bare(device);
    await input.pressSequentially(
      `${code.slice(0, 3)}${code.slice(4)}`.toLowerCase().replaceAll("0", "o").replaceAll("1", "l"),
    );
    // The forgotten fourth symbol goes where the caret is put, and the caret stays behind it.
    await page.keyboard.press("Home");
    for (let i = 0; i < 3; ++i) await page.keyboard.press("ArrowRight");
    await page.keyboard.type(code.slice(3, 4));
    assert.equal(await input.inputValue(), device.claim_code);
    assert.equal(await input.evaluate((element: HTMLInputElement) => element.selectionStart), 4);
    await page.keyboard.press("Enter");
    await choose(page, await numberOf(pitId));
    await page.getByText("Waiting for the first reading…").waitFor();
    assert.deepEqual(portal.complaints(), []);
  });

  test("replaces the sensor of a pit only after a second yes", async () => {
    const [old, device] = [await deviceAtWork(), await issueOne()];
    await publishReading(old, { temperature: 33.3 });
    const portal = await scan(scanned(device));
    const { page } = portal;
    await choose(page, old.pit_number);
    await page.getByRole("dialog").getByText(old.device_id).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const owner = await demo("amit");
    assert.equal((await owner.get(`/api/devices/${old.device_id}`)).json.status, "active");
    await page.getByTestId("claim-submit").click();
    await page.getByTestId("claim-replace-yes").click();
    await page.getByText(`It replaces ${old.device_id}.`).waitFor();
    // What the old one measured is not taken for the new one's.
    await page.getByText("Waiting for the first reading…").waitFor();
    assert.equal((await owner.get(`/api/devices/${old.device_id}`)).json.pit_id, null);
    assert.deepEqual(portal.complaints(), []);
  });

  for (const [username, page] of [
    ["imran", "/app"],
    ["rohan", "/"],
  ] as const)
    test(`as ${loginOf(username).role} is told who may do this`, async () => {
      const portal = await scan(scanned(await issueOne()), username);
      await portal.page.getByText("Only the owner or a manager can set up sensors").waitFor();
      const back = portal.page.getByRole("link", { name: "Go to my page" });
      assert.equal(await back.getAttribute("href"), page);
      assert.deepEqual(await accessibilityFaults(portal.page), []);
      assert.deepEqual(portal.complaints(), []);
    });
});

describe("a refused claim", () => {
  const refused: [string, number, string, string, (device: Issued) => Promise<Issued>][] = [
    [
      "with a wrong code",
      404,
      "This code does not belong to this sensor.",
      "यह कोड इस सेंसर का नहीं है।",
      async (device) => {
        const other = await issueOne();
        return { ...device, claim_url: device.claim_url.replace(bare(device), bare(other)) };
      },
    ],
    [
      "of a used code",
      409,
      "This sensor has already been set up.",
      "यह सेंसर पहले ही लगाया जा चुका है।",
      async (device) => {
        assert.equal((await claim(device, await newPit())).status, 200);
        // Another took its place: it is at no pit any more.
        const next = await issueOne();
        const { pit_id } = (await (await demo("amit")).get(`/api/devices/${device.device_id}`))
          .json;
        assert.equal((await claim(next, pit_id, "amit", { replace: true })).status, 200);
        return device;
      },
    ],
    [
      "after its time",
      410,
      "The time to set up this sensor is over.",
      "इस सेंसर को लगाने का समय बीत चुका है।",
      async (device) => {
        await execute(
          `UPDATE devices SET claim_expires_at = now() - interval '1 second' WHERE device_id = ${quoted(device.device_id)}`,
        );
        return device;
      },
    ],
  ];
  for (const [what, status, english, hindi, prepare] of refused)
    test(`${what} is told in English and Hindi, with what to do`, async () => {
      const pitId = await newPit();
      const portal = await scan(scanned(await prepare(await issueOne())));
      const { page } = portal;
      await choose(page, await numberOf(pitId));
      const sentence = page.getByRole("alert");
      await sentence.getByText(english).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.getByRole("button", { name: /switch to Hindi/ }).click();
      await sentence.getByText(hindi).waitFor();
      await page.getByRole("button", { name: "ID या कोड ठीक करें" }).click();
      await page.getByTestId("claim-code").waitFor();
      onlyRefusals(portal, status);
    });
});

describe("the page, in light and dark", () => {
  for (const colorScheme of ["light", "dark"] as const)
    test(`${colorScheme}: fits, and axe finds nothing, at every step`, async () => {
      const [device, pitId] = [await issueOne(), await newPit()];
      const portal = await scan(scanned(device), "amit", { colorScheme });
      const { page } = portal;
      const check = async (step: string) => {
        for (const viewport of [desktop, phone]) {
          await page.setViewportSize(viewport);
          assert.equal(await overflow(page), 0, `${step}, ${viewport.width} px wide`);
          assert.deepEqual(await accessibilityFaults(page), [], `${step}, ${viewport.width} px`);
          const column = await page.locator("main").boundingBox();
          assert.ok(column !== null && column.width <= 560, `${step}: ${column?.width} px`);
        }
        assert.deepEqual(await smallTargets(page), [], step);
      };
      const pitNumber = await numberOf(pitId);
      await page.getByTestId(`claim-pit-${pitNumber}`).click();
      await check("choosing");
      await page.getByRole("button", { name: "Change" }).click();
      await page.getByTestId("claim-code").fill("k7");
      await page.getByTestId("claim-continue").click();
      await page.getByRole("alert").waitFor();
      await check("typing");
      await page.getByTestId("claim-code").fill(device.claim_code);
      await page.getByTestId("claim-continue").click();
      await choose(page, pitNumber);
      await page.getByText("Waiting for the first reading…").waitFor();
      await check("waiting");
      const placed = {
        ...device,
        workshop_code: shine,
        pit_id: pitId,
        pit_number: pitNumber,
      };
      (await Listener.open(placed)).close();
      await publishReading(placed, { temperature: 21.5 });
      await untilText(page, "claim-temperature", "21.5");
      await check("live");
      assert.deepEqual(portal.complaints(), []);
    });
});
