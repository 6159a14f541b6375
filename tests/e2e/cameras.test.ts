// What a workshop's camera may turn out to be: each either plays, or says in plain words why not,
// and never takes another camera with it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { newPortal, type Portal } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { withoutParameterSets } from "../support/rtspProxy.ts";
import { Cameras, Gateway, type SimCamera, sdpOffer, watch, watched } from "../support/video.ts";

const plain: SimCamera = { path: "/plain" };
const guarded: SimCamera = { path: "/guarded", username: "viewer", password: "pw-7c1e" };
const modern: SimCamera = { path: "/h265", codec: "h265" };
const reordering: SimCamera = { path: "/b-frames", bFrames: 2 };
const sliced: SimCamera = { path: "/sliced", slices: 4 };
const hanging: SimCamera = { path: "/hanging", stallAfterSeconds: 4 };
const shrinking: SimCamera = { path: "/shrinking", shrinkAfterSeconds: 4 };

let gateway: Gateway;
let cameras: Cameras;
let portal: Portal;

before(async () => {
  gateway = await Gateway.start();
  cameras = await Cameras.start([plain, modern, reordering, sliced, hanging, shrinking]);
  // One server asks everybody for a password or nobody.
  const locked = await Cameras.start([guarded]);
  const inBand = await withoutParameterSets(cameras.port);
  const url = (camera: SimCamera) => cameras.url(camera);
  await gateway.setCameras([
    { path: "plain", rtsp_url: url(plain), always_on: true },
    { path: "guarded", rtsp_url: locked.url(guarded) },
    { path: "other-password", rtsp_url: locked.url(guarded, "pw-0000") },
    { path: "h265", rtsp_url: url(modern) },
    { path: "b-frames", rtsp_url: url(reordering) },
    { path: "sliced", rtsp_url: url(sliced) },
    { path: "hanging", rtsp_url: url(hanging) },
    { path: "shrinking", rtsp_url: url(shrinking) },
    { path: "in-band", rtsp_url: `rtsp://127.0.0.1:${inBand}${plain.path}` },
    { path: "nobody", rtsp_url: "rtsp://127.0.0.1:1/" },
  ]);
  portal = await newPortal({ baseURL: gateway.url });
  await portal.page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
});

after(async () => {
  assert.equal(await gateway.end(), 0);
  assert.doesNotMatch(gateway.log, /Sanitizer|runtime error/);
  assert.doesNotMatch(gateway.log, /pw-7c1e|pw-0000|rtsp:\/\//, "no password, no address");
});

async function plays(path: string, count = 30): Promise<{ width: number; height: number }> {
  await portal.page.goto("/healthz");
  await eventually(
    `${path} is let in`,
    async () => (await watch(portal.page, path, gateway.token(path))) === 201,
  );
  return eventually(
    `${count} pictures of ${path}`,
    async () => {
      const now = await watched(portal.page);
      return now.framesDecoded >= count && now.width > 0 ? now : undefined;
    },
    30_000,
  );
}

/** What a browser is told that asks for it. */
async function refusal(path: string): Promise<{ status: number; code: string; detail: string }> {
  const answer = await fetch(`${gateway.url}/${path}/whep?token=${gateway.token(path)}`, {
    method: "POST",
    body: await sdpOffer(portal.page),
  });
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  return { status: answer.status, code, detail };
}

describe("a camera that plays", () => {
  test("with a password", async () => {
    await plays("guarded");
  });

  test("with its parameter sets among the pictures only", async () => {
    await plays("in-band");
    assert.equal((await gateway.camera("in-band")).fault, null);
  });

  test("with four NAL units a picture", async () => {
    await plays("sliced");
    assert.equal((await gateway.camera("sliced")).damaged, 0);
  });

  test("and then sends smaller pictures", async () => {
    const { width } = await plays("shrinking", 10);
    const smaller = await eventually(
      "the smaller picture",
      async () => {
        const now = await watched(portal.page);
        return now.width > 0 && now.width < width ? now : undefined;
      },
      30_000,
    );
    assert.equal(smaller.width, width / 2);
    assert.equal((await gateway.camera("shrinking")).width, width / 2);
    assert.equal(smaller.state, "connected", "the session went on");
  });

  test("and then hangs without closing is asked anew, and the session goes on", async () => {
    await plays("hanging", 10);
    await eventually(
      "it is found silent",
      async () => (await gateway.camera("hanging")).fault === "silent",
      20_000,
    );
    const before = (await watched(portal.page)).framesDecoded;
    await eventually(
      "the pictures go on",
      async () => (await watched(portal.page)).framesDecoded > before + 15,
      30_000,
    );
    assert.ok((await gateway.camera("hanging")).connections >= 2);
    assert.equal((await watched(portal.page)).state, "connected");
  });
});

describe("a still", () => {
  const still = (path: string, change: object = {}) =>
    fetch(`${gateway.url}/${path}/still.jpg?width=640&token=${gateway.token(path, change)}`);

  test("is there of a camera that nobody watches, and of one with B-frames", async () => {
    for (const path of ["plain", "sliced", "b-frames"]) {
      const answer = await still(path);
      assert.equal(answer.status, 200, path);
      assert.ok((await answer.arrayBuffer()).byteLength > 5_000, path);
    }
    await eventually(
      "the camera rests again",
      async () => (await gateway.camera("sliced")).state === "idle",
      30_000,
    );
  });

  test("is never of before: when the camera has gone, there is none", async () => {
    const gone: SimCamera = { path: "/gone" };
    const own = await Cameras.start([gone]);
    const rest = (await gateway.control<{ path: string }[]>("GET", "/cameras")).map(
      ({ path }) => path,
    );
    assert.ok(!rest.includes("gone"));
    await gateway.addCamera({ path: "gone", rtsp_url: own.url(gone), always_on: true });
    assert.equal((await still("gone")).status, 200);
    await own.end("SIGKILL");
    await eventually("it is missed", async () => (await gateway.camera("gone")).fault !== null);
    assert.equal((await still("gone")).status, 503);
  });

  test("is given to many who ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => still("plain")));
    assert.ok(answers.every(({ status }) => status === 200));
  });

  test("is for those with a token, and not of a camera that is away", async () => {
    assert.equal((await fetch(`${gateway.url}/plain/still.jpg`)).status, 401);
    assert.equal(
      (await fetch(`${gateway.url}/plain/still.jpg?token=${gateway.token("sliced")}`)).status,
      403,
    );
    assert.equal((await still("nobody")).status, 503);
  });
});

describe("a camera that cannot be shown says why", () => {
  const state = async (path: string, fault: string) => {
    await refusal(path);
    return eventually(`${path}: ${fault}`, async () => {
      const camera = await gateway.camera(path);
      return camera.fault === fault ? camera : undefined;
    });
  };

  test("with another password", async () => {
    const camera = await state("other-password", "unauthorized");
    assert.match(camera.detail ?? "", /user name|password/i);
    const { status, code, detail } = await refusal("other-password");
    assert.deepEqual([status, code], [503, "unavailable"]);
    assert.equal(detail, "The camera is not online.", "the camera's business is not the browser's");
  });

  test("that nobody answers for", async () => {
    const camera = await state("nobody", "unreachable");
    assert.ok(camera.detail);
  });

  test("with H.265", async () => {
    const camera = await state("h265", "no_video");
    assert.equal(camera.detail, "The camera sends H265; browsers need H.264.");
    assert.equal(camera.codec, "H265");
  });

  test("with B-frames", async () => {
    const { status, code, detail } = await eventually("a judgement", async () => {
      const answer = await refusal("b-frames");
      return answer.status === 503 ? undefined : answer;
    });
    assert.deepEqual([status, code], [409, "conflict"]);
    assert.match(detail, /B-frames/);
    assert.ok((await gateway.camera("b-frames")).b_slices > 0);
  });

  test("and disturbs no other", async () => {
    assert.equal((await gateway.camera("plain")).connections, 1);
    await plays("plain");
  });
});
