import { Film, LayoutGrid, Server } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { AppShell } from "../features/console-shell/AppShell";
import { GridPage } from "../features/grid/GridPage";
import { JobSheet } from "../features/job-sheet/JobSheet";
import { ServersPage } from "../features/servers/ServersPage";
import { StartJobDialog } from "../features/start-job/StartJobDialog";
import type { Workshop } from "../shared/api/model";
import { useText } from "../shared/i18n/I18nContext";
import { ForbiddenPanel } from "../shared/portal/PageStates";
import { mayCreateJobs, mayManageRecordings, mayWatchServers } from "../shared/session/permissions";
import { portalPath, recordingsPath, serversPath } from "../shared/session/portal";
import { useMe, useSession } from "../shared/session/SessionContext";
import { ButtonLink } from "../shared/ui/ButtonLink";
import { ConnectionBadge } from "../shared/ui/ConnectionBadge";

/** Loaded by who goes there. */
const RecordingsPage = lazy(() => import("../features/recordings/RecordingsPage"));

/** Brings the console's features together; they do not know each other. */
export function ConsolePage() {
  const me = useMe();
  // The platform's own people have no workshop, so the servers are all they come for.
  if (mayWatchServers(me.role)) return <PlatformConsole />;
  if (me.workshop === null || window.location.pathname === serversPath) {
    return <NotYours hasPage={me.workshop !== null} />;
  }
  return <WorkshopConsole workshop={me.workshop} />;
}

/** What is open above the grid; nothing, one pit's job, or the form for a new one. */
type Open =
  | { kind: "nothing" }
  | { kind: "pit"; pitId: number }
  | { kind: "start"; pitId: number | null };

function WorkshopConsole({ workshop }: { workshop: Workshop }) {
  const text = useText();
  const me = useMe();
  const [open, setOpen] = useState<Open>({ kind: "nothing" });
  const close = () => setOpen({ kind: "nothing" });
  const isRecordings = window.location.pathname === recordingsPath;
  const pages = [
    { href: portalPath.console, icon: LayoutGrid, label: text("console.live") },
    ...(mayManageRecordings(me.role)
      ? [{ href: recordingsPath, icon: Film, label: text("recordings.title") }]
      : []),
  ];
  const startJob = mayCreateJobs(me.role)
    ? (pitId: number | null) => setOpen({ kind: "start", pitId })
    : null;
  return (
    <AppShell
      title={workshop.name}
      owner={{ name: workshop.name, more: workshop.address }}
      pages={pages}
      current={isRecordings ? recordingsPath : portalPath.console}
      skip={text(isRecordings ? "recordings.skip" : "console.skip")}
      badge={<ConnectionBadge />}
      onNewJob={startJob === null ? null : () => startJob(null)}
    >
      {isRecordings ? (
        <Suspense>
          <RecordingsPage />
        </Suspense>
      ) : (
        <GridPage onOpenPit={(pitId) => setOpen({ kind: "pit", pitId })} onStartJob={startJob} />
      )}
      {open.kind === "pit" && <JobSheet pitId={open.pitId} onClose={close} />}
      {open.kind === "start" && <StartJobDialog pitId={open.pitId} onClose={close} />}
    </AppShell>
  );
}

function PlatformConsole() {
  const text = useText();
  return (
    <AppShell
      title={text("servers.title")}
      owner={{ name: text("product.name"), more: text("servers.platform") }}
      pages={[{ href: serversPath, icon: Server, label: text("servers.title") }]}
      current={serversPath}
      skip={text("servers.skip")}
      onNewJob={null}
    >
      <ServersPage />
    </AppShell>
  );
}

function NotYours({ hasPage }: { hasPage: boolean }) {
  const text = useText();
  const session = useSession();
  return (
    <main>
      <ForbiddenPanel isPage onSignOut={() => void session.logout()}>
        {hasPage && (
          <ButtonLink kind="secondary" href={portalPath.console}>
            {text("claim.back")}
          </ButtonLink>
        )}
      </ForbiddenPanel>
    </main>
  );
}
