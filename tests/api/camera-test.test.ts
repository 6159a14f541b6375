// Looking at a camera before a customer does: what is seen of it, and the sentence that says what to do.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { demo, type SignedIn } from "../support/session.ts";
import { logs } from "../support/stack.ts";
import { Cameras, putCamera, type SimCamera, stackGateway } from "../support/video.ts";
import { newOperator, newPit, newWorkshop } from "../support/workshop.ts";

const plain: SimCamera = { path: "/plain" };
const reordering: SimCamera = { path: "/b-frames", bFrames: 2 };
const seldom: SimCamera = { path: "/seldom", gopFrames: 300 };
const modern: SimCamera = { path: "/Streaming/Channels/101", codec: "h265" };
const sub: SimCamera = { path: "/Streaming/Channels/102" };
const hanging: SimCamera = { path: "/hanging", stallAfterSeconds: 1 };
const guarded: SimCamera = { path: "/guarded", username: "viewer", password: "pw-5e1f" };

let owner: SignedIn;
let cameras: Cameras;
let locked: Cameras;

before(async () => {
  owner = await demo("amit");
  cameras = await Cameras.start([plain, reordering, seldom, modern, sub, hanging]);
  locked = await Cameras.start([guarded]);
});

interface Test {
  verdict: string;
  checks: { name: string; verdict: string; sentence: string }[];
  codec: string;
  profile: string | null;
  width: number | null;
  frames_per_second: number | null;
  keyframe_seconds: number | null;
  kilobits_per_second: number | null;
  b_frames: boolean | null;
  first_picture_ms: number | null;
  clock_offset_s: number | null;
}

async function look(url: string): Promise<Test> {
  const pitId = await newPit();
  await putCamera(pitId, url);
  const { status, json, text } = await owner.post(`/api/pits/${pitId}/camera/test`, {});
  assert.equal(status, 200, text);
  assert.doesNotMatch(text, /rtsp:\/\/|pw-/, "no address");
  return json as Test;
}
const sentence = (seen: Test, name: string) => {
  const check = seen.checks.find((c) => c.name === name);
  assert.ok(check, `${name} in ${JSON.stringify(seen.checks)}`);
  return check;
};

describe("a look at a camera", () => {
  test("measures it, and finds nothing wrong with a good one", async () => {
    const seen = await look(cameras.url(plain));
    assert.deepEqual(
      [seen.codec, seen.profile, seen.b_frames],
      ["H264", "Constrained Baseline", false],
    );
    assert.ok(Math.abs((seen.frames_per_second ?? 0) - 15) < 2, `${seen.frames_per_second}`);
    assert.ok(Math.abs((seen.keyframe_seconds ?? 0) - 2) < 0.4, `${seen.keyframe_seconds}`);
    assert.ok((seen.kilobits_per_second ?? 0) > 100, `${seen.kilobits_per_second}`);
    assert.ok((seen.first_picture_ms ?? 0) > 0);
    assert.ok(Math.abs(seen.clock_offset_s ?? 0) < 5, `${seen.clock_offset_s}`);
    for (const name of ["connection", "codec", "b_frames", "frame_rate", "key_frames"])
      assert.equal(sentence(seen, name).verdict, "pass", sentence(seen, name).sentence);
    assert.notEqual(seen.verdict, "fail");
  });

  test("finds B-frames and key frames that are far apart", async () => {
    const late = await look(cameras.url(reordering));
    assert.equal(late.b_frames, true);
    assert.equal(late.verdict, "warn");
    assert.match(sentence(late, "b_frames").sentence, /Baseline/);
    assert.match(
      sentence(await look(cameras.url(seldom)), "key_frames").sentence,
      /I-frame interval/,
    );
  });

  test("of H.265 offers the camera's sub-stream", async () => {
    const seen = await look(cameras.url(modern));
    assert.equal(seen.verdict, "fail");
    assert.equal(seen.codec, "H265");
    assert.match(
      sentence(seen, "codec").sentence,
      /H\.264 of \d+ × \d+: \/Streaming\/Channels\/102\./,
    );
  });

  test("says what is wrong with a connection", async () => {
    const wrong = await look(locked.url(guarded, "pw-0000"));
    assert.match(sentence(wrong, "connection").sentence, /user name or the password/);
    const nobody = await look("rtsp://127.0.0.1:1/");
    assert.match(sentence(nobody, "connection").sentence, /cable/);
    const elsewhere = await look(`${cameras.url({ path: "/none" })}`);
    assert.match(sentence(elsewhere, "connection").sentence, /no stream at this path/);
    assert.equal((await look(cameras.url(hanging))).codec, "H264");
    for (const seen of [wrong, nobody, elsewhere]) assert.equal(seen.verdict, "fail");
    assert.equal((await look(locked.url(guarded))).codec, "H264", "and the right one is let in");
  });

  test("leaves nothing behind", async () => {
    const pitId = await newPit();
    const count = (await stackGateway.cameras()).length;
    const outside = await owner.post(`/api/pits/${pitId}/camera/test`, {
      rtsp_url: "rtsp://127.0.0.1:554/",
    });
    assert.equal(outside.status, 422, outside.text);
    assert.equal(outside.json.errors[0].field, "rtsp_url");
    assert.equal((await owner.get(`/api/pits/${pitId}/camera`)).json.has_camera, false);
    assert.ok((await stackGateway.cameras()).length <= count);
  });

  test("is for those who set cameras, of their own pits", async () => {
    const pitId = await newPit();
    const path = `/api/pits/${pitId}/camera/test`;
    assert.equal((await owner.post(path, {})).status, 404, "no camera there");
    await putCamera(pitId, cameras.url(plain));
    assert.equal((await (await newOperator(pitId)).post(path, {})).status, 403);
    assert.equal((await (await newWorkshop()).owner.post(path, {})).status, 404);
  });
});

test("no log tells an address or a password", () => {
  for (const [name, text] of logs())
    if (/^(server|video)\.log/.test(name))
      assert.doesNotMatch(text, /rtsp:\/\/|pw-5e1f|pw-0000/, name);
});
