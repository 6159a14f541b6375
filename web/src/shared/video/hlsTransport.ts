import type Hls from "hls.js";
import {
  failureOfStatus,
  type Transport,
  TransportFailure,
  type TransportSession,
} from "./transport";

/** Low-latency HLS: for networks that let only HTTP through, and for cameras with B-frames. */
export const hlsTransport: Transport = {
  name: "hls",

  isSupported: () => typeof MediaSource !== "undefined" || playsHlsItself(),

  async open(video, grant, onLost, signal) {
    // Loaded only where it is needed: it is as large as the rest of the page.
    const Library = playsWithMediaSource() ? (await import("hls.js/light")).default : null;
    signal.throwIfAborted();
    return Library === null
      ? openInVideo(video, grant.hlsUrl, onLost)
      : openWith(new Library(options), Library, video, grant.hlsUrl, onLost, signal);
  },
};

/** A worker of its own would come from a blob:, which the content security policy forbids. */
const options = { lowLatencyMode: true, enableWorker: false, maxLiveSyncPlaybackRate: 1.2 };

const playsWithMediaSource = (): boolean => typeof MediaSource !== "undefined";

/** Safari on phones. */
const playsHlsItself = (): boolean =>
  document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "";

function openInVideo(video: HTMLVideoElement, url: string, onLost: () => void): TransportSession {
  video.src = url;
  video.addEventListener("error", onLost);
  void video.play().catch(() => {});
  return {
    latencyMs: async () => null,
    close: () => {
      video.removeEventListener("error", onLost);
      video.removeAttribute("src");
      video.load();
    },
  };
}

function openWith(
  hls: Hls,
  { Events }: typeof Hls,
  video: HTMLVideoElement,
  url: string,
  onLost: () => void,
  signal: AbortSignal,
): Promise<TransportSession> {
  const close = () => hls.destroy();
  return new Promise((resolve, reject) => {
    const fail = (failure: TransportFailure) => {
      close();
      reject(failure);
    };
    let isOpen = false;
    signal.addEventListener("abort", () => {
      if (!isOpen) fail(new TransportFailure("failed", "given up"));
    });
    hls.on(Events.ERROR, (_, data) => {
      if (!data.fatal) return;
      if (isOpen) onLost();
      else if (data.response?.code !== undefined && data.response.code >= 400)
        fail(failureOfStatus(data.response.code));
      else fail(new TransportFailure("failed", data.details));
    });
    hls.on(Events.LEVEL_LOADED, () => {
      if (isOpen) return;
      isOpen = true;
      void video.play().catch(() => {});
      resolve({
        close,
        latencyMs: async () => (hls.latency > 0 ? Math.round(hls.latency * 1000) : null),
      });
    });
    hls.loadSource(url);
    hls.attachMedia(video);
  });
}
