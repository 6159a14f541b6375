import { useEffect, useState } from "react";
import { outcomeOf } from "../../shared/api/failure";
import { type Job, parseJob } from "../../shared/api/model";
import { listOf } from "../../shared/api/parse";
import { useSession } from "../../shared/session/SessionContext";

export type LatestJob =
  | { kind: "loading" }
  | { kind: "failed"; retry: () => void }
  | { kind: "ready"; job: Job | null };

/** The customer's newest job, for the time before work begins and after it ends. */
export function useLatestJob(): LatestJob {
  const session = useSession();
  const [attempt, setAttempt] = useState(0);
  const [latest, setLatest] = useState<LatestJob>({ kind: "loading" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    let isWanted = true;
    setLatest({ kind: "loading" });
    void outcomeOf(
      session.api.GET("/api/jobs", { params: { query: { limit: 20 } } }),
      listOf(parseJob),
    ).then((outcome) => {
      if (!isWanted) return;
      setLatest(
        outcome.ok
          ? { kind: "ready", job: newest(outcome.data) }
          : { kind: "failed", retry: () => setAttempt((count) => count + 1) },
      );
    });
    return () => {
      isWanted = false;
    };
  }, [session, attempt]);
  return latest;
}

function newest(jobs: readonly Job[]): Job | null {
  return jobs.reduce<Job | null>(
    (best, job) =>
      best === null || Date.parse(job.created_at) > Date.parse(best.created_at) ? job : best,
    null,
  );
}
