import { type Transport, TransportFailure } from "./transport";

const everyMs = 2_000;
/** The better ways are tried again then. */
const longestMs = 20_000;

/** A picture every two seconds, where nothing that moves gets through. */
export const stillTransport: Transport = {
  name: "stills",

  isSupported: () => true,

  async open(video, grant, onLost, signal) {
    const show = async (): Promise<void> => {
      const url = `${grant.stillUrl}&width=640&t=${Date.now()}`;
      await load(url);
      if (isOpen) video.poster = url;
    };
    let isOpen = true;
    await show();
    signal.throwIfAborted();
    let misses = 0;
    const timer = setInterval(() => {
      show().then(
        () => {
          misses = 0;
        },
        () => {
          misses += 1;
          if (misses > 2) onLost();
        },
      );
    }, everyMs);
    const end = setTimeout(onLost, longestMs);
    return {
      showsStills: true,
      latencyMs: async () => null,
      close: () => {
        isOpen = false;
        clearInterval(timer);
        clearTimeout(end);
        video.removeAttribute("poster");
      },
    };
  },
};

/** Until the browser has it, so that the next one replaces the last without a gap. */
function load(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener("load", () => resolve());
    image.addEventListener("error", () => reject(new TransportFailure("failed", "no still")));
    image.src = url;
  });
}
