import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type GrantResult, LivePlayer, type PlayerState } from "./livePlayer";
import { type Transport, TransportFailure, type TransportSession } from "./transport";

const grant: GrantResult = {
  kind: "grant",
  grant: {
    whepUrl: "https://video/pit/whep",
    hlsUrl: "https://video/pit/index.m3u8",
    stillUrl: "https://video/pit/still.jpg?token=t",
    token: "t",
  },
};

/** A <video> that shows a picture when the test says so. */
class FakeVideo {
  currentTime = 0;
  readonly #asked = new Map<number, () => void>();
  #handles = 0;
  requestVideoFrameCallback(callback: () => void): number {
    this.#asked.set(++this.#handles, callback);
    return this.#handles;
  }
  cancelVideoFrameCallback(handle: number): void {
    this.#asked.delete(handle);
  }
  picture(): void {
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const callback of asked) callback();
  }
}

/** A transport that opens, or fails, as the test says. */
class FakeTransport implements Transport {
  readonly name: Transport["name"];
  opened = 0;
  closed = 0;
  aborted = 0;
  lose: () => void = () => {};
  outcome: TransportFailure | "opens" | "hangs" = "opens";
  constructor(name: Transport["name"]) {
    this.name = name;
  }
  isSupported = () => true;
  open(_video: unknown, _grant: unknown, onLost: () => void, signal: AbortSignal) {
    this.opened += 1;
    this.lose = onLost;
    if (this.outcome instanceof TransportFailure) return Promise.reject(this.outcome);
    signal.addEventListener("abort", () => {
      this.aborted += 1;
    });
    const session: TransportSession = {
      latencyMs: async () => 120,
      ...(this.name === "stills" ? { showsStills: true as const } : {}),
      close: () => {
        this.closed += 1;
      },
    };
    if (this.outcome === "opens") return Promise.resolve(session);
    return new Promise<TransportSession>((_, reject) => {
      signal.addEventListener("abort", () => reject(new TransportFailure("failed", "given up")));
    });
  }
}

let video: FakeVideo;
let webrtc: FakeTransport;
let hls: FakeTransport;
let stills: FakeTransport;
let player: LivePlayer;
let states: PlayerState["kind"][];
let hidden: boolean;
const getGrant = vi.fn<() => Promise<GrantResult>>();

const settle = () => vi.advanceTimersByTimeAsync(0);
/** Time passes in which a picture comes every 100 ms. */
async function watchFor(ms: number) {
  for (let passed = 0; passed < ms; passed += 100) {
    video.picture();
    await vi.advanceTimersByTimeAsync(100);
  }
}
const kind = () => player.state().kind;

beforeEach(() => {
  vi.useFakeTimers();
  video = new FakeVideo();
  webrtc = new FakeTransport("webrtc");
  hls = new FakeTransport("hls");
  stills = new FakeTransport("stills");
  states = [];
  hidden = false;
  getGrant.mockReset().mockResolvedValue(grant);
  player = new LivePlayer(video as unknown as HTMLVideoElement, {
    getGrant,
    transports: [webrtc, hls, stills],
    random: () => 0,
    now: () => Date.now(),
    isHidden: () => hidden,
  });
  player.subscribe(() => states.push(kind()));
});

afterEach(() => player.stop());

test("it is live once a picture is shown, and not before", async () => {
  player.start();
  await vi.advanceTimersByTimeAsync(500);
  expect(kind()).toBe("connecting");
  await watchFor(500);
  expect(player.state()).toEqual({ kind: "live", transport: "webrtc", latencyMs: 120 });
  expect(states).toEqual(["connecting", "live"]);
  await watchFor(5_000);
  expect(webrtc.aborted, "it opened in time").toBe(0);
});

test("a way that brings no picture in three seconds is given up for the next", async () => {
  player.start();
  await vi.advanceTimersByTimeAsync(3_300);
  expect(webrtc.closed).toBe(1);
  await watchFor(500);
  expect(player.state()).toMatchObject({ kind: "live", transport: "hls" });
});

test("a way that hangs while it opens is given up as well", async () => {
  webrtc.outcome = "hangs";
  player.start();
  await vi.advanceTimersByTimeAsync(3_100);
  expect(hls.opened).toBe(1);
});

test("what worked last comes first the next time", async () => {
  webrtc.outcome = new TransportFailure("unsuitable", "B-frames");
  player.start();
  await settle();
  await watchFor(500);
  hls.lose();
  await settle();
  await watchFor(300);
  expect(webrtc.opened).toBe(1);
  expect(hls.opened).toBe(2);
});

test("where nothing that moves gets through there are stills, and what moves is tried again", async () => {
  webrtc.outcome = hls.outcome = new TransportFailure("failed", "blocked");
  player.start();
  await settle();
  expect(kind()).toBe("stills");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(kind()).toBe("stills");
  webrtc.outcome = "opens";
  stills.lose();
  await settle();
  await watchFor(500);
  expect(player.state()).toMatchObject({ kind: "live", transport: "webrtc" });
});

test("stills give way at once when there is reason to believe in better", async () => {
  webrtc.outcome = hls.outcome = new TransportFailure("failed", "blocked");
  player.start();
  await settle();
  webrtc.outcome = "opens";
  player.wake();
  await settle();
  await watchFor(500);
  expect(player.state()).toMatchObject({ kind: "live", transport: "webrtc" });
});

test("a camera that is not online is said to be so, and no other way is tried", async () => {
  webrtc.outcome = new TransportFailure("offline", "503");
  player.start();
  await settle();
  expect(kind()).toBe("offline");
  expect(hls.opened).toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(kind()).toBe("offline");
  expect(webrtc.opened).toBeGreaterThan(4);
  webrtc.outcome = "opens";
  player.wake();
  await settle();
  await watchFor(300);
  expect(kind()).toBe("live");
});

test("a picture that stands still is called so, and begun anew when it does not go on", async () => {
  player.start();
  await settle();
  await watchFor(500);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(kind()).toBe("frozen");
  await watchFor(300);
  expect(kind()).toBe("live");
  await vi.advanceTimersByTimeAsync(10_500);
  expect(webrtc.closed).toBe(1);
  expect(webrtc.opened).toBe(2);
});

test("a session that ends is begun anew with a new grant, without delay", async () => {
  player.start();
  await settle();
  await watchFor(500);
  webrtc.lose();
  await settle();
  expect(kind()).toBe("reconnecting");
  expect(getGrant).toHaveBeenCalledTimes(2);
  await watchFor(300);
  expect(kind()).toBe("live");
});

test("the right that ends is the end", async () => {
  player.start();
  await settle();
  await watchFor(300);
  getGrant.mockResolvedValue({ kind: "ended" });
  webrtc.lose();
  await settle();
  expect(kind()).toBe("ended");
  await vi.advanceTimersByTimeAsync(120_000);
  expect(getGrant).toHaveBeenCalledTimes(2);
});

test("a server that cannot be asked is asked again, more and more seldom, and as it wishes", async () => {
  getGrant.mockResolvedValue({ kind: "failed", retryAfterMs: null });
  player.start();
  await vi.advanceTimersByTimeAsync(60_000);
  const asked = getGrant.mock.calls.length;
  expect(asked).toBeGreaterThan(5);
  expect(asked).toBeLessThan(20);
  getGrant.mockResolvedValue({ kind: "failed", retryAfterMs: 30_000 });
  while (getGrant.mock.calls.length === asked) await vi.advanceTimersByTimeAsync(100);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(getGrant.mock.calls.length).toBe(asked + 1);
});

test("a page that nobody looks at lets go after half a minute, and comes back at once", async () => {
  player.start();
  await settle();
  await watchFor(300);
  hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(kind()).toBe("live");
  await vi.advanceTimersByTimeAsync(10_500);
  expect(kind()).toBe("idle");
  expect(webrtc.closed).toBe(1);
  hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  await watchFor(300);
  expect(kind()).toBe("live");
});

test("a stopped player asks for nothing more and lets go", async () => {
  player.start();
  await settle();
  await watchFor(300);
  player.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(kind()).toBe("idle");
  expect(webrtc.closed).toBe(1);
  expect(getGrant).toHaveBeenCalledTimes(1);
});
