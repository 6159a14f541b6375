import { useEffect, useState } from "react";
import { outcomeOf } from "../../shared/api/failure";
import { parseSample, type Reading, type Sample } from "../../shared/api/model";
import { listOf } from "../../shared/api/parse";
import { useSession } from "../../shared/session/SessionContext";
import { useClock } from "../../shared/time/ClockContext";

export interface History {
  points: readonly Sample[];
  fromMs: number;
  toMs: number;
}

const spanMs = 2 * 60 * 60 * 1000;

/**
 * The last two hours of a pit: stored readings, continued by those that arrive. Without the
 * stored ones (loading, or the call failed) the line simply begins now; the page works without.
 */
export function useRoomHistory(pitId: number, latest: Reading | null): History {
  const session = useSession();
  const { server } = useClock();
  const [points, setPoints] = useState<readonly Sample[]>([]);

  useEffect(() => {
    let isWanted = true;
    const toMs = server.nowMs();
    const query = {
      from: new Date(toMs - spanMs).toISOString(),
      to: new Date(toMs).toISOString(),
      resolution: "auto" as const,
    };
    const call = session.api.GET("/api/pits/{id}/sensors/history", {
      params: { path: { id: pitId }, query },
    });
    void outcomeOf(call, listOf(parseSample)).then((outcome) => {
      if (!isWanted || !outcome.ok) return;
      setPoints((arrived) => [...outcome.data, ...after(outcome.data, arrived)]);
    });
    return () => {
      isWanted = false;
    };
  }, [session, server, pitId]);

  useEffect(() => {
    if (latest === null) return;
    setPoints((known) => {
      const oldest = Date.parse(latest.timestamp) - spanMs;
      const kept = known.filter((point) => Date.parse(point.timestamp) >= oldest);
      return [...kept, ...after(kept, [latest])];
    });
  }, [latest]);

  const toMs = server.nowMs();
  return { points, fromMs: toMs - spanMs, toMs };
}

/** Those of `candidates` that are newer than all of `known`. */
function after(known: readonly Sample[], candidates: readonly Sample[]): Sample[] {
  const last = known.at(-1);
  const lastMs = last === undefined ? Number.NEGATIVE_INFINITY : Date.parse(last.timestamp);
  return candidates.filter((point) => Date.parse(point.timestamp) > lastMs);
}
