// The link of a message, as a customer opens it.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { newPortal, type Portal, phone, untilLive, untilText } from "../support/browser.ts";
import { demo } from "../support/session.ts";
import { baseUrl, deviceAt, shine } from "../support/stack.ts";
import { freePit, newPit, runningJob } from "../support/workshop.ts";

const open: Portal[] = [];
after(async () => {
  for (const portal of open) await portal.close();
});
async function newPhone(): Promise<Portal> {
  const portal = await newPortal({ viewport: phone });
  open.push(portal);
  return portal;
}

describe("the link of a message", () => {
  test("shows the car without a password, and leaves the address bar at once", async () => {
    const device = deviceAt(shine, 3);
    await freePit(device);
    const job = await runningJob(device.pit_id, { car_model: "Tata Harrier" });
    const url = job.tracking_url;
    const token = url.slice(url.lastIndexOf("/") + 1);
    const { page, complaints } = await newPhone();
    const leaks: string[] = [];
    page.on("request", (request) => {
      const referer = request.headers().referer ?? "";
      const isThePage = request.isNavigationRequest();
      if (referer.includes(token) || (!isThePage && request.url().includes(token)))
        leaks.push(`${request.url()} from ${referer}`);
    });
    await page.goto(url);
    await untilLive(page);
    await untilText(page, "customer-stage", /Surface prep/i);
    assert.ok((await page.locator("body").innerText()).includes("Tata Harrier"));
    assert.equal(page.url(), `${baseUrl}/`);
    assert.deepEqual(leaks, []);

    await page.reload();
    await untilLive(page);
    assert.deepEqual(complaints(), []);
    await page.goto(url); // the message is opened again
    await untilLive(page);
    await freePit(device);
  });

  test("that staff has replaced says so", async () => {
    const job = await runningJob(await newPit());
    const owner = await demo("amit");
    await owner.post(`/api/jobs/${job.job_id}/tracking-link`);
    const { page } = await newPhone();
    await page.goto(job.tracking_url);
    await page.getByText(/This link is no longer valid/).waitFor();
    assert.equal(page.url(), `${baseUrl}/`);
    await page.getByTestId("login-username").fill(job.login.username);
    await page.getByTestId("login-password").fill(job.login.password);
    await page.getByTestId("login-submit").click();
    await untilLive(page);
  });
});
