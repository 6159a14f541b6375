import { type ReactNode, useEffect, useState } from "react";
import type { Me, Role } from "../api/model";
import { LiveProvider } from "../live/LiveContext";
import { Live } from "../live/live";
import { type Portal, portalOf, portalPath } from "../session/portal";
import { MeProvider, useSession, useSessionState } from "../session/SessionContext";
import type { SignedOutReason } from "../session/session";
import { useClock } from "../time/ClockContext";
import { LoadingPage, UnreachablePanel } from "./PageStates";

interface Props {
  portal: Portal;
  /** Who is not sent to another portal; without it, those whose portal this is. */
  admits?: (role: Role) => boolean;
  login: (reason: SignedOutReason) => ReactNode;
  children: ReactNode;
}

/** Shows the portal to whom it belongs, the login to strangers, and sends others to theirs. */
export function SessionGate({
  portal,
  admits = (role) => portalOf(role) === portal,
  login,
  children,
}: Props) {
  const session = useSession();
  const state = useSessionState();
  switch (state.kind) {
    case "restoring":
      return <LoadingPage />;
    case "unreachable":
      return (
        <main>
          <UnreachablePanel isPage onRetry={() => void session.restore()} />
        </main>
      );
    case "signed_out":
      return login(state.reason);
    case "active":
      return admits(state.me.role) ? (
        <SignedIn key={state.me.id} me={state.me}>
          {children}
        </SignedIn>
      ) : (
        <OtherPortal path={portalPath[portalOf(state.me.role)]} />
      );
  }
}

function OtherPortal({ path }: { path: string }) {
  useEffect(() => window.location.replace(path), [path]);
  return <LoadingPage />;
}

/** The live data lives and ends with the signed-in user. */
function SignedIn({ me, children }: { me: Me; children: ReactNode }) {
  const session = useSession();
  const clock = useClock();
  const [live] = useState(() => new Live(session, clock.server));
  const hasWorkshop = me.workshop !== null;
  useEffect(() => {
    // The live data are a workshop's.
    if (!hasWorkshop) return;
    live.start();
    return () => live.stop();
  }, [live, hasWorkshop]);
  return (
    <MeProvider me={me}>
      <LiveProvider live={live}>{children}</LiveProvider>
    </MeProvider>
  );
}
