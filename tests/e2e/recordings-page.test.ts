// Recordings as the owner uses them: finds the time, watches, keeps a part, passes its link on; and whoever gets the
// link watches, on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import {
  accessibilityFaults,
  desktop,
  newPortal,
  openPortal,
  type Portal,
  phone,
} from "../support/browser.ts";
import { eventually, unique } from "../support/eventually.ts";
import { demo } from "../support/session.ts";
import { Cameras, putCamera, type SimCamera } from "../support/video.ts";
import { newPit, runningJob, setStatus } from "../support/workshop.ts";

const camera: SimCamera = { path: "/recordings-page" };
const shots = process.env.PITVIEW_SCREENSHOTS;
const title = `Hood before the film ${unique()}`;
let portal: Portal;
let page: Page;
let pitId: number;
let jobId: number;
let cameras: Cameras;

const shoot = async (name: string, of = page) => {
  if (shots !== undefined) await of.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};
const overflow = (of = page): Promise<number> =>
  of.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
/** Seconds that the page's recording has played. */
const played = (of = page): Promise<number> =>
  of.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>("[data-testid=recording-video]");
    return video !== null && video.videoWidth > 0 ? video.currentTime : 0;
  });

before(async () => {
  pitId = await newPit();
  cameras = await Cameras.start([camera]);
  await putCamera(pitId, cameras.url(camera));
  jobId = (await runningJob(pitId)).job_id;
  const owner = await demo("amit");
  const from = new Date(Date.now() - 60_000).toISOString();
  await eventually(
    "half a minute is recorded",
    async () => {
      const to = new Date(Date.now() + 60_000).toISOString();
      const { json } = await owner.get(`/api/pits/${pitId}/recordings?from=${from}&to=${to}`);
      const [span] = json.spans;
      return span !== undefined && Date.parse(span.to) - Date.parse(span.from) > 25_000;
    },
    90_000,
  );
  portal = await openPortal("/app", "amit", { viewport: desktop });
  page = portal.page;
});

after(async () => {
  await setStatus(jobId, "cancelled").catch(() => {});
  await cameras.end();
});

test("the owner finds the pit's day and watches from where the bar is tapped", async () => {
  await page.getByRole("link", { name: "Recordings" }).first().click();
  await page.getByLabel("Pit", { exact: true }).selectOption(String(pitId));
  const span = page.getByTestId("recorded-span").first();
  await span.waitFor();
  await shoot("recordings-empty");
  const box = await span.boundingBox();
  assert.ok(box);
  await page.mouse.click(box.x + 1, box.y + box.height / 2);
  await eventually("two seconds are seen", async () => (await played()) > 2, 20_000);
  assert.match((await page.getByTestId("shown-at").textContent()) ?? "", /^\d+:\d\d:\d\d [ap]m$/);
  assert.ok(await page.getByTestId("playhead").isVisible());
});

test("marks a part, and keeps it as a clip", async () => {
  await page.getByTestId("mark-start").click();
  const began = await played();
  await eventually("four more seconds are seen", async () => (await played()) > began + 4, 20_000);
  await page.getByTestId("mark-end").click();
  await page.getByLabel("Name").fill(title);
  await shoot("recordings-marked");
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByTestId("keep-clip").click();
  const play = page.getByRole("button", { name: "Play", exact: true }).first();
  await eventually("it is ready", () => play.isEnabled(), 20_000);
  await page.getByText(title).waitFor();
  await shoot("recordings-kept");
});

test("passes the link on, and who gets it watches on a phone", async () => {
  await page.getByRole("button", { name: "Share" }).first().click();
  await page.getByTestId("make-link").click();
  const url = await page.getByTestId("share-link").inputValue();
  assert.match(url, /\/c\/[\w-]{40,}$/);
  await shoot("recordings-share");
  await page.keyboard.press("Escape");

  const visitor = await newPortal({ viewport: phone });
  await visitor.page.goto(new URL(url).pathname);
  await visitor.page.getByRole("heading", { name: title }).waitFor();
  await eventually("it plays", async () => (await played(visitor.page)) > 1, 20_000);
  assert.equal(await overflow(visitor.page), 0);
  assert.deepEqual(await accessibilityFaults(visitor.page), []);
  await shoot("shared-clip", visitor.page);

  await page.getByRole("button", { name: "Share" }).first().click();
  await page.getByRole("button", { name: "End the link" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.deepEqual(visitor.complaints(), []);
  await visitor.page.reload();
  await visitor.page.getByText("This link does not work any more").waitFor();
  visitor.complaints(); // the refusal itself
  assert.deepEqual(await accessibilityFaults(visitor.page), []);
  await visitor.close();
});

test("fits a phone, in both colours, and has no fault that axe can find", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const other = await openPortal("/app", "amit", { viewport: phone, colorScheme });
    await other.page.getByRole("link", { name: "Recordings" }).last().click();
    await other.page.getByLabel("Pit", { exact: true }).selectOption(String(pitId));
    await other.page.getByTestId("recorded-span").first().waitFor();
    assert.equal(await overflow(other.page), 0);
    assert.deepEqual(await accessibilityFaults(other.page), []);
    await shoot(`recordings-phone-${colorScheme}`, other.page);
    assert.deepEqual(other.complaints(), []);
    await other.close();
  }
});

test("removes the clip; an operator is not even shown the way", async () => {
  await page.getByRole("button", { name: "Remove" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await eventually("it is gone", async () => (await page.getByText(title).count()) === 0);
  assert.deepEqual(portal.complaints(), []);
  const operator = await openPortal("/app", "imran");
  assert.equal(await operator.page.getByRole("link", { name: "Recordings" }).count(), 0);
  await operator.page.goto("/app/recordings");
  await operator.page
    .getByText("not for you", { exact: false })
    .or(operator.page.getByRole("heading"))
    .first()
    .waitFor();
  assert.equal(await operator.page.getByTestId("timeline").count(), 0);
  await operator.close();
});
