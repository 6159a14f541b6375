import { useEffect, useState } from "react";
import { type Failure, outcomeOf } from "../../shared/api/failure";
import { parseRecordedSpans, type Span } from "../../shared/api/model";
import { useSession, useTimeZone } from "../../shared/session/SessionContext";
import { boundsOfDay } from "../../shared/time/zonedDay";

export type RecordedDay =
  | { kind: "loading" }
  | { kind: "failed"; failure: Failure }
  | { kind: "loaded"; day: Span; spans: Span[] };

/** The server knows of what is being recorded some seconds later. */
const everyMs = 10_000;

/** When a pit was recorded on a day of the workshop's calendar; grows while it still is. */
export function useRecordedDay(pitId: number, day: string): RecordedDay {
  const session = useSession();
  const timeZone = useTimeZone();
  const [recorded, setRecorded] = useState<RecordedDay>({ kind: "loading" });
  useEffect(() => {
    let isWanted = true;
    const bounds = boundsOfDay(day, timeZone);
    const query = {
      from: new Date(bounds.fromMs).toISOString(),
      to: new Date(bounds.toMs).toISOString(),
    };
    const load = async () => {
      const outcome = await outcomeOf(
        session.api.GET("/api/pits/{id}/recordings", { params: { path: { id: pitId }, query } }),
        parseRecordedSpans,
      );
      if (!isWanted) return;
      if (outcome.ok) setRecorded({ kind: "loaded", day: bounds, spans: outcome.data });
      // What is known stays on the page when a later look fails.
      else
        setRecorded((known) =>
          known.kind === "loaded" && known.day.fromMs === bounds.fromMs
            ? known
            : { kind: "failed", failure: outcome.failure },
        );
    };
    setRecorded({ kind: "loading" });
    void load();
    const timer = setInterval(() => void load(), everyMs);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [session, timeZone, pitId, day]);
  return recorded;
}
