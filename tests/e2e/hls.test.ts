// LL-HLS from the gateway: hls.js in real Chromium plays it close to the edge, ffprobe reads it, and
// it is as closed to others as WebRTC is.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { newPortal } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { agesOfPictures, Cameras, Gateway, percentiles, type SimCamera } from "../support/video.ts";

const run = promisify(execFile);
const hlsJs = fileURLToPath(
  new URL("../../web/node_modules/hls.js/dist/hls.light.min.js", import.meta.url),
);

const plain: SimCamera = { path: "/plain", timecode: true };
const reordering: SimCamera = { path: "/b-frames", bFrames: 2 };
const shrinking: SimCamera = { path: "/shrinking", shrinkAfterSeconds: 8 };
let gateway: Gateway;
let cameras: Cameras;

before(async () => {
  gateway = await Gateway.start();
  cameras = await Cameras.start([plain, reordering, shrinking]);
  await gateway.setCameras([
    { path: "plain", rtsp_url: cameras.url(plain) },
    { path: "b-frames", rtsp_url: cameras.url(reordering) },
    { path: "shrinking", rtsp_url: cameras.url(shrinking) },
    { path: "nobody", rtsp_url: "rtsp://127.0.0.1:1/" },
  ]);
});

after(async () => {
  assert.equal(await gateway.end(), 0);
  assert.doesNotMatch(gateway.log, /Sanitizer|runtime error/);
});

const indexOf = (path: string, change: object = {}) =>
  `${gateway.url}/${path}/index.m3u8?token=${gateway.token(path, change)}`;

interface Seen {
  decoded: number;
  dropped: number;
  width: number;
  firstFrameMs: number | null;
  latencyS: number;
  longestGapMs: number;
  fatal: string[];
}

async function play(path: string): Promise<Page> {
  const { page } = await newPortal({ baseURL: gateway.url, bypassCSP: true });
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await page.goto("/healthz");
  await page.addScriptTag({ path: hlsJs });
  await page.evaluate((url) => {
    // biome-ignore lint/suspicious/noExplicitAny: a script of the page
    const Hls = (window as any).Hls;
    const hls = new Hls({ lowLatencyMode: true, enableWorker: false });
    const video = document.createElement("video");
    video.muted = true;
    video.autoplay = true;
    document.body.append(video);
    const seen = { first: null as number | null, last: 0, longest: 0, fatal: [] as string[] };
    const began = performance.now();
    const note = () => {
      const now = performance.now();
      seen.first ??= now - began;
      if (seen.last > 0) seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
    hls.on(Hls.Events.ERROR, (_: string, data: { fatal: boolean; details: string }) => {
      if (data.fatal) seen.fatal.push(data.details);
    });
    hls.loadSource(url);
    hls.attachMedia(video);
    Object.assign(window, { hls, video, seen });
  }, indexOf(path));
  return page;
}

const seenAt = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    // biome-ignore lint/suspicious/noExplicitAny: set by play()
    const { hls, video, seen } = window as any;
    const quality = video.getVideoPlaybackQuality();
    return {
      decoded: quality.totalVideoFrames,
      dropped: quality.droppedVideoFrames,
      width: video.videoWidth,
      firstFrameMs: seen.first,
      latencyS: hls.playingDate === null ? 99 : (Date.now() - hls.playingDate.getTime()) / 1000,
      longestGapMs: seen.longest,
      fatal: seen.fatal,
    };
  });

const pictures = (page: Page, count: number) =>
  eventually(
    `${count} pictures`,
    async () => {
      const seen = await seenAt(page);
      assert.deepEqual(seen.fatal, []);
      return seen.decoded >= count ? seen : undefined;
    },
    40_000,
  );

describe("hls.js", () => {
  test("plays a camera close to the edge", async () => {
    const first = await play("plain");
    const cold = await pictures(first, 30);
    const page = await play("plain");
    const seen = await pictures(page, 150);
    for (const viewer of await gateway.viewers()) assert.equal(viewer.transport, "hls");
    assert.equal((await gateway.camera("plain")).connections, 1);
    assert.ok(seen.width > 0);
    assert.ok(seen.latencyS < 5, `${seen.latencyS} s behind`);
    console.log(
      `    first picture after ${Math.round(cold.firstFrameMs ?? 0)} ms, of one who comes later after ` +
        `${Math.round(seen.firstFrameMs ?? 0)} ms, ${seen.latencyS.toFixed(2)} s behind, ` +
        `longest time without a new picture ${Math.round(seen.longestGapMs)} ms, ${seen.dropped} dropped`,
    );
    const ages = await agesOfPictures(page, 30);
    assert.ok(ages.length >= 25 && ages.every((age) => age >= 0 && age < 10_000), `${ages}`);
    console.log(`    from drawing to showing, encoder included: ${percentiles(ages)}`);
    await first.close();
    await page.close();
  });

  test("plays a camera with B-frames, each picture in its turn", async () => {
    const page = await play("b-frames");
    const seen = await pictures(page, 90);
    assert.ok(seen.dropped < 10, `${seen.dropped} dropped`);
    await page.close();
  });

  test("goes on with a camera that sends smaller pictures", async () => {
    const page = await play("shrinking");
    const { width } = await pictures(page, 15);
    await eventually(
      "the smaller picture",
      async () => (await seenAt(page)).width === width / 2,
      40_000,
    );
    await page.close();
  });

  test("waits for a camera that is away for a while", async () => {
    const page = await play("plain");
    await pictures(page, 15);
    await cameras.end("SIGKILL");
    await eventually(
      "the camera is missed",
      async () => (await gateway.camera("plain")).fault !== null,
    );
    cameras = await Cameras.start([plain, reordering, shrinking], cameras.port);
    const { decoded } = await seenAt(page);
    await pictures(page, decoded + 60);
    await page.close();
  });
});

test("ffprobe, which knows nothing of low latency, reads it", async () => {
  const { stdout } = await eventually(
    "a complete segment",
    () =>
      run("ffprobe", [
        ...["-v", "error", "-select_streams", "v", "-read_intervals", "%+#40"],
        ...["-show_entries", "stream=codec_name,width,height:packet=pts_time", "-of", "json"],
        indexOf("b-frames"),
      ]),
    40_000,
  );
  const { streams, packets } = JSON.parse(stdout) as {
    streams: { codec_name: string; width: number }[];
    packets: { pts_time: string }[];
  };
  assert.equal(streams[0]?.codec_name, "h264");
  assert.ok((streams[0]?.width ?? 0) > 0);
  // The last ones may still want the B-frames between them.
  const times = packets.map(({ pts_time }) => Number(pts_time)).sort((a, b) => a - b);
  times.splice(-3);
  assert.ok(times.length >= 30, `${times.length} pictures`);
  for (let i = 1; i < times.length; ++i)
    assert.ok((times[i] ?? 0) - (times[i - 1] ?? 0) < 1, "no hole, each at a time of its own");
});

describe("the doors", () => {
  const status = async (url: string) => (await fetch(url, { redirect: "manual" })).status;
  const session = async (path: string): Promise<string> => {
    const answer = await fetch(indexOf(path), { redirect: "manual" });
    assert.equal(answer.status, 302);
    return `${gateway.url}${answer.headers.get("Location")}`;
  };

  test("are closed without a token, with an expired or a foreign one", async () => {
    const past = Math.floor(Date.now() / 1000) - 1;
    assert.equal(await status(`${gateway.url}/plain/index.m3u8`), 401);
    assert.equal(await status(indexOf("plain", { exp: past })), 401);
    assert.equal(
      await status(`${gateway.url}/plain/index.m3u8?token=${gateway.token("b-frames")}`),
      403,
    );
  });

  test("open with a session on its own path only, and on nothing but the stream", async () => {
    const mine = await session("plain");
    assert.equal(await status(mine), 200);
    assert.equal(await status(mine.replace("/plain/", "/b-frames/")), 401);
    assert.equal(await status(mine.replace(/hls\/[^/]+/, "hls/AAAAAAAAAAAAAAAAAAAAAA")), 401);
    const beside = (name: string) => status(mine.replace("index.m3u8", name));
    assert.equal(await beside("head-0.mp4"), 200);
    for (const name of ["head-9.mp4", "segment-99999.m4s", "part-0-9999.m4s", "x", "..%2f..%2fetc"])
      assert.equal(await beside(name), 404, name);
    assert.equal(await status(`${mine}?_HLS_msn=99999999`), 422);
  });

  test("close at once for a session that is cut, while it waits too", async () => {
    const mine = await session("plain");
    const playlist = await (await fetch(mine)).text();
    const newest = Number(/segment-(\d+)\.m4s\n(?!.*#EXTINF)/s.exec(playlist)?.[1] ?? 0) + 2;
    const waiting = status(`${mine}?_HLS_msn=${newest}`);
    const [{ id } = { id: "" }] = (await gateway.viewers()).filter((v) => mine.includes(v.id));
    assert.deepEqual(await gateway.control("POST", "/viewers/cut", { viewers: [id] }), { cut: 1 });
    assert.equal(await status(mine), 401);
    assert.ok([200, 401].includes(await waiting), "others of the camera may still be served");
  });

  test("of a camera that is not there say so", async () => {
    assert.equal(await status(await session("nobody")), 503);
  });

  test("let a session in eight windows and no more", async () => {
    const answers = [];
    for (let i = 0; i < 9; ++i) answers.push(await status(indexOf("plain", { sid: "many" })));
    assert.deepEqual(answers, [...Array.from({ length: 8 }, () => 302), 429]);
    assert.equal(await status(indexOf("b-frames", { sid: "many" })), 302, "an owner has many pits");
  });
});

test("who has stopped asking is forgotten, and the camera let go", async () => {
  await eventually("nobody watches", async () => (await gateway.viewers()).length === 0, 40_000);
  await eventually(
    "the camera rests",
    async () => (await gateway.camera("plain")).state === "idle",
    30_000,
  );
});
