import { CarFront } from "lucide-react";
import { useEffect } from "react";
import { useText } from "../../shared/i18n/I18nContext";
import { useConnection, useLive, usePit, usePitIds } from "../../shared/live/LiveContext";
import { ForbiddenPanel, UnreachablePanel } from "../../shared/portal/PageStates";
import { useSession } from "../../shared/session/SessionContext";
import { ConnectionNotice } from "../../shared/ui/ConnectionNotice";
import { StatePanel } from "../../shared/ui/StatePanel";
import { CustomerFooter, CustomerHeader } from "./CustomerFrame";
import { CustomerSkeleton } from "./CustomerSkeleton";
import { JobView } from "./JobView";
import { useLatestJob } from "./useLatestJob";

/** The customer's own pit, live. */
export function CustomerPage() {
  return (
    <div className="flex min-h-dvh flex-col">
      <CustomerHeader />
      <main className="mx-auto w-full max-w-[1200px] flex-1 pb-6 lg:px-6 lg:pt-6">
        <div className="px-3 empty:hidden lg:px-0">
          <ConnectionNotice />
        </div>
        <Content />
      </main>
      <CustomerFooter />
    </div>
  );
}

function Content() {
  const { state, loaded, failures } = useConnection();
  const live = useLive();
  const session = useSession();
  const [pitId] = usePitIds();
  if (state === "forbidden") return <ForbiddenPanel onSignOut={() => void session.logout()} />;
  if (!loaded && failures >= 2) return <UnreachablePanel onRetry={() => live.retry()} />;
  if (!loaded) return <CustomerSkeleton />;
  if (pitId === undefined) return <WithoutPit />;
  return <InPit pitId={pitId} />;
}

function InPit({ pitId }: { pitId: number }) {
  const pit = usePit(pitId);
  if (pit === null || pit.job === null) return <WithoutPit />;
  return <JobView job={pit.job} pit={pit} />;
}

/** No work is going on: what the last job says (waiting, ready), or that there is none. */
function WithoutPit() {
  const text = useText();
  const latest = useLatestJob();
  useEffect(() => {
    document.title = text("product.name");
  }, [text]);
  if (latest.kind === "loading") return <CustomerSkeleton />;
  if (latest.kind === "failed") return <UnreachablePanel onRetry={latest.retry} />;
  if (latest.job !== null) return <JobView job={latest.job} pit={null} />;
  return (
    <StatePanel icon={CarFront} title={text("customer.noJob")} more={text("customer.noJobMore")} />
  );
}
