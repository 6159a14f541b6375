import { type RefObject, useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { outcomeOf } from "../api/failure";
import type { Camera } from "../api/model";
import { parseStream } from "../api/model";
import { useSession } from "../session/SessionContext";
import type { Session } from "../session/session";
import { hlsTransport } from "./hlsTransport";
import { type GrantResult, LivePlayer, type PlayerState } from "./livePlayer";
import { stillTransport } from "./stillTransport";
import { whepTransport } from "./whepTransport";

const idle: PlayerState = { kind: "idle" };

async function grantOf(session: Session, pitId: number): Promise<GrantResult> {
  const call = session.api.GET("/api/pits/{id}/stream", { params: { path: { id: pitId } } });
  const outcome = await outcomeOf(call, parseStream);
  if (outcome.ok) return { kind: "grant", grant: outcome.data };
  const { failure } = outcome;
  if (failure.kind === "problem" && [401, 403, 404].includes(failure.status))
    return { kind: "ended" };
  return { kind: "failed", retryAfterMs: failure.retryAfterMs };
}

/** The live picture of a pit, in the <video> that gets `ref`, as long as `isWanted`. */
export function useLivePlayer(
  pitId: number,
  camera: Camera["status"],
  isWanted: boolean,
): { ref: RefObject<HTMLVideoElement | null>; state: PlayerState } {
  const session = useSession();
  const ref = useRef<HTMLVideoElement>(null);
  const player = useRef<LivePlayer | null>(null);
  const listeners = useRef(new Set<() => void>());
  const tell = useCallback(() => {
    for (const listener of listeners.current) listener();
  }, []);

  useEffect(() => {
    if (!isWanted || ref.current === null) return;
    const made = new LivePlayer(ref.current, {
      getGrant: () => grantOf(session, pitId),
      transports: [whepTransport, hlsTransport, stillTransport],
      random: Math.random,
    });
    player.current = made;
    const unsubscribe = made.subscribe(tell);
    made.start();
    return () => {
      unsubscribe();
      made.stop();
      player.current = null;
      tell();
    };
  }, [session, pitId, isWanted, tell]);

  useEffect(() => {
    if (camera === "online") player.current?.wake();
  }, [camera]);

  const state = useSyncExternalStore(
    useCallback((listener) => {
      listeners.current.add(listener);
      return () => listeners.current.delete(listener);
    }, []),
    () => player.current?.state() ?? idle,
  );
  return { ref, state };
}
