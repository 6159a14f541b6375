import { backoffMs } from "../live/backoff";
import { FrameWatch } from "./frameWatch";
import {
  type StreamGrant,
  type Transport,
  TransportFailure,
  type TransportSession,
} from "./transport";

/**
 * Keeps a live picture in one <video>: asks for a grant, tries one transport after the other, watches
 * that pictures come, and begins anew with back-off when they end. Says all the time how things are.
 * Plain class without React, so that tests can drive every turn of it.
 */

export type PlayerState =
  | { kind: "idle" }
  | { kind: "connecting" }
  | { kind: "live"; transport: Transport["name"]; latencyMs: number | null }
  /** Nothing that moves gets through: a new picture every two seconds. */
  | { kind: "stills" }
  /** Connected, and the picture stands still. */
  | { kind: "frozen" }
  | { kind: "reconnecting" }
  /** The camera is not there. */
  | { kind: "offline" }
  /** The right to watch has ended. */
  | { kind: "ended" };

export type GrantResult =
  | { kind: "grant"; grant: StreamGrant }
  | { kind: "ended" }
  | { kind: "failed"; retryAfterMs: number | null };

export interface PlayerParts {
  getGrant: () => Promise<GrantResult>;
  /** The best first. */
  transports: readonly Transport[];
  random: () => number;
  now?: () => number;
  isHidden?: () => boolean;
}

/** Without a picture for so long, the next transport is tried. */
const firstPictureMs = 3_000;
const frozenMs = 1_500;
/** A session that stands still for so long is begun anew. */
const lostMs = 10_000;
const lookMs = 250;
const latencyEveryMs = 2_000;
const longestWaitMs = 15_000;
/** Nobody looks at a page that has been hidden for so long. */
const hiddenMs = 30_000;

export class LivePlayer {
  readonly #video: HTMLVideoElement;
  readonly #parts: Required<PlayerParts>;
  readonly #listeners = new Set<() => void>();
  #state: PlayerState = { kind: "idle" };
  #stop: AbortController | null = null;
  #wake: (() => void) | null = null;
  #failures = 0;
  #isWoken = false;
  /** What worked last comes first. */
  #preferred = 0;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(video: HTMLVideoElement, parts: PlayerParts) {
    this.#video = video;
    this.#parts = {
      now: () => performance.now(),
      isHidden: () => document.visibilityState === "hidden",
      ...parts,
    };
  }

  readonly state = (): PlayerState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    document.addEventListener("visibilitychange", this.#visibilityChanged);
    this.#begin();
  }

  /** Lets go of the picture and of everything that was under way. */
  stop(): void {
    document.removeEventListener("visibilitychange", this.#visibilityChanged);
    clearTimeout(this.#hiddenTimer);
    this.#end();
    this.#set({ kind: "idle" });
  }

  /** There is reason to believe that it works now: do not sit out the back-off. */
  wake(): void {
    this.#failures = 0;
    this.#isWoken = true;
    this.#wake?.();
  }

  #begin(): void {
    if (this.#stop !== null) return;
    this.#stop = new AbortController();
    this.#failures = 0;
    void this.#run(this.#stop.signal);
  }

  #end(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#wake?.();
  }

  readonly #visibilityChanged = (): void => {
    clearTimeout(this.#hiddenTimer);
    if (!this.#parts.isHidden()) {
      this.#begin();
    } else {
      this.#hiddenTimer = setTimeout(() => {
        this.#end();
        this.#set({ kind: "idle" });
      }, hiddenMs);
    }
  };

  async #run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      if (this.#state.kind !== "offline")
        this.#set({
          kind: this.#failures === 0 && this.#state.kind === "idle" ? "connecting" : "reconnecting",
        });
      const result = await this.#parts.getGrant();
      if (stopped.aborted) return;
      if (result.kind === "ended") {
        this.#set({ kind: "ended" });
        return;
      }
      let waitMs: number | null = result.kind === "failed" ? result.retryAfterMs : null;
      if (result.kind === "grant") {
        const outcome = await this.#watch(result.grant, stopped);
        if (stopped.aborted) return;
        if (outcome === "offline") this.#set({ kind: "offline" });
        else if (this.#state.kind !== "reconnecting") this.#set({ kind: "reconnecting" });
        if (outcome === "lost") waitMs = 0;
      }
      this.#failures = waitMs === 0 ? 0 : this.#failures + 1;
      waitMs ??= Math.min(backoffMs(this.#failures - 1, this.#parts.random()), longestWaitMs);
      if (waitMs > 0) await this.#sleep(waitMs);
    }
  }

  /** With the first transport that brings a picture, until it is lost. */
  async #watch(grant: StreamGrant, stopped: AbortSignal): Promise<"lost" | "offline" | "failed"> {
    const { transports } = this.#parts;
    const first = this.#preferred;
    for (let i = 0; i < transports.length && !stopped.aborted; ++i) {
      const index = (first + i) % transports.length;
      const transport = transports[index];
      if (transport === undefined || !transport.isSupported()) continue;
      const outcome = await this.#watchThrough(transport, grant, stopped);
      if (outcome === "offline") return outcome;
      if (outcome === "lost") {
        // Stills are for want of anything better: that is tried again first.
        this.#preferred = transport.name === "stills" ? 0 : index;
        return outcome;
      }
      if (outcome === "unsuitable") this.#preferred = (index + 1) % transports.length;
    }
    return "failed";
  }

  async #watchThrough(
    transport: Transport,
    grant: StreamGrant,
    stopped: AbortSignal,
  ): Promise<"lost" | "offline" | "unsuitable" | "failed"> {
    const { now } = this.#parts;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), firstPictureMs);
    const frames = new FrameWatch(this.#video, now);
    let isLost = false;
    const onLost = () => {
      isLost = true;
      this.#wake?.();
    };
    let session: TransportSession | null = null;
    const began = now();
    try {
      const signal = AbortSignal.any([stopped, giveUp.signal]);
      session = await transport.open(this.#video, grant, onLost, signal);
      clearTimeout(timer);
      if (session.showsStills) {
        this.#set({ kind: "stills" });
        this.#isWoken = false;
        while (!stopped.aborted && !isLost && !this.#isWoken) await this.#sleep(lookMs);
        return "lost";
      }
      let latencyMs: number | null = null;
      let latencyDueMs = 0;
      while (!stopped.aborted && !isLost) {
        const last = frames.lastMs();
        const stillMs = now() - (last ?? began);
        if (last === null && stillMs > firstPictureMs) return "failed";
        // A hidden page is shown no pictures; that says nothing.
        if (!this.#parts.isHidden() && last !== null && stillMs > lostMs) return "lost";
        if (last !== null && now() >= latencyDueMs) {
          latencyDueMs = now() + latencyEveryMs;
          latencyMs = await session.latencyMs().catch(() => null);
        }
        if (last !== null)
          this.#set(
            stillMs > frozenMs && !this.#parts.isHidden()
              ? { kind: "frozen" }
              : { kind: "live", transport: transport.name, latencyMs },
          );
        await this.#sleep(lookMs);
      }
      return frames.lastMs() === null ? "failed" : "lost";
    } catch (error) {
      return error instanceof TransportFailure ? error.reason : "failed";
    } finally {
      clearTimeout(timer);
      frames.stop();
      session?.close();
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const wake = () => done();
      function done() {
        clearTimeout(timer);
        resolve();
      }
      this.#wake = wake;
    });
  }

  #set(state: PlayerState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
