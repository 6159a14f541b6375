// The live picture as customers and owners see it: it comes by itself, says in words how it is, comes
// back without a reload, and ends with the right to it.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import {
  accessibilityFaults,
  fillLogin,
  newPortal,
  openPortal,
  type Portal,
  phone,
} from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { loginOf, varFolder } from "../support/stack.ts";
import { Cameras, putCamera, type SimCamera, stackGateway, untilTold } from "../support/video.ts";
import { newPit, newWorkshop, runningJob, setStatus } from "../support/workshop.ts";

const plain: SimCamera = { path: "/plain" };
const reordering: SimCamera = { path: "/b-frames", bFrames: 2 };
let cameras: Cameras;
const open: Portal[] = [];
after(async () => {
  for (const portal of open) await portal.close();
});

before(async () => {
  cameras = await Cameras.start([plain, reordering]);
});

async function show(
  path: "/app" | "/",
  login: { username: string; password: string },
  small: boolean,
) {
  const portal = await openPortal(path, login.username, {
    password: login.password,
    ...(small ? { viewport: phone } : {}),
  });
  open.push(portal);
  return portal.page;
}

const picture = (page: Page, within = "body") => page.locator(`${within} video`).first();

const state = (page: Page, within?: string) =>
  picture(page, within).evaluate((video: HTMLVideoElement) => ({
    state: video.dataset.state ?? "",
    width: video.videoWidth,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
  }));

const untilState = (page: Page, wanted: string, within?: string) =>
  eventually(
    `the picture is ${wanted}`,
    async () => {
      const now = await state(page, within);
      if (now.state !== wanted) throw new Error(`it is ${now.state}`);
      return now;
    },
    40_000,
  );

/** To look at by eye. */
async function photograph(page: Page, name: string): Promise<void> {
  const folder = join(varFolder, "pictures");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

describe("a customer", () => {
  let page: Page;
  let pitId: number;
  let jobId: number;

  before(async () => {
    pitId = await newPit();
    await putCamera(pitId, cameras.url(plain));
    await untilTold(pitId);
    const { job_id, login } = await runningJob(pitId, { car_model: "Tata Harrier" });
    jobId = job_id;
    page = await show("/", login, true);
  });

  test("sees the car at work, and that it is live", async () => {
    const first = await untilState(page, "live");
    assert.ok(first.width > 0);
    const badge = page.getByTestId("connection-state").first();
    await eventually("it says so", async () => (await badge.innerText()).startsWith("Live"));
    await eventually(
      "the picture moves",
      async () => (await state(page)).frames > first.frames + 15,
    );
    assert.deepEqual(await accessibilityFaults(page), []);
    await photograph(page, "customer-live");
    assert.deepEqual(open.at(-1)?.complaints(), []);
  });

  test("can fill the screen with it, the readings stay on it", async () => {
    await page.getByTestId("full-screen").click();
    const filled = await page.evaluate(() => {
      const element = document.fullscreenElement;
      return {
        isContainer: element?.querySelector("video") !== null,
        hasReadings: element?.querySelector('[data-testid="customer-temperature"]') !== null,
      };
    });
    assert.deepEqual(filled, { isContainer: true, hasReadings: true });
    await photograph(page, "customer-full-screen");
    await page.keyboard.press("Escape");
    await page.evaluate(() => document.fullscreenElement && document.exitFullscreen());
  });

  test("is told that the camera is away, and sees it again without a reload", async () => {
    await cameras.end("SIGKILL");
    await eventually(
      "the words say so",
      async () => /Camera offline|does not answer/.test(await page.locator("main").innerText()),
      40_000,
    );
    await photograph(page, "customer-away");
    cameras = await Cameras.start([plain, reordering], cameras.port);
    await untilState(page, "live");
  });

  test("sees no more when the job is completed", async () => {
    await setStatus(jobId, "quality_check");
    await setStatus(jobId, "completed");
    await eventually("the video is gone", async () => (await page.locator("video").count()) === 0);
    await eventually("it says why", async () =>
      (await page.locator("main").innerText()).includes("The work is finished"),
    );
    await eventually("and its session", async () => (await stackGateway.viewers()).length === 0);
  });
});

test("a camera with B-frames is watched over HLS, by itself", async () => {
  const pitId = await newPit();
  await putCamera(pitId, cameras.url(reordering));
  await untilTold(pitId);
  const { login } = await runningJob(pitId);
  const page = await show("/", login, true);
  const first = await untilState(page, "live");
  await eventually("the picture moves", async () => (await state(page)).frames > first.frames + 15);
  assert.deepEqual(
    (await stackGateway.viewers()).map(({ transport }) => transport),
    ["hls"],
  );
});

test("where only single pictures get through, those are shown", async () => {
  const pitId = await newPit();
  await putCamera(pitId, cameras.url(plain));
  await untilTold(pitId);
  const { login } = await runningJob(pitId);
  const portal = await newPortal({ viewport: phone });
  open.push(portal);
  await portal.page.route(/\/whep$|\/index\.m3u8/, (route) => route.abort());
  await portal.page.goto("/");
  await fillLogin(portal.page, login.username, login.password);
  await untilState(portal.page, "stills");
  const posterOf = () => picture(portal.page).evaluate((video: HTMLVideoElement) => video.poster);
  const first = await posterOf();
  await eventually("the next picture", async () => (await posterOf()) !== first);
  await photograph(portal.page, "customer-stills");
});

describe("an owner", () => {
  test("sees the picture in the pit's card, and words where there is none", async () => {
    const { owner, pitId } = await newWorkshop();
    await putCamera(pitId, cameras.url(plain));
    await untilTold(pitId);
    const { json: bare } = await owner.post("/api/pits", {});
    const { pit_number } = (await owner.get(`/api/pits/${pitId}`)).json;
    const login = { username: owner.username, password: loginOf("amit").password };
    const page = await show("/app", login, false);
    const card = `[data-testid="pit-card-${pit_number}"]`;
    const seen = await untilState(page, "live", card);
    assert.ok(seen.width > 0);
    const other = page.getByTestId(`pit-card-${bare.pit_number}`);
    assert.match(await other.innerText(), /Camera not connected/);
    assert.deepEqual(await accessibilityFaults(page), []);
    await photograph(page, "owner-grid");
    assert.deepEqual(open.at(-1)?.complaints(), []);
  });

  test("is not sent what cannot be seen: a card far down rests", async () => {
    const { owner, pitId } = await newWorkshop();
    for (let i = 0; i < 8; ++i) await owner.post("/api/pits", {});
    const { json: last } = await owner.post("/api/pits", {});
    await putCamera(pitId, cameras.url(plain));
    await untilTold(pitId);
    await putCamera(last.id, cameras.url(plain));
    await untilTold(last.id);
    const login = { username: owner.username, password: loginOf("amit").password };
    const page = await show("/app", login, true);
    const { pit_number } = (await owner.get(`/api/pits/${pitId}`)).json;
    await untilState(page, "live", `[data-testid="pit-card-${pit_number}"]`);
    const card = `[data-testid="pit-card-${last.pit_number}"]`;
    assert.equal((await state(page, card)).state, "idle");
    await page.locator(card).scrollIntoViewIfNeeded();
    await untilState(page, "live", card);
    await untilState(page, "idle", `[data-testid="pit-card-${pit_number}"]`);
  });
});
