/** Ways in which a live picture comes into a <video>. */

/** What the server gives to whoever may watch a pit; good for a minute. */
export interface StreamGrant {
  whepUrl: string;
  hlsUrl: string;
  stillUrl: string;
  token: string;
}

export interface TransportSession {
  /** How far the picture is behind, as far as it is known. */
  latencyMs(): Promise<number | null>;
  /** The picture is there already and does not move; the <video> presents no frames. */
  readonly showsStills?: true;
  close(): void;
}

export interface Transport {
  readonly name: "webrtc" | "hls" | "stills";
  isSupported(): boolean;
  /**
   * Resolves once the other side has agreed; the pictures come after. `onLost`: the session has
   * ended by itself. Rejects with a TransportFailure.
   */
  open(
    video: HTMLVideoElement,
    grant: StreamGrant,
    onLost: () => void,
    signal: AbortSignal,
  ): Promise<TransportSession>;
}

/**
 * `offline`: the camera is not there; no other way helps. `unsuitable`: not this way, for this
 * camera or in this network. `failed`: for now.
 */
export type FailureReason = "offline" | "unsuitable" | "failed";

export class TransportFailure extends Error {
  override name = "TransportFailure";
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Of an answer of the gateway that is no success. */
export function failureOfStatus(status: number): TransportFailure {
  const reason: FailureReason =
    status === 503 ? "offline" : status === 409 || status === 422 ? "unsuitable" : "failed";
  return new TransportFailure(reason, `the gateway answers ${status}`);
}
