// Live video through the whole product: who may watch gets a stream, others do not, and whoever
// may no longer is cut within a second; what the gateway sees reaches the workshop.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { newPortal, type Portal } from "../support/browser.ts";
import { execute } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { Live } from "../support/live.ts";
import { killServer } from "../support/server.ts";
import { claimsOf, demo, type SignedIn, signIn } from "../support/session.ts";
import { currentStatus, loginOf, logs, pit } from "../support/stack.ts";
import { newTenant, platform } from "../support/tenants.ts";
import {
  Cameras,
  putCamera,
  type SimCamera,
  sdpOffer,
  stackGateway,
  watchAt,
  watched,
} from "../support/video.ts";
import { newOperator, newPit, newWorkshop, runningJob, setStatus } from "../support/workshop.ts";

const camera: SimCamera = { path: "/streams" };
let cameras: Cameras;
let owner: SignedIn;
let pitId: number;
let portal: Portal;
let offer: string;

before(async () => {
  owner = await demo("amit");
  pitId = await newPit();
  cameras = await Cameras.start([camera]);
  await putCamera(pitId, cameras.url(camera));
  portal = await newPortal();
  await portal.page.goto("/");
  offer = await sdpOffer(portal.page);
});

const streamOf = (who: SignedIn, id = pitId) => who.get(`/api/pits/${id}/stream`);

/** The status of a WHEP offer; a viewer of an accepted one stays for some seconds without a browser. */
async function whep(url: string): Promise<{ status: number; code?: string }> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/sdp" },
    body: offer,
  });
  if (answer.status === 201) return { status: 201 };
  return { status: answer.status, code: ((await answer.json()) as { code: string }).code };
}

/** Watches without a browser; the camera may still be on its way to the gateway. */
async function join(who: SignedIn, id = pitId): Promise<string> {
  return eventually(
    "a place at the gateway",
    async () => {
      const { status, json, text } = await streamOf(who, id);
      assert.equal(status, 200, text);
      return (await whep(json.stream_url)).status === 201 ? (json.stream_url as string) : undefined;
    },
    20_000,
  );
}

const sessionOf = (who: SignedIn) => String(claimsOf(who.token).sid);
const places = async (who: SignedIn): Promise<number> =>
  (await stackGateway.viewers()).filter(({ session }) => session === sessionOf(who)).length;

const cutsAfterMs: number[] = [];

async function isCutBy(who: SignedIn, end: () => Promise<unknown>): Promise<void> {
  assert.equal(await places(who), 1, "watches");
  await end();
  const began = performance.now();
  await eventually("the stream is cut", async () => (await places(who)) === 0, 5_000);
  cutsAfterMs.push(Math.round(performance.now() - began));
}

/** As the browser sees it. */
const pictureWidth = (jpeg: Buffer): Promise<number> =>
  portal.page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return (await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }))).width;
  }, jpeg.toString("base64"));

describe("a stream", () => {
  test("plays in a page of the portal, which comes from another origin", async () => {
    await join(owner);
    const { json } = await streamOf(owner);
    assert.equal(await watchAt(portal.page, json.stream_url), 201);
    const seen = await eventually(
      "thirty pictures",
      async () => {
        const now = await watched(portal.page);
        return now.framesDecoded >= 30 ? now : undefined;
      },
      20_000,
    );
    assert.ok(seen.width > 0);
    assert.deepEqual(portal.complaints(), [], "Content-Security-Policy and CORS let it through");
  });

  test("has an address that says nothing, and a token of a minute", async () => {
    const { json } = await streamOf(owner);
    assert.match(json.whep_url, /\/pit-[0-9a-f]{32}\/whep$/);
    assert.equal(json.stream_url, `${json.whep_url}?token=${json.token}`);
    assert.equal(json.hls_url, json.whep_url.replace("whep", `index.m3u8?token=${json.token}`));
    assert.equal(
      (await fetch(json.hls_url)).headers.get("content-type"),
      "application/vnd.apple.mpegurl",
    );
    const still = await fetch(`${json.still_url}&width=320`);
    assert.equal(still.headers.get("content-type"), "image/jpeg");
    assert.equal(await pictureWidth(Buffer.from(await still.arrayBuffer())), 320);
    const left = Date.parse(json.expires_at) - Date.now();
    assert.ok(left > 50_000 && left <= 60_000, `${left}`);
    assert.deepEqual(Object.keys(claimsOf(json.token)).sort(), [
      "aud",
      "exp",
      "path",
      "sid",
      "sub",
    ]);
  });

  test("of one pit does not open another", async () => {
    const other = await newPit();
    await putCamera(other, cameras.url(camera));
    const [mine, theirs] = [(await streamOf(owner)).json, (await streamOf(owner, other)).json];
    assert.notEqual(mine.whep_url, theirs.whep_url);
    assert.equal((await whep(`${theirs.whep_url}?token=${mine.token}`)).status, 403);
  });

  test("is refused where there is no camera, no pit, and to whom the pit is not shown", async () => {
    const refused: [string, SignedIn, number][] = [
      ["no camera", owner, await newPit()],
      ["no pit", owner, 999_999_999],
      ["another workshop", (await newWorkshop()).owner, pitId],
      ["an operator elsewhere", await newOperator(await newPit()), pitId],
      ["the platform", await platform(), pitId],
    ];
    for (const [what, who, id] of refused) {
      const { status, json } = await streamOf(who, id);
      assert.ok([403, 404].includes(status), `${what}: ${status}`);
      assert.equal(json.stream_url, undefined, what);
    }
  });
});

describe("whoever may no longer watch is cut", () => {
  after(() => console.log(`    cut after ${cutsAfterMs.join(", ")} ms`));

  test("signed out", async () => {
    const who = await newOperator(pitId);
    const url = await join(who);
    await isCutBy(who, () => who.post("/api/auth/logout"));
    assert.deepEqual(await whep(url), { status: 401, code: "session_ended" }, "with the old token");
  });

  test("signed out from afar", async () => {
    const who = await newOperator(pitId);
    await join(who);
    await isCutBy(who, async () => {
      const by = await signIn(who.username, loginOf("imran").password);
      assert.equal((await by.del(`/api/sessions/${sessionOf(who)}`)).status, 204);
    });
  });

  test("the permission of an operator taken away", async () => {
    const who = await newOperator(pitId);
    await join(who);
    const id = Number(claimsOf(who.token).sub);
    await isCutBy(who, async () => {
      const { status, text } = await owner.put(`/api/staff/${id}/pits`, { pit_ids: [] });
      assert.equal(status, 200, text);
    });
    assert.equal((await streamOf(who)).status, 404);
  });

  test("the job completed", async () => {
    const mine = await newPit();
    await putCamera(mine, cameras.url(camera));
    const { customer, job_id } = await runningJob(mine);
    await join(customer, mine);
    await setStatus(job_id, "quality_check");
    assert.equal(await places(customer), 1, "quality is still checked in front of the camera");
    await isCutBy(customer, () => setStatus(job_id, "completed"));
    assert.equal((await streamOf(customer, mine)).status, 404);
  });

  test("the workshop suspended, and let in again after it is resumed", async () => {
    const tenant = await newWorkshop();
    await putCamera(tenant.pitId, cameras.url(camera));
    const suspend = (status: string) =>
      execute(
        `UPDATE workshops SET subscription_status = '${status}' WHERE code = '${tenant.code}'`,
      );
    await join(tenant.owner, tenant.pitId);
    await isCutBy(tenant.owner, () => suspend("suspended"));
    const refused = await streamOf(tenant.owner, tenant.pitId);
    assert.deepEqual([refused.status, refused.json.code], [403, "forbidden"]);
    await suspend("active");
    await join(tenant.owner, tenant.pitId);
  });

  test("but not the customer of a running job by the workshop's suspension", async () => {
    const tenant = await newTenant();
    await putCamera(tenant.pitId, cameras.url(camera));
    await Promise.all([tenant.owner, tenant.customer].map((who) => join(who, tenant.pitId)));
    await isCutBy(tenant.owner, () =>
      execute(
        `UPDATE workshops SET subscription_status = 'suspended' WHERE id = ${tenant.workshopId}`,
      ),
    );
    assert.equal(await places(tenant.customer), 1);
    assert.equal((await streamOf(tenant.customer, tenant.pitId)).status, 200);
  });

  test("but nobody by a job that begins or ends at the pit", async () => {
    const mine = await newPit();
    await putCamera(mine, cameras.url(camera));
    const who = await newOperator(mine);
    await join(who, mine);
    const [before] = (await stackGateway.viewers()).filter((v) => v.session === sessionOf(who));
    const { job_id } = await runningJob(mine);
    const known = (await stackGateway.cameras()).find(({ path }) => path === before?.path);
    await setStatus(job_id, "quality_check");
    await setStatus(job_id, "completed");
    await new Promise((resolve) => setTimeout(resolve, 5_000)); // the gateway is told every 2 s
    const [after] = (await stackGateway.viewers()).filter((v) => v.session === sessionOf(who));
    assert.equal(after?.id, before?.id);
    const still = (await stackGateway.cameras()).find(({ path }) => path === before?.path);
    assert.equal(still?.connections, known?.connections, "and the camera notices nothing either");
  });

  test("the camera taken away", async () => {
    const mine = await newPit();
    await putCamera(mine, cameras.url(camera));
    const who = await signIn("amit", loginOf("amit").password);
    await join(who, mine);
    await isCutBy(who, async () => {
      assert.equal((await who.del(`/api/pits/${mine}/camera`)).status, 204);
    });
  });
});

describe("what the gateway sees", () => {
  test("of a customer is in the log of who watches", async () => {
    const mine = await newPit();
    await putCamera(mine, cameras.url(camera));
    const { customer, job_id } = await runningJob(mine);
    const live = await Live.open(owner);
    await join(customer, mine);
    const event = await live.next("viewer", ({ data }) => data.job_id === job_id);
    assert.equal(event.data.watching, true);
    const [view] = (await owner.get(`/api/jobs/${job_id}/viewers?watching=true`)).json;
    assert.equal(view.channel, "video");
    await customer.post("/api/auth/logout");
    await eventually("the end is noted", async () => {
      const [past] = (await owner.get(`/api/jobs/${job_id}/viewers`)).json;
      return past.ended_at !== null;
    });
    await live.close();
  });

  test("of a camera is told live and shown with the pit", async () => {
    const lonely: SimCamera = { path: "/lonely" };
    let own = await Cameras.start([lonely]);
    const mine = await newPit();
    const statusOf = async () => (await owner.get(`/api/pits/${mine}`)).json.camera.status;
    assert.equal(await statusOf(), "none");
    await putCamera(mine, own.url(lonely));
    assert.equal(await statusOf(), "unknown", "nobody has asked for its pictures");
    const live = await Live.open(owner);
    await runningJob(mine); // watched from now on, whether or not anybody looks
    // Each piece of news is taken once, so that a second "online" is another one.
    let seen = 0;
    const news = (status: string) =>
      eventually(
        `the camera is ${status}`,
        () => {
          const all = live.all("camera_status").filter(({ data }) => data.pit_id === mine);
          const found = all.findIndex(({ data }, i) => i >= seen && data.status === status);
          if (found >= 0) seen = found + 1;
          return found >= 0;
        },
        30_000,
      );
    await news("online");
    assert.equal(await statusOf(), "online");
    await own.end("SIGKILL");
    await news("offline");
    assert.equal(await statusOf(), "offline");
    const alert = await eventually(
      "an alert, after half a minute",
      () => live.frames.find(({ event, data }) => event === "alert" && data.pit_id === mine),
      45_000,
    );
    assert.equal(alert.data.alert_type, "camera_offline");
    own = await Cameras.start([lonely], own.port);
    await news("online");
    await live.close();
  });
});

describe("a restart", () => {
  test("of the gateway loses no camera", async () => {
    const before = currentStatus().pids.video;
    pit("kill", "video");
    await eventually(
      "the gateway is back",
      () => ![before, null].includes(currentStatus().pids.video),
      30_000,
    );
    await join(owner);
  });

  test("of the server cuts nobody who may watch", async () => {
    const who = await newOperator(pitId);
    await join(who);
    const before = (await stackGateway.viewers()).find(({ session }) => session === sessionOf(who));
    assert.ok(before);
    await killServer();
    await join(owner);
    const after = (await stackGateway.viewers()).find(({ session }) => session === sessionOf(who));
    assert.equal(after?.id, before.id);
  });
});

test("no log tells a camera's address or a token", () => {
  for (const [name, text] of logs()) {
    if (!/^(server|video)\.log/.test(name)) continue;
    assert.doesNotMatch(text, /rtsp:\/\/|token=|eyJ/, name);
  }
});
