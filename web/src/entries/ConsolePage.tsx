import { useState } from "react";
import { AppShell } from "../features/console-shell/AppShell";
import { GridPage } from "../features/grid/GridPage";
import { JobSheet } from "../features/job-sheet/JobSheet";
import { StartJobDialog } from "../features/start-job/StartJobDialog";
import { ForbiddenPanel } from "../shared/portal/PageStates";
import { mayCreateJobs } from "../shared/session/permissions";
import { useMe, useSession } from "../shared/session/SessionContext";

/** What is open above the grid; nothing, one pit's job, or the form for a new one. */
type Open =
  | { kind: "nothing" }
  | { kind: "pit"; pitId: number }
  | { kind: "start"; pitId: number | null };

/** Brings the console's features together; they do not know each other. */
export function ConsolePage() {
  const me = useMe();
  const session = useSession();
  const [open, setOpen] = useState<Open>({ kind: "nothing" });
  const close = () => setOpen({ kind: "nothing" });
  const startJob = mayCreateJobs(me.role)
    ? (pitId: number | null) => setOpen({ kind: "start", pitId })
    : null;
  if (me.workshop === null) {
    return (
      <main>
        <ForbiddenPanel isPage onSignOut={() => void session.logout()} />
      </main>
    );
  }
  return (
    <AppShell workshop={me.workshop} onNewJob={startJob === null ? null : () => startJob(null)}>
      <GridPage onOpenPit={(pitId) => setOpen({ kind: "pit", pitId })} onStartJob={startJob} />
      {open.kind === "pit" && <JobSheet pitId={open.pitId} onClose={close} />}
      {open.kind === "start" && <StartJobDialog pitId={open.pitId} onClose={close} />}
    </AppShell>
  );
}
