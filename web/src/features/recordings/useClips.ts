import { useCallback, useEffect, useState } from "react";
import { type Failure, outcomeOf } from "../../shared/api/failure";
import { type Clip, parseClip } from "../../shared/api/model";
import { listOf } from "../../shared/api/parse";
import { useSession } from "../../shared/session/SessionContext";

export interface Clips {
  /** Null: not known yet. */
  list: readonly Clip[] | null;
  failure: Failure | null;
  reload: () => void;
}

const whileMadeMs = 1_000;

/** What is kept, the newest first. Looked at again while something is being made. */
export function useClips(): Clips {
  const session = useSession();
  const [list, setList] = useState<readonly Clip[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const reload = useCallback(() => {
    void outcomeOf(session.api.GET("/api/clips"), listOf(parseClip)).then((outcome) => {
      setFailure(outcome.ok ? null : outcome.failure);
      if (outcome.ok) setList(outcome.data);
    });
  }, [session]);
  useEffect(reload, [reload]);
  const isMaking = list?.some(({ status }) => status === "pending") ?? false;
  useEffect(() => {
    if (!isMaking) return;
    const timer = setInterval(reload, whileMadeMs);
    return () => clearInterval(timer);
  }, [isMaking, reload]);
  return { list, failure, reload };
}
