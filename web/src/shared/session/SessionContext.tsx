import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Me } from "../api/model";
import type { Session, SessionState } from "./session";

const SessionContext = createContext<Session | null>(null);
const MeContext = createContext<Me | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession needs a SessionProvider");
  return session;
}

export function useSessionState(): SessionState {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.state);
}

/** The signed-in user; only below MeProvider. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error("useMe needs a MeProvider");
  return me;
}

/** Times are told in the workshop's zone, wherever the reader is. */
export function useTimeZone(): string | undefined {
  return useContext(MeContext)?.workshop?.timezone;
}
