// The pages as people use them: jobs, sessions, clocks.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Page } from "playwright-core";
import {
  fillLogin,
  newPortal,
  openPortal,
  type Portal,
  phone,
  textOf,
  untilLive,
  untilText,
} from "../support/browser.ts";
import { eventually, unique } from "../support/eventually.ts";
import { publishReading } from "../support/mqtt.ts";
import { demo } from "../support/session.ts";
import { deviceAt, loginOf, shine } from "../support/stack.ts";
import { freePit, newPit, runningJob, setStatus } from "../support/workshop.ts";

const open: Portal[] = [];
after(async () => {
  for (const portal of open) await portal.close();
});
/** Closed at the end, whatever happens. */
function keep(portal: Portal): Portal {
  open.push(portal);
  return portal;
}

describe("a job's customer", () => {
  test("sees the stage change, and the live view ends with the job", async () => {
    const device = deviceAt(shine, 3);
    await freePit(device);
    const { job_id, login } = await runningJob(device.pit_id, { car_model: "Mahindra Thar" });
    await publishReading(device, { temperature: 23.4 });
    const portal = keep(
      await openPortal("/", login.username, { password: login.password, viewport: phone }),
    );
    const { page } = portal;
    await untilText(page, "customer-stage", /Surface prep/i);
    await untilText(page, "customer-temperature", "23.4");
    assert.ok((await page.locator("body").innerText()).includes("Mahindra Thar"));

    const owner = await demo("amit");
    await owner.patch(`/api/jobs/${job_id}/stage`, { stage: 2 });
    await untilText(page, "customer-stage", /PPF installation/i);
    await setStatus(job_id, "quality_check");
    await setStatus(job_id, "completed");
    await untilText(page, "customer-countdown", /ready/i);
    await page.getByTestId("customer-temperature").waitFor({ state: "detached" });

    // The next car in this pit is none of this customer's business.
    const next = await runningJob(device.pit_id, { car_model: "Next Car" });
    await publishReading(device, { temperature: 33.3 });
    const watcher = keep(
      await openPortal("/", next.login.username, { password: next.login.password }),
    );
    await untilText(watcher.page, "customer-temperature", "33.3");
    const text = await page.locator("body").innerText();
    assert.ok(!text.includes("33.3") && !text.includes("Next Car"), text);
    await setStatus(next.job_id, "completed");
    assert.deepEqual([...portal.complaints(), ...watcher.complaints()], []);
  });
});

describe("the owner", () => {
  test("starts a job in a free pit and hands over a login that works", async () => {
    await freePit(deviceAt(shine, 3));
    const portal = keep(await openPortal("/app", "amit"));
    const { page } = portal;
    const card = page.getByTestId("pit-card-3");
    await card.getByRole("button").first().click();
    const car = `Skoda ${unique()}`;
    await page.locator('[name="carModel"]').fill(car);
    await page.locator('[name="plate"]').fill("dl 9c 1234");
    await page.locator('[name="customerName"]').fill("Vikram Seth");
    await page.getByTestId("start-job-submit").click();
    const username = await textOf(page, "credential-username");
    const password = await textOf(page, "credential-password");
    await page.getByTestId("start-job-done").click();
    await eventually("the car is on its card", async () => (await card.innerText()).includes(car));

    const customer = keep(await openPortal("/", username, { password, viewport: phone }));
    assert.ok((await customer.page.locator("body").innerText()).includes(car));

    // And takes it through its stages to the end.
    await card.getByRole("button").first().click();
    for (const stage of [/PPF installation/i, /Curing/i, /Quality check/i]) {
      await page.getByTestId("job-next-stage").click();
      await untilText(customer.page, "customer-stage", stage);
    }
    await page.getByTestId("job-complete").click();
    await page.getByRole("button", { name: "Yes, complete" }).click();
    await untilText(customer.page, "customer-countdown", /ready/i);
    assert.deepEqual([...portal.complaints(), ...customer.complaints()], []);
  });

  test("sees the stage move on the grid", async () => {
    const pitId = await newPit();
    const { job_id, job } = await runningJob(pitId);
    const portal = keep(await openPortal("/app", "amit"));
    const stage = `pit-${job.pit_number}-stage`;
    await untilText(portal.page, stage, /Surface prep/i);
    await (await demo("amit")).patch(`/api/jobs/${job_id}/stage`, { stage: 3 });
    await untilText(portal.page, stage, /Curing/i);
    await setStatus(job_id, "completed");
    await portal.page.getByTestId(stage).waitFor({ state: "detached" });
    assert.deepEqual(portal.complaints(), []);
  });
});

describe("a session", () => {
  test("goes on after a reload and in another tab; signing out ends it in all of them", async () => {
    const portal = keep(await openPortal("/", "rohan"));
    const { page } = portal;
    await page.reload();
    await untilLive(page);
    const tab = await page.context().newPage();
    await tab.goto("/");
    await untilLive(tab);
    assert.deepEqual(portal.complaints(), []);

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByTestId("login-username").waitFor();
    await tab.getByTestId("login-username").waitFor();
    await page.reload();
    await page.getByTestId("login-username").waitFor();
    const refresh = await page.context().request.post("/api/auth/refresh");
    assert.equal(refresh.status(), 401, "the cookie must be worth nothing");
  });

  test("keeps no token where a script could find it later", async () => {
    const { page } = keep(await openPortal("/app", "amit"));
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    assert.doesNotMatch(stored, /eyJ|pitview_refresh/);
  });

  test("is refused in words for a wrong password", async () => {
    const portal = keep(await newPortal());
    await portal.page.goto("/");
    await fillLogin(portal.page, "rohan", "wrong");
    await portal.page.getByText("Username or password is not right.").waitFor();
    await fillLogin(portal.page, "rohan", loginOf("rohan").password);
    await untilLive(portal.page);
  });

  test("of a customer shows no other pits at /app, and of a stranger no page at all", async () => {
    const portal = keep(await newPortal());
    await portal.page.goto("/app");
    await fillLogin(portal.page, "rohan", loginOf("rohan").password);
    await eventually(
      "an answer",
      async () => (await portal.page.getByTestId("login-username").count()) === 0,
    );
    await untilLive(portal.page); // a player that waits for its camera is never idle
    assert.equal(await portal.page.getByTestId("pit-card-2").count(), 0);
  });
});

describe("the countdown", () => {
  const secondsShown = async (page: Page): Promise<number> => {
    const text = await textOf(page, "customer-countdown");
    const match = /^(?:(\d+) ?h ?)?(\d+) ?m ?(\d+) ?s$/.exec(text);
    assert.ok(match !== null, `the countdown shows "${text}"`);
    return Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  };

  for (const [what, offsetMs] of [
    ["right", 0],
    ["an hour fast", 3_600_000],
    ["an hour slow", -3_600_000],
  ] as const)
    test(`runs, and is right when the client's clock is ${what}`, async () => {
      const portal = keep(await newPortal({ viewport: phone }));
      const { page } = portal;
      if (offsetMs !== 0) await page.clock.install({ time: Date.now() + offsetMs });
      await page.goto("/");
      await fillLogin(page, "sara", loginOf("sara").password);
      await untilLive(page);
      const [job] = (await (await demo("sara")).get("/api/jobs")).json;
      const left = () => (Date.parse(job.estimated_end_time) - Date.now()) / 1000;
      await eventually("the right time", async () => {
        const [seen, meant] = [await secondsShown(page), left()];
        if (Math.abs(seen - meant) > 2) throw new Error(`${seen} s are shown, ${meant} s are left`);
        return true;
      });
      const before = await secondsShown(page);
      await eventually("it runs", async () => (await secondsShown(page)) <= before - 2);
      assert.ok(Math.abs((await secondsShown(page)) - left()) <= 2);
      assert.deepEqual(portal.complaints(), []);
    });
});
