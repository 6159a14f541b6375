// Real Chromium watches a camera through pitview-video: the picture comes, survives the camera,
// ends when the right to it does, and nobody else gets in.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newPortal, type Portal } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import {
  agesOfPictures,
  Cameras,
  Gateway,
  leave,
  percentiles,
  type SimCamera,
  watch,
  watched,
} from "../support/video.ts";

const plain: SimCamera = { path: "/pit1", timecode: true };
const locked: SimCamera = { path: "/pit2" };
const path = "pit1-7f3a";

let gateway: Gateway;
let cameras: Cameras;
let portal: Portal;

async function openPage(): Promise<Portal> {
  const opened = await newPortal({ baseURL: gateway.url });
  await opened.page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await opened.page.goto("/healthz");
  return opened;
}

before(async () => {
  gateway = await Gateway.start();
  cameras = await Cameras.start([plain, locked]);
  await gateway.setCameras([{ path, rtsp_url: cameras.url(plain) }]);
  portal = await openPage();
});

describe("a browser that watches over WebRTC", () => {
  test("sees the camera's pictures", async () => {
    assert.equal((await gateway.camera(path)).state, "idle", "nobody watches: the camera rests");
    assert.equal(await watch(portal.page, path, gateway.token(path)), 201);
    const seen = await eventually(
      "thirty pictures",
      async () => {
        const now = await watched(portal.page);
        return now.framesDecoded >= 30 && now.width > 0 && now.firstFrameMs !== null
          ? now
          : undefined;
      },
      20_000,
    );
    assert.equal(seen.state, "connected");
    const camera = await gateway.camera(path);
    assert.equal(camera.state, "playing");
    assert.equal(seen.width, camera.width);
    assert.equal(seen.height, camera.height);
    const [viewer] = await gateway.viewers();
    assert.equal(viewer?.subject, "user:1");
    assert.ok(viewer?.playing);
  });

  test("sees them soon after they were drawn", async () => {
    const ages = await agesOfPictures(portal.page, 45);
    assert.ok(ages.length >= 40, `${ages.length} pictures could be read`);
    assert.ok(
      ages.every((age) => age >= 0 && age < 10_000),
      `${ages}`,
    );
    console.log(`    from drawing to showing, encoder included: ${percentiles(ages)}`);
  });

  test("who comes later sees at once, from the pictures since the last key frame", async () => {
    const second = await openPage();
    assert.equal(await watch(second.page, path, gateway.token(path, { sid: "2" })), 201);
    const seen = await eventually("a picture", async () => {
      const now = await watched(second.page);
      return now.firstFrameMs !== null ? now : undefined;
    });
    assert.ok(seen.firstFrameMs !== null);
    assert.equal((await gateway.camera(path)).connections, 1, "many viewers, one connection");
    await leave(second.page);
    await second.close();
    await eventually("the second one is gone", async () => (await gateway.viewers()).length === 1);
  });

  test("keeps its session while the camera is away, and goes on when it is back", async () => {
    const before = (await watched(portal.page)).framesDecoded;
    await cameras.end("SIGKILL");
    await eventually(
      "the camera is missed",
      async () => (await gateway.camera(path)).fault !== null,
    );
    cameras = await Cameras.start([plain, locked], cameras.port);
    await eventually(
      "the pictures go on",
      async () => (await watched(portal.page)).framesDecoded > before + 30,
      40_000,
    );
    assert.equal((await watched(portal.page)).state, "connected");
    assert.equal((await gateway.viewers()).length, 1);
  });

  test("is cut within a second when the server says so", async () => {
    assert.deepEqual(await gateway.control("POST", "/viewers/cut", { session: "1" }), { cut: 1 });
    assert.deepEqual(await gateway.viewers(), []);
    // What was on its way may still be decoded; a second later nothing comes.
    await sleep(1_000);
    const { framesDecoded } = await watched(portal.page);
    await sleep(500);
    assert.equal((await watched(portal.page)).framesDecoded, framesDecoded);
    await eventually("the browser knows", async () =>
      ["closed", "disconnected", "failed"].includes((await watched(portal.page)).state),
    );
  });

  test("nothing in its console", () => assert.deepEqual(portal.complaints(), []));
});

describe("the gateway's doors", () => {
  const offer = (where: string, token?: string, body = "v=0\r\n") =>
    fetch(`${gateway.url}/${where}/whep${token === undefined ? "" : `?token=${token}`}`, {
      method: "POST",
      body,
    });

  test("are closed without a token, with a forged, expired or foreign one", async () => {
    const past = Math.floor(Date.now() / 1000) - 1;
    const tokens: [string, string | undefined, number, string][] = [
      ["none", undefined, 401, "unauthenticated"],
      ["no token", "abc", 401, "unauthenticated"],
      ["another secret", gateway.token(path, {}, randomBytes(32)), 401, "unauthenticated"],
      ["another purpose", gateway.token(path, { aud: undefined }), 401, "unauthenticated"],
      ["expired", gateway.token(path, { exp: past }), 401, "token_expired"],
      ["another path", gateway.token("pit2-0000"), 403, "forbidden"],
    ];
    for (const [what, token, status, code] of tokens) {
      const answer = await offer(path, token);
      assert.equal(answer.status, status, what);
      const problem = (await answer.json()) as { code: string };
      assert.equal(problem.code, code, what);
      assert.ok(!JSON.stringify(problem).includes("rtsp"), "nothing of the camera");
    }
  });

  test("say of a stream that is not there what they say of a bad offer, and no more", async () => {
    assert.equal((await offer("nowhere", gateway.token("nowhere"))).status, 422);
    assert.equal((await offer(path, gateway.token(path))).status, 422);
    const large = await offer(path, gateway.token(path), `v=0\r\n${"x".repeat(70_000)}`);
    assert.equal(large.status, 413);
  });

  test("of control need the secret, and say what is wrong with a list", async () => {
    for (const Authorization of ["", "Bearer ", "Bearer 00", `Bearer ${gateway.token(path)}`]) {
      const answer = await fetch(`${gateway.url}/control/cameras`, { headers: { Authorization } });
      assert.equal(answer.status, 401);
    }
    await assert.rejects(
      gateway.setCameras([
        { path: "UPPER", rtsp_url: "http://camera/" },
        { path, rtsp_url: "rtsp://camera/" },
        { path, rtsp_url: "rtsp://camera/" },
      ]),
      /422.*cameras\[0\]\.path.*cameras\[0\]\.rtsp_url.*cameras\[2\]\.path/s,
    );
    assert.equal((await gateway.camera(path)).path, path, "and nothing has changed");
  });
});

test("the gateway ends when it is told to, without complaint", async () => {
  assert.equal(await gateway.end(), 0);
  assert.doesNotMatch(gateway.log, /Sanitizer|runtime error/);
});
