import type Hls from "hls.js";

/** Plays one recording in a <video> and knows the time of day of what it shows. */
export class RecordingPlayer {
  readonly #video: HTMLVideoElement;
  readonly #onLost: () => void;
  #hls: Hls | null = null;
  #isClosed = false;

  /** `onLost`: it was cut, or cannot be played. */
  constructor(video: HTMLVideoElement, onLost: () => void) {
    this.#video = video;
    this.#onLost = onLost;
  }

  /** Plays as soon as there is something. */
  async open(url: string): Promise<void> {
    if (typeof MediaSource === "undefined") {
      this.#video.src = url;
      this.#video.addEventListener("error", this.#onLost);
      void this.#video.play().catch(() => {});
      return;
    }
    const { default: Library } = await import("hls.js/light");
    if (this.#isClosed) return;
    // A worker of its own would come from a blob:, which the content security policy forbids.
    this.#hls = new Library({ enableWorker: false, startPosition: 0 });
    this.#hls.on(Library.Events.ERROR, (_, data) => {
      if (data.fatal) this.#onLost();
    });
    this.#hls.on(Library.Events.MANIFEST_PARSED, () => {
      void this.#video.play().catch(() => {});
    });
    this.#hls.loadSource(url);
    this.#hls.attachMedia(this.#video);
  }

  /** When what is shown was recorded; null before the first picture. */
  shownAtMs(): number | null {
    if (this.#hls !== null) return this.#hls.playingDate?.getTime() ?? null;
    // Safari: the date of position 0.
    const start = (this.#video as { getStartDate?: () => Date }).getStartDate?.().getTime();
    return start === undefined || Number.isNaN(start)
      ? null
      : start + this.#video.currentTime * 1000;
  }

  close(): void {
    this.#isClosed = true;
    this.#hls?.destroy();
    this.#hls = null;
    this.#video.removeEventListener("error", this.#onLost);
    this.#video.removeAttribute("src");
    this.#video.load();
  }
}
