import { failureOfStatus, type StreamGrant, type Transport, TransportFailure } from "./transport";

/** WebRTC through WHEP (RFC 9725); over TCP by itself where no UDP gets out. */
export const whepTransport: Transport = {
  name: "webrtc",

  isSupported: () => typeof RTCPeerConnection !== "undefined",

  async open(video, grant, onLost, signal) {
    const connection = new RTCPeerConnection();
    let address: string | null = null;
    const close = () => {
      connection.close();
      if (address !== null) leave(address);
      if (video.srcObject !== null) video.srcObject = null;
    };
    try {
      connection.addTransceiver("video", { direction: "recvonly" });
      connection.addEventListener("track", (event) => {
        const [stream] = event.streams;
        video.srcObject = stream ?? new MediaStream([event.track]);
        void video.play().catch(() => {});
      });
      await connection.setLocalDescription();
      const answer = await post(grant, connection.localDescription?.sdp ?? "", signal);
      address = answer.address;
      signal.throwIfAborted();
      await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      connection.addEventListener("connectionstatechange", () => {
        if (["disconnected", "failed", "closed"].includes(connection.connectionState)) onLost();
      });
      return { close, latencyMs: () => latencyOf(connection) };
    } catch (error) {
      close();
      throw error instanceof TransportFailure ? error : new TransportFailure("failed", `${error}`);
    }
  },
};

async function post(
  grant: StreamGrant,
  offer: string,
  signal: AbortSignal,
): Promise<{ sdp: string; address: string | null }> {
  const answer = await fetch(grant.whepUrl, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${grant.token}` },
    body: offer,
    signal,
  });
  if (answer.status !== 201) throw failureOfStatus(answer.status);
  const location = answer.headers.get("Location");
  return {
    sdp: await answer.text(),
    address: location === null ? null : new URL(location, grant.whepUrl).href,
  };
}

/** The gateway would notice by itself, half a minute later; the page may be going away. */
function leave(address: string): void {
  void fetch(address, { method: "DELETE", keepalive: true }).catch(() => {});
}

/** What the browser holds back, and half the way there and back. */
async function latencyOf(connection: RTCPeerConnection): Promise<number | null> {
  let heldMs: number | null = null;
  let roundTripMs = 0;
  for (const [, report] of await connection.getStats()) {
    if (report.type === "inbound-rtp" && report.jitterBufferEmittedCount > 0)
      heldMs = (report.jitterBufferDelay / report.jitterBufferEmittedCount) * 1000;
    if (report.type === "candidate-pair" && report.nominated === true)
      roundTripMs = (report.currentRoundTripTime ?? 0) * 1000;
  }
  return heldMs === null ? null : Math.round(heldMs + roundTripMs / 2);
}
