// Real Chromium watches through networks that are not as they should be.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newPortal } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { LossyRelay, otherNetwork } from "../support/network.ts";
import { Cameras, Gateway, type SimCamera, watch, watchAt, watched } from "../support/video.ts";

const camera: SimCamera = { path: "/pit1" };
const path = "pit1-7f3a";
let cameras: Cameras;

before(async () => {
  cameras = await Cameras.start([camera]);
});

async function pageAt(gateway: Gateway, through?: string, permissions: string[] = []) {
  const portal = await newPortal({ baseURL: gateway.url, permissions }, through);
  await portal.page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await portal.page.goto("/healthz");
  return portal;
}

const pictures = (page: Parameters<typeof watched>[0], count: number) =>
  eventually(
    `${count} pictures`,
    async () => {
      const now = await watched(page);
      return now.framesDecoded >= count && now.firstFrameMs !== null ? now : undefined;
    },
    30_000,
  );

describe("where no UDP gets out", () => {
  test("the picture comes over TCP, and the camera's comings and goings do not end it", async () => {
    const network = otherNetwork(4, "without UDP");
    const gateway = await Gateway.start(network.address);
    await gateway.setCameras([{ path, rtsp_url: cameras.url(camera) }]);
    const { page } = await pageAt(gateway, network.through);
    assert.equal(await watch(page, path, gateway.token(path)), 201);
    const seen = await pictures(page, 60);
    assert.ok(seen.width > 0);
    const [viewer] = await gateway.viewers();
    assert.equal(viewer?.transport, "tcp");
    console.log(`    first picture over TCP after ${Math.round(seen.firstFrameMs ?? 0)} ms`);

    await gateway.control("POST", "/viewers/cut", { path });
    await eventually("the browser knows", async () =>
      ["closed", "disconnected", "failed"].includes((await watched(page)).state),
    );
    assert.equal(await gateway.end(), 0);
    assert.doesNotMatch(gateway.log, /Sanitizer|runtime error/);
  });
});

describe("where there is nothing but IPv6", () => {
  for (const [udp, transport] of [
    ["with UDP", "udp"],
    ["without UDP", "tcp"],
  ] as const)
    test(`${udp}, the picture comes over ${transport}`, async () => {
      const network = otherNetwork(6, udp);
      const gateway = await Gateway.start(network.address);
      await gateway.setCameras([{ path, rtsp_url: cameras.url(camera) }]);
      // Without a right to cameras Chromium finds its IPv6 address by asking which way leads to a
      // public one, and on a network of two it finds none.
      const { page } = await pageAt(gateway, network.through, ["camera", "microphone"]);
      assert.equal(await watch(page, path, gateway.token(path)), 201);
      await pictures(page, 30);
      assert.deepEqual(
        (await gateway.viewers()).map((viewer) => viewer.transport),
        [transport],
      );
      assert.equal(await gateway.end(), 0);
      assert.doesNotMatch(gateway.log, /Sanitizer|runtime error/);
    });
});

describe("where one packet in twenty is lost and each is 100 ms on its way", () => {
  test("the picture never stands still for a second", async () => {
    const gateway = await Gateway.start();
    await gateway.setCameras([{ path, rtsp_url: cameras.url(camera) }]);
    const relay = await LossyRelay.start(gateway.webrtcPort, 100, 0.05);
    const { page } = await pageAt(gateway);
    const url = `/${path}/whep?token=${gateway.token(path)}`;
    assert.equal(await watchAt(page, url, relay.port), 201);
    await pictures(page, 30);
    await sleep(20_000);
    const seen = await watched(page);
    const [viewer] = await gateway.viewers();
    assert.equal(viewer?.transport, "udp");
    assert.ok(relay.lost > 100, `${relay.lost} packets were lost`);
    assert.ok((viewer?.retransmitted ?? 0) > 0, "and sent once more");
    assert.ok(seen.longestGapMs < 1_000, `stood still for ${seen.longestGapMs} ms`);
    console.log(
      `    ${relay.lost} of ${relay.lost + relay.passed} packets lost, ${viewer?.retransmitted} sent once more, ` +
        `longest time without a new picture ${Math.round(seen.longestGapMs)} ms, round trip ${viewer?.round_trip_ms} ms`,
    );
  });
});

describe("strangers at the TCP port", () => {
  test("get no answer, and the gateway goes on", async () => {
    const { connect } = await import("node:net");
    const gateway = await Gateway.start();
    await gateway.setCameras([{ path, rtsp_url: cameras.url(camera) }]);
    const say = (bytes: Buffer) =>
      new Promise<number>((resolve) => {
        let heard = 0;
        const socket = connect(gateway.webrtcPort, "127.0.0.1", () => socket.write(bytes));
        socket.on("data", (data) => {
          heard += data.length;
        });
        socket.on("close", () => resolve(heard));
        socket.on("error", () => {});
      });
    const frame = (body: Buffer) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(body.length);
      return Buffer.concat([length, body]);
    };
    const stun = Buffer.concat([
      Buffer.from("000100002112a442", "hex"),
      Buffer.from("0123456789ab"),
    ]);
    const answers = await Promise.all([
      say(Buffer.from("GET / HTTP/1.1\r\n\r\n")),
      say(Buffer.alloc(0)),
      say(frame(Buffer.from([20, 254, 253]))),
      say(frame(stun)),
      say(Buffer.from([255, 255, ...Buffer.alloc(70_000)])),
    ]);
    assert.deepEqual(answers, [0, 0, 0, 0, 0]);
    const { page } = await pageAt(gateway);
    assert.equal(await watch(page, path, gateway.token(path)), 201);
    await pictures(page, 10);
    assert.equal(await gateway.end(), 0);
    assert.doesNotMatch(gateway.log, /Sanitizer|runtime error/);
  });
});
