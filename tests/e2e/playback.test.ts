// What was recorded, through the whole product: the owner finds it, plays it, takes it home, keeps a part of it and
// shows it to others; nobody else gets any of it; and what is too old goes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { accessibilityFaults, fillLogin, newPortal, phone } from "../support/browser.ts";
import { execute } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { Live } from "../support/live.ts";
import { demo, type SignedIn, signIn } from "../support/session.ts";
import { currentStatus, loginOf, pit, varFolder } from "../support/stack.ts";
import { Cameras, putCamera, type SimCamera, streamPathOf } from "../support/video.ts";
import { newOperator, newPit, newWorkshop, runningJob, setStatus } from "../support/workshop.ts";

const camera: SimCamera = { path: "/playback" };
const folder = mkdtempSync(join(tmpdir(), "pitview-playback-"));
const recordings = join(varFolder, "recordings");
let cameras: Cameras;
let owner: SignedIn;
let customer: SignedIn;
let customerPassword: string;
let pitId: number;
let jobId: number;
/** Twelve seconds that were recorded for sure. */
let from: string;
let to: string;

interface Span {
  from: string;
  to: string;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ms = (time: string) => Date.parse(time);
const timeline = async (who = owner, id = pitId) => {
  const hour = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`;
  return who.get(`/api/pits/${id}/recordings?${hour}`);
};
const playbackOf = (who: SignedIn, range = `from=${from}&to=${to}`, id = pitId) =>
  who.get(`/api/pits/${id}/playback?${range}`);

/** As a player that knows nothing of us sees it. */
function probe(input: string): { seconds: number; pictures: number } {
  const args =
    "-v error -count_packets -select_streams v -show_entries stream=nb_read_packets:format=duration -of json";
  const seen = JSON.parse(execFileSync("ffprobe", [...args.split(" "), input]).toString());
  return {
    seconds: Number(seen.format.duration),
    pictures: Number(seen.streams[0].nb_read_packets),
  };
}

/** Where a player is sent that opens this. */
async function opened(hlsUrl: string): Promise<string> {
  const answer = await fetch(hlsUrl, { redirect: "manual" });
  assert.equal(answer.status, 302, await answer.text());
  return new URL(answer.headers.get("location") ?? "", hlsUrl).href;
}

before(async () => {
  owner = await demo("amit");
  pitId = await newPit();
  cameras = await Cameras.start([camera]);
  await putCamera(pitId, cameras.url(camera));
  const job = await runningJob(pitId);
  ({ job_id: jobId, customer } = job);
  customerPassword = job.login.password;
  const span = await eventually(
    "sixteen seconds are recorded",
    async (): Promise<Span | undefined> => {
      const { status, json, text } = await timeline();
      assert.equal(status, 200, text);
      const [first] = json.spans as Span[];
      return first && ms(first.to) - ms(first.from) > 16_000 ? first : undefined;
    },
    60_000,
  );
  from = new Date(ms(span.from) + 2_500).toISOString();
  to = new Date(ms(span.from) + 14_500).toISOString();
});

after(async () => {
  await setStatus(jobId, "cancelled").catch(() => {});
  rmSync(folder, { recursive: true, force: true });
});

describe("a recording", () => {
  test("goes on without a gap while the job runs", async () => {
    const { json } = await timeline();
    assert.equal(json.spans.length, 1, JSON.stringify(json));
    assert.ok(json.size_bytes > 100_000);
    const last = json.spans[0] as Span;
    assert.ok(Date.now() - ms(last.to) < 12_000, "the index is some seconds behind");
  });

  test("plays over HLS, from the key frame before the time that was asked for", async () => {
    const { status, json, text } = await playbackOf(owner);
    assert.equal(status, 200, text);
    const { seconds, pictures } = probe(json.hls_url);
    assert.ok(seconds >= 12 && seconds <= 15.5, `${seconds} s`);
    assert.ok(pictures >= 12 * 14, `${pictures} pictures`);
    const playlist = await (await fetch(json.hls_url)).text();
    const began = ms(/#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(playlist)?.[1] ?? "");
    assert.ok(began <= ms(from) && ms(from) - began < 2_500, `${began - ms(from)} ms`);
  });

  test("is one file to take home, which every player takes", async () => {
    const { json } = await playbackOf(owner);
    const answer = await fetch(json.mp4_url);
    assert.equal(answer.status, 200);
    assert.match(
      answer.headers.get("content-disposition") ?? "",
      /^attachment; filename="pit-\d+-\d{8}-\d{4}\.mp4"$/,
    );
    const file = join(folder, "clip.mp4");
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(bytes.length, Number(answer.headers.get("content-length")));
    writeFileSync(file, bytes);
    const { seconds, pictures } = probe(file);
    assert.ok(seconds >= 12 && seconds <= 15.5, `${seconds} s`);
    assert.ok(pictures >= 12 * 14, `${pictures} pictures`);
    assert.ok(bytes.indexOf("moov") < bytes.indexOf("mdat"), "it plays while it comes");
    assert.equal(bytes.indexOf("moof"), -1, "and is not in fragments");
    assert.equal(
      execFileSync("ffmpeg", ["-v", "error", "-i", file, "-f", "null", "-"]).toString(),
      "",
      "it decodes without complaint",
    );
  });

  test("of a time when nothing was recorded is not there", async () => {
    const hourBefore = `from=${new Date(ms(from) - 3_600_000).toISOString()}&to=${new Date(ms(from) - 3_000_000).toISOString()}`;
    assert.equal((await playbackOf(owner, hourBefore)).status, 404);
    assert.equal((await playbackOf(owner, `from=${to}&to=${from}`)).status, 422);
    const day = `from=${new Date(ms(from) - 80_000_000).toISOString()}&to=${to}`;
    assert.equal((await playbackOf(owner, day)).status, 422, "more than six hours");
  });
});

describe("nobody else", () => {
  test("gets a recording from the server", async () => {
    const strangers: [string, SignedIn, number][] = [
      ["an operator of the pit", await newOperator(pitId), 403],
      ["the customer", customer, 403],
      ["another workshop", (await newWorkshop()).owner, 404],
    ];
    for (const [who, session, status] of strangers) {
      assert.equal((await playbackOf(session)).status, status, who);
      assert.equal((await timeline(session)).status, status, who);
      const clip = await session.post(`/api/pits/${pitId}/clips`, { from, to, title: "Theirs" });
      assert.equal(clip.status, status, who);
    }
  });

  test("gets one from the gateway: a token is for one range", async () => {
    const live = (await customer.get(`/api/pits/${pitId}/stream`)).json;
    const { json } = await playbackOf(owner);
    const withLive = json.hls_url.replace(/token=.*/, `token=${live.token}`);
    assert.equal((await fetch(withLive)).status, 403, "a customer's token for the live picture");
    const token = new URL(json.hls_url).searchParams.get("token");
    const other = json.hls_url.replace(String(ms(from)), String(ms(from) - 60_000));
    assert.equal((await fetch(other)).status, 403, "another time");
    assert.equal(
      (await fetch(live.hls_url.replace(live.token, token))).status,
      403,
      "the live picture",
    );
    assert.equal((await fetch(json.hls_url.replace(/token=.*/, ""))).status, 401);
  });

  test("gets what lies outside of the range that a session was opened for", async () => {
    const { json } = await playbackOf(owner);
    const playlist = await opened(json.hls_url);
    const text = await (await fetch(playlist)).text();
    const segment = /^(\d+)-(\d+)-(\d+)\.m4s$/m.exec(text);
    assert.ok(segment, text);
    const [, file, first = "", count = ""] = segment;
    const at = (name: string) => fetch(new URL(name, playlist)).then((answer) => answer.status);
    assert.equal(await at(`${file}-${first}-${count}.m4s`), 200);
    assert.equal(await at(`${file}-1-1.m4s`), 404, "before it");
    assert.equal(await at(`${file}-${first}-100000.m4s`), 404, "behind it");
    assert.equal(await at(`1780000000000-1-1.m4s`), 404);
    const elsewhere = playlist.replace(/pit-[0-9a-f]+/, await streamPathOf(await newPit()));
    assert.equal((await fetch(elsewhere)).status, 401, "another path");
  });

  test("goes on when the right has ended", async () => {
    const again = await signIn("amit", loginOf("amit").password);
    const playlist = await opened((await playbackOf(again)).json.hls_url);
    assert.equal((await fetch(playlist)).status, 200);
    await again.post("/api/auth/logout", {});
    const began = performance.now();
    await eventually("it is cut", async () => (await fetch(playlist)).status === 401, 5_000);
    assert.ok(performance.now() - began < 3_000);
  });
});

describe("a clip", () => {
  let clipId: number;

  before(async () => {
    const live = await Live.open(owner);
    const { status, json, text } = await owner.post(`/api/pits/${pitId}/clips`, {
      from,
      to,
      title: "The hood, before and after",
    });
    assert.equal(status, 201, text);
    assert.equal(json.status, "pending");
    clipId = json.id;
    await live.next(
      "clip",
      (event) => event.data.clip_id === clipId && event.data.status === "ready",
    );
    await live.close();
  });

  const clip = async () =>
    (
      (await owner.get(`/api/clips?pit_id=${pitId}`)).json as {
        id: number;
        status: string;
        size_bytes: number;
      }[]
    ).find(({ id }) => id === clipId);
  const isOpen = (token: string) => call("POST", "/api/shared-clips", { body: { token } });

  test("is made, and plays", async () => {
    const made = await clip();
    assert.equal(made?.status, "ready");
    assert.ok((made?.size_bytes ?? 0) > 50_000);
    const { json } = await owner.get(`/api/clips/${clipId}/playback`);
    const { seconds } = probe(json.hls_url);
    assert.ok(seconds >= 12 && seconds <= 15.5, `${seconds} s`);
    assert.equal((await fetch(json.mp4_url)).status, 200);
  });

  test("is another workshop's business as little as any", async () => {
    const { owner: other } = await newWorkshop();
    assert.equal((await other.get(`/api/clips/${clipId}/playback`)).status, 404);
    assert.equal((await other.post(`/api/clips/${clipId}/share`, { days: 1 })).status, 404);
    assert.deepEqual((await other.get("/api/clips")).json, []);
  });

  test("is seen by who has its link, until it is taken back", async () => {
    const {
      status,
      json: share,
      text,
    } = await owner.post(`/api/clips/${clipId}/share`, { days: 7 });
    assert.equal(status, 201, text);
    assert.match(share.url, /\/c\/[\w-]{40,}$/);
    const token = share.url.split("/").at(-1) as string;
    const { json: shared } = await isOpen(token);
    assert.equal(shared.title, "The hood, before and after");
    assert.ok(probe(shared.playback.hls_url).seconds >= 12);
    const playlist = await opened(shared.playback.hls_url);
    await sleep(1_200);
    assert.equal((await fetch(playlist)).status, 200, "the server lets it");

    assert.equal((await owner.del(`/api/clips/${clipId}/share`)).status, 204);
    assert.equal((await isOpen(token)).json.code, "link_invalid");
    await eventually("it is cut", async () => (await fetch(playlist)).status === 401, 5_000);
    assert.equal((await isOpen(`${token.slice(0, -1)}A`)).json.code, "link_invalid");
  });

  test("a link ends by itself, and another one ends the one before", async () => {
    const first = (await owner.post(`/api/clips/${clipId}/share`, { days: 1 })).json.url
      .split("/")
      .at(-1);
    const second = (await owner.post(`/api/clips/${clipId}/share`, { days: 1 })).json.url
      .split("/")
      .at(-1);
    assert.equal((await isOpen(first)).json.code, "link_invalid");
    assert.equal((await isOpen(second)).status, 200);
    await execute(`UPDATE clips SET share_expires_at = now() WHERE id = ${clipId}`);
    assert.equal((await isOpen(second)).json.code, "link_invalid");
  });

  test("goes when it is kept no longer", async () => {
    const [name] = await execute(`SELECT count(*) FROM clips WHERE id = ${clipId}`);
    assert.equal(name, "1");
    const playlist = await opened((await owner.get(`/api/clips/${clipId}/playback`)).json.hls_url);
    assert.equal((await owner.del(`/api/clips/${clipId}`)).status, 204);
    assert.equal(await clip(), undefined);
    await eventually("it is cut", async () => (await fetch(playlist)).status === 401, 5_000);
    await eventually(
      "and gone",
      async () => (await execute(`SELECT 1 FROM clips WHERE id = ${clipId}`)).length === 0,
    );
  });
});

describe("a completed job", () => {
  test("has a time-lapse, for its customer too, and for nobody else", async () => {
    const lapse = (who: SignedIn) => who.get(`/api/jobs/${jobId}/time-lapse`);
    assert.deepEqual((await lapse(owner)).json, { status: "none", playback: null }, "not yet");
    const others: [string, SignedIn][] = [
      ["another workshop", (await newWorkshop()).owner],
      ["an operator", await newOperator(pitId)],
      ["another job's customer", (await runningJob(await newPit())).customer],
    ];
    await setStatus(jobId, "quality_check");
    await setStatus(jobId, "completed");
    const { hls_url, mp4_url } = await eventually(
      "it is made",
      async () => {
        const answer = await lapse(customer);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.json.playback !== null, answer.json.status === "ready", answer.text);
        // Whether it is being made is nobody else's business either.
        for (const [who, session] of others) assert.equal((await lapse(session)).status, 404, who);
        return answer.json.playback ?? undefined;
      },
      90_000,
    );
    const { seconds, pictures } = probe(hls_url);
    assert.ok(seconds >= 33 && seconds <= 35, `half a minute and two cards: ${seconds} s`);
    assert.ok(pictures > 20 + 10, `${pictures} pictures`);
    const mp4 = Buffer.from(await (await fetch(mp4_url)).arrayBuffer());
    assert.ok(mp4.indexOf("moov") > 0);
    if (process.env.PITVIEW_SCREENSHOTS !== undefined)
      writeFileSync(join(process.env.PITVIEW_SCREENSHOTS, "time-lapse.mp4"), mp4);
    for (const [who, session] of others) assert.equal((await lapse(session)).status, 404, who);
    const { page, complaints, close } = await newPortal({ viewport: phone });
    await page.goto("/");
    await fillLogin(page, customer.username, customerPassword);
    await page.getByTestId("time-lapse").waitFor();
    await eventually("it plays on the customer's page", () =>
      page.evaluate(() => (document.querySelector("video")?.currentTime ?? 0) > 3),
    );
    if (process.env.PITVIEW_SCREENSHOTS !== undefined)
      await page.screenshot({ path: `${process.env.PITVIEW_SCREENSHOTS}/customer-time-lapse.png` });
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(complaints(), []);
    await close();

    const [clip] = (await owner.get(`/api/clips?pit_id=${pitId}`)).json;
    assert.equal(clip.kind, "time_lapse");
    assert.equal((await customer.get(`/api/clips/${clip.id}/playback`)).status, 403);
    await execute(
      `UPDATE jobs SET actual_end_time = now() - interval '31 days', actual_start_time = now() - interval '32 days'
       WHERE id = ${jobId}`,
    );
    assert.ok((await lapse(customer)).status >= 400, "its page is open for thirty days");
  });
});

describe("what is too old", () => {
  test("goes, with its row; what the gateway has found again at its start is known again", async () => {
    const path = await streamPathOf(pitId);
    const [workshop] = readdirSync(recordings).filter((name) =>
      existsSync(join(recordings, name, path)),
    );
    assert.ok(workshop, "the pit's recordings");
    const old = new Date(Date.now() - 8 * 86_400_000);
    const file = join(recordings, workshop, path, `${old.getTime()}.pvr`);
    writeFileSync(file, "of a week ago");
    utimesSync(file, old, old);
    const before = currentStatus().pids.video;
    pit("kill", "video");
    await eventually(
      "the gateway is back",
      () => ![before, null].includes(currentStatus().pids.video),
      30_000,
    );
    await eventually("the old recording is let go", async () => !existsSync(file), 90_000);
    const rows = () =>
      execute(
        `SELECT 1 FROM recordings WHERE pit_id = ${pitId} AND began_at < now() - interval '7 days'`,
      );
    await eventually("and forgotten", async () => (await rows()).length === 0, 20_000);
    assert.equal((await playbackOf(owner)).status, 200, "the others are there");
    assert.ok(probe((await playbackOf(owner)).json.hls_url).seconds >= 12);
  });
});
