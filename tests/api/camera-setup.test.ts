// A camera is set up over its own interface: what it is told, what it took, and what is said of one that
// will not.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { execute } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { type Answer, call } from "../support/http.ts";
import { type Behaviour, factoryMain, factorySub, IsapiCamera } from "../support/isapiCamera.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { logs } from "../support/stack.ts";
import { putCamera } from "../support/video.ts";
import { newOperator, newPit, newWorkshop } from "../support/workshop.ts";

interface Setting {
  name: string;
  before: string;
  wanted: string;
  after: string | null;
  outcome: "kept" | "taken" | "refused" | "ignored" | "unknown";
  sentence: string;
}
interface Setup {
  verdict: string;
  streams: {
    stream: string;
    channel: number;
    problem: string | null;
    restart_needed: boolean;
    settings: Setting[];
  }[];
}

let owner: SignedIn;
before(async () => {
  owner = await demo("amit");
});

async function ask(camera: IsapiCamera, url = camera.url()): Promise<Answer> {
  const pitId = await newPit();
  await putCamera(pitId, url);
  const answer = await owner.post(`/api/pits/${pitId}/camera/setup`, { http_port: camera.port });
  assert.doesNotMatch(answer.text, /rtsp:|pw-|127\.0\.0\.1/, "no address");
  assert.deepEqual(camera.complaints, []);
  return answer;
}

async function setUp(camera: IsapiCamera): Promise<Setup> {
  const { status, json, text } = await ask(camera);
  assert.equal(status, 200, text);
  return json as Setup;
}

function setting(setup: Setup, name: string, stream = 0): Setting {
  const found = setup.streams[stream]?.settings.find((one) => one.name === name);
  assert.ok(found, `${name} in ${JSON.stringify(setup)}`);
  return found;
}

const outcomes = (setup: Setup, stream = 0) =>
  Object.fromEntries((setup.streams[stream]?.settings ?? []).map((s) => [s.name, s.outcome]));

describe("a camera out of its box", () => {
  let camera: IsapiCamera;
  let setup: Setup;
  before(async () => {
    camera = await IsapiCamera.start();
    setup = await setUp(camera);
  });

  test("has both streams made right, and nothing else of it changed", () => {
    const right = (document: string) =>
      document
        .replace("H.265", "H.264")
        .replace("<H264Profile>Main", "<H264Profile>Baseline")
        .replace(">VBR<", ">CBR<")
        .replace("<GovLength>200", "<GovLength>50")
        .replace(">8000<", ">2000<")
        .replace("  <enabled>true", "  <enabled>false")
        .replace("<SmartCodec><enabled>true", "<SmartCodec><enabled>false");
    assert.equal(
      camera.documents.get(101),
      right(factoryMain(101))
        .replace(">2688<", ">1920<")
        .replace(">1520<", ">1080<")
        .replace("<constantBitRate>8192", "<constantBitRate>2048"),
    );
    assert.equal(
      camera.documents.get(102),
      right(factorySub(102)).replace(">1920<", ">1280<").replace(">1080<", ">720<"),
    );
  });

  test("is told each stream once, and asked again", () => {
    const one = (channel: number) => [`GET ${channel}`, `PUT ${channel}`, `GET ${channel}`];
    assert.deepEqual(camera.seen, [...one(101), ...one(102)]);
    assert.deepEqual(camera.logins, { digest: 6, basic: 0, refused: 0 });
  });

  test("has each setting told of, in a sentence", () => {
    assert.equal(setup.verdict, "pass");
    assert.deepEqual(
      setup.streams.map(({ stream, channel, problem }) => [stream, channel, problem]),
      [
        ["main", 101, null],
        ["sub", 102, null],
      ],
    );
    assert.deepEqual(outcomes(setup), {
      stream: "kept",
      codec: "taken",
      profile: "taken",
      resolution: "taken",
      frame_rate: "kept",
      key_frames: "taken",
      bitrate_type: "taken",
      bitrate: "taken",
      svc: "taken",
      smart_codec: "taken",
    });
    assert.equal(outcomes(setup, 1).bitrate, "kept");
    assert.deepEqual(setting(setup, "key_frames"), {
      name: "key_frames",
      before: "200 pictures",
      wanted: "50 pictures",
      after: "50 pictures",
      outcome: "taken",
      sentence: "The I-frame interval was 200 pictures and is 50 pictures now.",
    });
  });

  test("is told nothing when it is right already", async () => {
    camera.seen.length = 0;
    const again = await setUp(camera);
    assert.equal(again.verdict, "pass");
    assert.ok(Object.values(outcomes(again)).every((outcome) => outcome === "kept"));
    assert.deepEqual(camera.seen, ["GET 101", "GET 102"]);
  });
});

describe("a camera is signed in to", () => {
  const logins: [string, Behaviour][] = [
    ["with SHA-256", { algorithm: "SHA-256" }],
    ["with a nonce for each request", { nonceUses: 1 }],
    ["with a nonce that gets too old on the way", { nonceUses: 2, algorithm: "SHA-256" }],
    ["with digest alone", { offers: ["digest"] }],
  ];
  for (const [how, behaviour] of logins)
    test(how, async () => {
      const camera = await IsapiCamera.start(behaviour);
      assert.equal((await setUp(camera)).verdict, "pass");
      assert.deepEqual(camera.logins, { digest: 6, basic: 0, refused: 0 });
    });

  test("with Basic when it knows nothing else", async () => {
    const camera = await IsapiCamera.start({ offers: ["basic"] });
    assert.equal((await setUp(camera)).verdict, "pass");
    assert.equal(camera.logins.basic, 6);
  });

  test("and not with Basic when it has a digest that is not known here", async () => {
    const camera = await IsapiCamera.start({ offers: ["unknown", "basic"] });
    const { status, json } = await ask(camera);
    assert.deepEqual([status, json.code], [409, "conflict"]);
    assert.match(json.detail, /Set its web authentication to digest/);
    assert.equal(camera.logins.basic, 0);
  });

  test("and with a wrong password once, for it locks out who tries", async () => {
    const camera = await IsapiCamera.start();
    const { status, json } = await ask(camera, camera.url("pw-0000"));
    assert.deepEqual([status, json.code], [409, "conflict"]);
    assert.equal(json.detail, "The camera refuses the user name or the password.");
    assert.equal(camera.logins.refused, 1);
    assert.deepEqual(camera.seen, []);
  });

  test("and not for ever when every nonce is too old", async () => {
    const camera = await IsapiCamera.start({ alwaysStale: true });
    assert.equal((await ask(camera)).status, 409);
    assert.deepEqual(camera.seen, []);
  });

  test("and not at all without a user name", async () => {
    const camera = await IsapiCamera.start();
    const { json } = await ask(camera, "rtsp://127.0.0.1:1/Streaming/Channels/101");
    assert.match(json.detail, /asks for a user name and a password/);
  });
});

describe("a camera that does not do what it is told", () => {
  test("and says OK is not believed", async () => {
    const camera = await IsapiCamera.start({ ignores: ["Video/GovLength"] });
    const setup = await setUp(camera);
    assert.equal(setup.verdict, "warn");
    const length = setting(setup, "key_frames");
    assert.deepEqual([length.outcome, length.after], ["ignored", "200 pictures"]);
    assert.match(length.sentence, /Set it to 50 pictures on the camera's own page/);
    assert.equal(setting(setup, "codec").outcome, "taken");
  });

  test("because it cannot do one thing takes the others", async () => {
    const refuses = ["Video/H264Profile", "Video/SmartCodec/enabled"];
    const camera = await IsapiCamera.start({ refuses });
    const setup = await setUp(camera);
    assert.equal(setup.verdict, "warn");
    const all = outcomes(setup);
    assert.deepEqual([all.profile, all.smart_codec], ["refused", "refused"]);
    assert.equal(Object.values(all).filter((outcome) => outcome === "refused").length, 2);
    assert.equal(camera.value(101, "Video/videoCodecType"), "H.264");
    assert.equal(camera.value(101, "Video/H264Profile"), "Main");
    assert.match(
      setting(setup, "profile").sentence,
      /stays Main: the camera refuses Baseline\. Set it to Baseline/,
    );
  });

  test("and then lets nobody change it any more has what it took told of", async () => {
    const refuses = ["Video/H264Profile"];
    const setup = await setUp(await IsapiCamera.start({ refuses, changesLeft: 2 }));
    assert.equal(outcomes(setup).codec, "taken");
    assert.equal(outcomes(setup).key_frames, "refused");
    assert.match(setup.streams[1]?.problem ?? "", /rights of an administrator/);
  });

  test("and stays with H.265 has failed", async () => {
    const setup = await setUp(await IsapiCamera.start({ ignores: ["Video/videoCodecType"] }));
    assert.equal(setup.verdict, "fail");
  });

  test("before it is restarted says so", async () => {
    const setup = await setUp(await IsapiCamera.start({ restarts: true }));
    assert.equal(setup.verdict, "fail", "it is not right yet");
    assert.equal(setup.streams[0]?.restart_needed, true);
    assert.match(setting(setup, "codec").sentence, /when the camera has been restarted/);
  });

  test("hangs up, and is asked what it made of it", async () => {
    const camera = await IsapiCamera.start({ hangsUp: "once" });
    const setup = await setUp(camera);
    assert.equal(setting(setup, "codec").outcome, "taken");
    assert.deepEqual(camera.seen.slice(0, 3), ["GET 101", "PUT 101", "GET 101"], "told once");
  });

  test("is gone, and nobody knows what it made of it", async () => {
    const setup = await setUp(await IsapiCamera.start({ hangsUp: "for good" }));
    assert.equal(setup.verdict, "fail");
    const codec = setting(setup, "codec");
    assert.deepEqual([codec.outcome, codec.after], ["unknown", null]);
    assert.match(codec.sentence, /does not say what it is now/);
    assert.match(setup.streams[1]?.problem ?? "", /Nothing answers/);
  });

  test("because it has one stream has its main one set up", async () => {
    const setup = await setUp(await IsapiCamera.start({}, { 101: factoryMain(101) }));
    assert.equal(setup.verdict, "warn");
    assert.equal(setup.streams[1]?.problem, "The camera has no sub-stream.");
    assert.equal(setting(setup, "codec").outcome, "taken");
  });
});

describe("what is no camera that can be set up says why", () => {
  const refusals: [string, Behaviour, number, RegExp][] = [
    ["rubbish", { answers: "rubbish" }, 409, /may be no Hikvision/],
    ["a page", { answers: "html" }, 409, /may be no Hikvision/],
    ["entities", { answers: "entities" }, 409, /may be no Hikvision/],
    ["far too much", { answers: "huge" }, 503, /more than a camera's settings are/],
    ["elsewhere", { answers: "redirect" }, 409, /probably to HTTPS/],
    ["an error", { answers: "error" }, 503, /error of its own \(500\)/],
    ["that its user may nothing", { forbidden: "all" }, 409, /rights of an administrator/],
    ["that its user may only look", { forbidden: "changes" }, 409, /rights of an administrator/],
  ];
  for (const [what, behaviour, expected, sentence] of refusals)
    test(`when it answers ${what}`, async () => {
      const camera = await IsapiCamera.start(behaviour);
      const { status, json, headers } = await ask(camera);
      assert.equal(status, expected, json.detail);
      assert.match(String(headers["content-type"]), /^application\/problem\+json/);
      assert.match(json.detail, sentence);
      assert.equal(camera.value(101, "Video/videoCodecType"), "H.265", "and is as it was");
    });

  test("when it has no ISAPI", async () => {
    const { status, json } = await ask(await IsapiCamera.start({}, {}));
    assert.deepEqual([status, json.code], [409, "conflict"]);
    assert.match(json.detail, /it is no Hikvision/);
  });

  test("when nobody is there", async () => {
    const camera = await IsapiCamera.start();
    camera.port = 1;
    const { status, json } = await ask(camera);
    assert.deepEqual([status, json.code], [503, "unavailable"]);
    assert.match(json.detail, /Nothing answers at the camera's HTTP port 1\./);
  });

  test("when it never answers; and nobody else may change it meanwhile", async () => {
    const camera = await IsapiCamera.start({ answers: "nothing" });
    const pitId = await newPit();
    await putCamera(pitId, camera.url());
    const slow = ask(camera);
    await eventually("it is being asked", () => camera.seen.length > 0);
    const second = await owner.post(`/api/pits/${pitId}/camera/setup`, { http_port: camera.port });
    assert.deepEqual([second.status, second.json.code], [429, "rate_limited"]);
    const { status, json } = await slow;
    assert.equal(status, 503);
    assert.equal(json.detail, "The camera does not answer in time.");
    camera.behaviour = {};
    assert.equal((await setUp(camera)).verdict, "pass", "its turn is over");
  });
});

describe("of a recorder", () => {
  test("the camera that the address names is set up, and no other", async () => {
    const camera = await IsapiCamera.start(
      {},
      { 101: factoryMain(101), 301: factoryMain(301), 302: factorySub(302) },
    );
    const answer = await ask(camera, camera.url(undefined, "/Streaming/Channels/302"));
    assert.deepEqual(
      (answer.json as Setup).streams.map(({ channel }) => channel),
      [301, 302],
    );
    assert.equal(camera.documents.get(101), factoryMain(101));
  });

  test("none is, when the address names none", async () => {
    const camera = await IsapiCamera.start();
    const { status, json } = await ask(camera, camera.url(undefined, "/Streaming/Channels/2"));
    assert.equal(status, 409);
    assert.match(json.detail, /must be like \/Streaming\/Channels\/101/);
    assert.deepEqual(camera.seen, []);
  });
});

describe("setting a camera up", () => {
  const entries = (pitId: number) =>
    execute(
      `SELECT before::text || ' → ' || after::text FROM audit_log WHERE action = 'pit.camera_setup' AND subject_id = ${pitId}`,
    );

  test("goes into the audit log with what was changed, and only then", async () => {
    const camera = await IsapiCamera.start();
    const pitId = await newPit();
    await putCamera(pitId, camera.url());
    const body = { http_port: camera.port };
    await owner.post(`/api/pits/${pitId}/camera/setup`, body);
    await owner.post(`/api/pits/${pitId}/camera/setup`, body);
    const [entry, second] = await entries(pitId);
    assert.equal(second, undefined);
    assert.match(entry ?? "", /"name": "codec", "value": "H\.265".*→.*"value": "H\.264"/);
    assert.doesNotMatch(entry ?? "", /frame_rate|pw-/);
  });

  test("reaches no address where no cameras are", async () => {
    const camera = await IsapiCamera.start();
    const pitId = await newPit();
    const path = `/api/pits/${pitId}/camera/setup`;
    const outside = await owner.post(path, { rtsp_url: camera.url(), http_port: camera.port });
    assert.equal(outside.status, 422, outside.text);
    assert.equal(outside.json.errors[0].field, "rtsp_url");
    for (const http_port of [0, 65_536, "80"])
      assert.equal((await owner.post(path, { http_port })).status, 422, `${http_port}`);
    assert.deepEqual([camera.seen, camera.logins.refused], [[], 0]);
    assert.equal((await owner.get(`/api/pits/${pitId}/camera`)).json.has_camera, false);
  });

  test("is for those who set cameras, of their own pits", async () => {
    const camera = await IsapiCamera.start();
    const pitId = await newPit();
    const path = `/api/pits/${pitId}/camera/setup`;
    const body = { http_port: camera.port };
    assert.equal((await owner.post(path, body)).status, 404, "no camera there");
    await putCamera(pitId, camera.url());
    assert.equal((await call("POST", path, { body })).status, 401);
    assert.equal((await (await newOperator(pitId)).post(path, body)).status, 403);
    assert.equal((await (await newWorkshop()).owner.post(path, body)).status, 404);
    assert.deepEqual(camera.seen, []);
    assert.equal((await (await demo("pooja")).post(path, body)).status, 200, "a manager");
    assert.equal((await entries(pitId)).length, 1);
  });
});

test("no log tells an address or a password", () => {
  for (const [name, text] of logs())
    if (/^(server|video)\.log/.test(name))
      assert.doesNotMatch(text, /rtsp:\/\/|pw-3a9d|pw-0000/, name);
});
