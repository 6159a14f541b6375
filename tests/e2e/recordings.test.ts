// What is recorded of a camera: from the running job to a file that lies sealed on the disk, of
// which a kill -9 costs a second at most, and which ffprobe plays as MP4.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import {
  Cameras,
  Gateway,
  putCamera,
  type SimCamera,
  stackGateway,
  streamPathOf,
} from "../support/video.ts";
import { newPit, runningJob, setStatus } from "../support/workshop.ts";

const plain: SimCamera = { path: "/plain" };
const reordering: SimCamera = { path: "/reordering", bFrames: 2 };
let cameras: Cameras;

before(async () => {
  cameras = await Cameras.start([plain, reordering]);
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Times of showing, in seconds, in order. */
function picturesOf(mp4: Buffer, folder: string): number[] {
  const file = join(folder, "exported.mp4");
  writeFileSync(file, mp4);
  const shown = execFileSync("ffprobe", [
    ...[
      "-v",
      "error",
      "-select_streams",
      "v",
      "-show_entries",
      "packet=pts_time",
      "-of",
      "csv=p=0",
    ],
    file,
  ]);
  return shown
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map(Number.parseFloat)
    .sort((a, b) => a - b);
}

test("a kill -9 costs a second at most; what is left plays", async () => {
  const gateway = await Gateway.start();
  const wanted = [
    { path: "plain", rtsp_url: cameras.url(plain), always_on: true },
    { path: "reordering", rtsp_url: cameras.url(reordering), always_on: true },
  ];
  await gateway.setCameras(wanted);
  // The encoder of a camera that has just begun is slow with its first pictures, and 30 are a group.
  for (const { path } of wanted)
    await eventually("it is under way", async () => (await gateway.camera(path)).frames > 40);
  assert.deepEqual(gateway.recorded(), []);
  const framesOf = async () =>
    Promise.all(wanted.map(async ({ path }) => (await gateway.camera(path)).frames));
  const before = await framesOf();
  await gateway.setCameras(wanted.map((camera) => ({ ...camera, record: "shop-1" })));
  await eventually("both are recorded", () => gateway.recorded().length === 2);
  const began = Date.now();
  await sleep(5_000);
  const after = await framesOf();
  await gateway.end("SIGKILL");
  const killed = Date.now();
  for (const recording of gateway.recorded()) {
    const times = picturesOf(gateway.exported(recording), dirname(gateway.recordings));
    // The last ones may still want the B-frames between them.
    if (recording.includes("reordering")) times.splice(-3);
    const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0);
    const least = (killed - began) / 1000 - 1;
    assert.ok(seconds >= least, `${recording}: ${seconds} s of at least ${least} s`);
    // Whatever the camera sent, in time or not, but the last second of it.
    const of = wanted.findIndex(({ path }) => recording.includes(`/${path}/`));
    const sent = (after[of] ?? 0) - (before[of] ?? 0);
    assert.ok(times.length >= sent - 18, `${recording}: ${times.length} pictures of ${sent}`);
    assert.equal(readFileSync(recording).indexOf("moof"), -1, "nothing of it can be seen");
  }
});

test("another master key opens nothing, and says so", async () => {
  const gateway = await Gateway.start();
  await gateway.setCameras([{ path: "plain", rtsp_url: cameras.url(plain), record: "shop-1" }]);
  const recording = await eventually("it is recorded", () => gateway.recorded()[0]);
  await gateway.setCameras([{ path: "plain", rtsp_url: cameras.url(plain) }]);
  await sleep(500);
  const { size } = statSync(recording);
  await sleep(1_500);
  assert.equal(statSync(recording).size, size, "what is not to be recorded is not");
  writeFileSync(join(dirname(gateway.recordings), "master"), "0".repeat(64));
  assert.throws(() => gateway.exported(recording), /another master key/);
});

test("a camera is recorded while a job runs at its pit, and half a minute more", async () => {
  const pitId = await newPit();
  await putCamera(pitId, cameras.url(plain));
  const path = await streamPathOf(pitId);
  const isRecorded = async () =>
    (await stackGateway.cameras()).some((camera) => camera.path === path && camera.recorded);
  await eventually("it is known", async () =>
    (await stackGateway.cameras()).some((camera) => camera.path === path),
  );
  assert.equal(await isRecorded(), false);
  const { job_id } = await runningJob(pitId);
  await eventually("it is recorded", isRecorded);
  const [report] = (await stackGateway.cameras()).filter((camera) => camera.path === path);
  assert.equal(report?.viewers, 0, "and nobody watches");
  await setStatus(job_id, "quality_check");
  assert.equal(await isRecorded(), true);
  await setStatus(job_id, "completed");
  await sleep(5_000);
  assert.equal(await isRecorded(), true);
  await eventually("and no more", async () => !(await isRecorded()), 45_000);
});
