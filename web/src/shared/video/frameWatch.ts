/**
 * When the last new picture was shown. Browsers that cannot tell of each one (Firefox until 132)
 * are asked how far the video's time has come.
 */
export class FrameWatch {
  readonly #video: HTMLVideoElement;
  readonly #now: () => number;
  #lastMs: number | null = null;
  #handle: number | null = null;
  #time = 0;

  constructor(video: HTMLVideoElement, now: () => number) {
    this.#video = video;
    this.#now = now;
    if (typeof video.requestVideoFrameCallback === "function") this.#ask();
  }

  /** Null: none yet. */
  lastMs(): number | null {
    if (this.#handle === null && this.#video.currentTime !== this.#time) {
      this.#time = this.#video.currentTime;
      this.#lastMs = this.#now();
    }
    return this.#lastMs;
  }

  stop(): void {
    if (this.#handle !== null) this.#video.cancelVideoFrameCallback(this.#handle);
    this.#handle = null;
  }

  #ask(): void {
    this.#handle = this.#video.requestVideoFrameCallback(() => {
      this.#lastMs = this.#now();
      this.#ask();
    });
  }
}
