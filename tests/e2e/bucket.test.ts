// Recordings that are copied into an object store, as the gateway's users see it: what was recorded plays, however
// little of it the disk still has.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { Cameras, Gateway, ObjectStore, type SimCamera } from "../support/video.ts";

interface State {
  recordings: {
    bucket: {
      files: number;
      waiting_files: number;
      waiting_bytes: number;
      fault: string | null;
    } | null;
  };
}
interface Told {
  changes: {
    path: string;
    began_ms: number;
    ended_ms: number;
    bytes: number;
    removed: boolean;
  }[];
}

const camera: SimCamera = { path: "/plain" };
let cameras: Cameras;

before(async () => {
  cameras = await Cameras.start([camera]);
});

const bucketOf = async (gateway: Gateway) =>
  (await gateway.control<State>("GET", "/state")).recordings.bucket;
const told = async (gateway: Gateway) =>
  (await gateway.control<Told>("GET", "/recordings")).changes;

/** Records for so long; what there is then. */
async function record(gateway: Gateway, ms: number): Promise<Told["changes"]> {
  const plain = { path: "plain", rtsp_url: cameras.url(camera), always_on: true };
  await gateway.setCameras([{ ...plain, record: "shop-1" }]);
  await eventually("it is recorded", async () =>
    (await told(gateway)).some(({ began_ms, ended_ms }) => ended_ms - began_ms > ms),
  );
  await gateway.setCameras([plain]);
  await eventually("it is whole", async () => !(await gateway.camera("plain")).recorded);
  return await told(gateway);
}

/** How many pictures ffprobe finds in it, played as HLS and taken home as MP4. */
function picturesOf(gateway: Gateway, from: number, to: number): { hls: number; mp4: number } {
  const address = `plain/recordings/${from}-${to}`;
  const [hls = 0, mp4 = 0] = ["index.m3u8", "clip.mp4"].map((name) => {
    const url = `${gateway.url}/${address}/${name}?token=${gateway.token(address)}`;
    const args = "-v error -count_packets -select_streams v -show_entries stream=nb_read_packets";
    const seen = execFileSync("ffprobe", [...args.split(" "), "-of", "json", url]).toString();
    return Number(JSON.parse(seen).streams[0].nb_read_packets);
  });
  return { hls, mp4 };
}

test("a machine that has lost its disk plays what was recorded", async () => {
  const store = await ObjectStore.start();
  const gateway = await Gateway.start("127.0.0.1", store);
  const [recording] = await record(gateway, 4_000);
  assert.ok(recording);
  await eventually("it is copied", async () => (await bucketOf(gateway))?.files === 1);
  const range = [recording.began_ms, recording.ended_ms] as const;
  const before = picturesOf(gateway, ...range);
  assert.ok(before.hls > 50 && before.mp4 === before.hls, JSON.stringify(before));

  await gateway.end();
  rmSync(gateway.recordings, { recursive: true });
  const next = await gateway.again();
  const known = await eventually("it has read the bucket", () => told(next).catch(() => undefined));
  assert.deepEqual(
    known.map(({ path, began_ms, ended_ms }) => [path, began_ms, ended_ms]),
    [["plain", ...range]],
  );
  assert.deepEqual(next.recorded(), [], "nothing of it is on the disk");
  assert.deepEqual(picturesOf(next, ...range), before);

  const answer = await next.control<{ removed: number }>("POST", "/recordings/remove", {
    recordings: [{ path: "plain", began_ms: recording.began_ms }],
  });
  assert.equal(answer.removed, 1);
  await next.end();
  const last = await next.again();
  const left = await eventually("it has read the bucket", () => told(last).catch(() => undefined));
  assert.deepEqual(left, [], "what was removed is gone from there too");
});

test("a store that is away costs nothing; what waits is told, and copied when it is back", async () => {
  const store = await ObjectStore.start();
  const gateway = await Gateway.start("127.0.0.1", store);
  await record(gateway, 1_000);
  await eventually("it is copied", async () => (await bucketOf(gateway))?.files === 1);
  await store.end();
  const all = await record(gateway, 2_000);
  const bucket = await eventually("it is told", async () => {
    const seen = await bucketOf(gateway);
    return seen?.fault ? seen : undefined;
  });
  assert.match(bucket.fault ?? "", /^The object store does not answer: /);
  assert.equal(bucket.waiting_files, 1);
  assert.ok(bucket.waiting_bytes > 10_000);
  const last = all.at(-1);
  assert.ok(last);
  assert.ok(picturesOf(gateway, last.began_ms, last.ended_ms).hls > 20);
  await ObjectStore.start(store.port);
  await eventually("it is copied", async () => (await bucketOf(gateway))?.files === 2, 30_000);
  assert.equal((await bucketOf(gateway))?.fault, null);
});

test("without a bucket there is none", async () => {
  assert.equal(await bucketOf(await Gateway.start()), null);
});
