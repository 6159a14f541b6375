// A reading published by mosquitto_pub, seen by those who may see it and by nobody else; and pages
// that recover by themselves when the server dies.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  openPortal,
  type Portal,
  phone,
  textOf,
  untilLive,
  untilState,
  untilText,
} from "../support/browser.ts";
import { unique } from "../support/eventually.ts";
import { publishReading } from "../support/mqtt.ts";
import { killServer } from "../support/server.ts";
import { deviceAt, gloss, shine } from "../support/stack.ts";

const pit1 = deviceAt(shine, 1);
const pit2 = deviceAt(shine, 2);
const foreign = deviceAt(gloss, 1);

/** A temperature that no other page shows by chance, as pages show it. */
const newTemperature = (): number => 30 + (unique() % 90) / 10 + 0.1;
const shown = (temperature: number): string => temperature.toFixed(1);

const portals: Record<string, Portal> = {};
const pageOf = (who: string) => {
  const portal = portals[who];
  assert.ok(portal !== undefined);
  return portal.page;
};

before(async () => {
  await publishReading(pit1, { temperature: 20 });
  await publishReading(pit2, { temperature: 21 });
  await publishReading(foreign, { temperature: 22 });
  portals.owner = await openPortal("/app", "amit");
  portals.customer = await openPortal("/", "rohan", { viewport: phone });
  portals.otherCustomer = await openPortal("/", "sara", { viewport: phone });
  portals.otherOwner = await openPortal("/app", "neha");
});
after(async () => {
  for (const portal of Object.values(portals)) await portal.close();
});

const expectNoComplaints = (): void => {
  for (const [who, portal] of Object.entries(portals))
    assert.deepEqual(portal.complaints(), [], who);
};

/** What the pages of all others say, to prove that it is not there. */
async function othersText(): Promise<string> {
  const texts = [pageOf("otherCustomer"), pageOf("otherOwner")].map((page) =>
    page.locator("body").innerText(),
  );
  return (await Promise.all(texts)).join("\n");
}

describe("a reading", () => {
  test("appears on the owner's page and on that pit's customer page, and on no other", async () => {
    const temperature = newTemperature();
    await publishReading(pit1, { temperature, humidity: 61, aqi: 42 });
    await untilText(pageOf("owner"), "pit-1-temperature", shown(temperature));
    await untilText(pageOf("owner"), "pit-1-humidity", "61");
    await untilText(pageOf("owner"), "pit-1-aqi", "42");
    await untilText(pageOf("customer"), "customer-temperature", shown(temperature));
    await untilText(pageOf("customer"), "customer-aqi", "42");

    // The others get one of their own afterwards: what came before it would be there by then.
    const [second, third] = [temperature + 0.3, temperature + 0.6];
    await publishReading(pit2, { temperature: second });
    await publishReading(foreign, { temperature: third });
    await untilText(pageOf("otherCustomer"), "customer-temperature", shown(second));
    await untilText(pageOf("otherOwner"), "pit-1-temperature", shown(third));
    assert.ok(!(await othersText()).includes(shown(temperature)));
    assert.equal(await textOf(pageOf("owner"), "pit-1-temperature"), shown(temperature));
    assert.equal(await textOf(pageOf("owner"), "pit-2-temperature"), shown(second));
    assert.equal(await textOf(pageOf("customer"), "customer-temperature"), shown(temperature));
    expectNoComplaints();
  });

  test("shows by shape and words whether it is good, not by colour alone", async () => {
    const chip = pageOf("owner").locator("li[data-level]", {
      has: pageOf("owner").getByTestId("pit-1-aqi"),
    });
    for (const [aqi, level] of [
      [30, "good"],
      [80, "fair"],
      [300, "poor"],
    ] as const) {
      await publishReading(pit1, { aqi, iaq_accuracy: 3 });
      await chip.and(pageOf("owner").locator(`[data-level="${level}"]`)).waitFor();
      assert.match(await chip.innerText(), new RegExp(level, "i"));
    }
    expectNoComplaints();
  });

  test("that lacks a value shows a dash, not the last good value", async () => {
    await publishReading(pit1, { temperature: null, humidity: 44 });
    await untilText(pageOf("customer"), "customer-humidity", "44");
    assert.equal(await textOf(pageOf("customer"), "customer-temperature"), "–");
    assert.equal(await textOf(pageOf("owner"), "pit-1-temperature"), "–");
    expectNoComplaints();
  });
});

describe("kill -9 of the server", () => {
  test("is shown as reconnecting, and the pages recover by themselves and go on", async () => {
    const [owner, customer] = [pageOf("owner"), pageOf("customer")];
    const temperature = newTemperature();
    await publishReading(pit1, { temperature });
    await untilText(customer, "customer-temperature", shown(temperature));
    let loads = 0;
    for (const page of [owner, customer])
      page.on("load", () => {
        loads += 1;
      });
    const noticed = [owner, customer].map((page) => untilState(page, "reconnecting"));
    const back = killServer();
    await Promise.all(noticed);
    assert.equal(
      await textOf(customer, "customer-temperature"),
      shown(temperature),
      "the last value stays",
    );
    await back;
    await untilLive(owner);
    await untilLive(customer);
    const later = temperature + 0.4;
    await publishReading(pit1, { temperature: later });
    await untilText(owner, "pit-1-temperature", shown(later));
    await untilText(customer, "customer-temperature", shown(later));
    assert.equal(loads, 0, "by themselves, without being loaded again");
    // A browser reports every failed connection itself; anything else is a fault of ours.
    for (const portal of Object.values(portals)) {
      const own = portal
        .complaints()
        .filter((one) => !/ERR_CONNECTION|WebSocket connection|503/.test(one));
      assert.deepEqual(own, []);
    }
  });
});
