import { useEffect, useState, useSyncExternalStore } from "react";
import { outcomeOf } from "../../shared/api/failure";
import { parseServerReport } from "../../shared/api/model";
import { listOf } from "../../shared/api/parse";
import { useText } from "../../shared/i18n/I18nContext";
import { ForbiddenPanel, UnreachablePanel } from "../../shared/portal/PageStates";
import { useSession } from "../../shared/session/SessionContext";
import { useClock, useTimed } from "../../shared/time/ClockContext";
import { Button } from "../../shared/ui/Button";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import { FreshBadge } from "./FreshBadge";
import { Overview } from "./Overview";
import { ServerCard } from "./ServerCard";
import { ServersSkeleton } from "./ServersSkeleton";
import { ServerPoll, type ServersState } from "./serverPoll";

/** How the servers are doing: whether all is well, and each one's figures. */
export function ServersPage() {
  const text = useText();
  const poll = useServerPoll();
  const state = useSyncExternalStore(poll.subscribe, poll.state);
  const staleFor = useStaleFor(state);
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-x-5 gap-y-1">
        <h1 className="text-2xl font-semibold tracking-[-0.015em]">{text("servers.title")}</h1>
        {state.kind === "loaded" && <FreshBadge staleFor={staleFor} />}
      </div>
      <Content state={state} staleFor={staleFor} onRetry={poll.retry} />
    </>
  );
}

function useServerPoll(): ServerPoll {
  const session = useSession();
  const clock = useClock();
  const [poll] = useState(() => {
    const ask = () =>
      outcomeOf(session.api.GET("/api/platform/servers"), listOf(parseServerReport));
    return new ServerPoll({ ask, clock: clock.server });
  });
  useEffect(() => {
    poll.start();
    return () => poll.stop();
  }, [poll]);
  return poll;
}

const staleAfterMs = 15_000;

/** How old the figures are, in ms of whole seconds; null while they are fresh. */
function useStaleFor(state: ServersState): number | null {
  return useTimed((nowMs) => {
    if (state.kind !== "loaded") return null;
    const ageMs = nowMs - state.answeredAtMs;
    return ageMs > staleAfterMs ? Math.floor(ageMs / 1000) * 1000 : null;
  });
}

interface ContentProps {
  state: ServersState;
  staleFor: number | null;
  onRetry: () => void;
}

function Content({ state, staleFor, onRetry }: ContentProps) {
  const text = useText();
  const session = useSession();
  switch (state.kind) {
    case "loading":
      return <ServersSkeleton />;
    case "forbidden":
      return <ForbiddenPanel onSignOut={() => void session.logout()} />;
    case "failed":
      return state.failure.kind === "unreachable" ? (
        <UnreachablePanel onRetry={onRetry} />
      ) : (
        <div className="flex flex-col items-start gap-3">
          <Notice kind="bad">{failureText(state.failure, text)}</Notice>
          <Button onClick={onRetry}>{text("action.retry")}</Button>
        </div>
      );
    case "loaded":
      return (
        <div className="flex flex-col gap-3 lg:gap-4">
          <Overview servers={state.servers} staleFor={staleFor} />
          <ul className="flex flex-col gap-3 lg:gap-4">
            {state.servers.map((server) => (
              <li key={server.report.name}>
                <ServerCard server={server} isStale={staleFor !== null} />
              </li>
            ))}
          </ul>
        </div>
      );
  }
}
