import { CircleCheck, LayoutGrid } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "../../shared/i18n/I18nContext";
import { useConnection, useLive, usePitIds, usePitsValue } from "../../shared/live/LiveContext";
import { ForbiddenPanel, UnreachablePanel } from "../../shared/portal/PageStates";
import { useSession } from "../../shared/session/SessionContext";
import { ConnectionBadge } from "../../shared/ui/ConnectionBadge";
import { ConnectionNotice } from "../../shared/ui/ConnectionNotice";
import { StatePanel } from "../../shared/ui/StatePanel";
import { useMediaQuery } from "../../shared/ui/useMediaQuery";
import { type Filter, FilterSwitch } from "./FilterSwitch";
import { GridSkeleton } from "./GridSkeleton";
import { Kpis } from "./Kpis";
import { PitCard } from "./PitCard";
import { attentionIds, idsByUrgency } from "./pitCondition";

/** To the card that the address names (#pit-3): the browser looks before the cards are there. */
function useAddressedPit(areShown: boolean): void {
  useEffect(() => {
    const name = /^#(pit-\d+)$/.exec(window.location.hash)?.[1];
    if (areShown && name !== undefined) document.getElementById(name)?.focus();
  }, [areShown]);
}

export interface GridActions {
  onOpenPit: (pitId: number) => void;
  /** Null for those who may not create jobs. */
  onStartJob: ((pitId: number) => void) | null;
}

/** All pits in one look. */
export function GridPage(actions: GridActions) {
  const text = useText();
  const [filter, setFilter] = useState<Filter>("all");
  const { state, loaded } = useConnection();
  const isKnown = loaded && state !== "forbidden";
  const isDesktop = useMediaQuery("(min-width: 64rem)");
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-x-5 gap-y-3">
        <h1 className="text-2xl font-semibold tracking-[-0.015em]">{text("grid.title")}</h1>
        {!isDesktop && <ConnectionBadge />}
        {isKnown && (
          <>
            <div className="max-sm:order-last max-sm:w-full">
              <FilterSwitch filter={filter} onChange={setFilter} />
            </div>
            <Kpis />
          </>
        )}
      </div>
      <div className="mb-4 empty:hidden">
        <ConnectionNotice />
      </div>
      <Pits filter={filter} {...actions} />
    </>
  );
}

function Pits({ filter, ...actions }: { filter: Filter } & GridActions) {
  const text = useText();
  const { state, loaded, failures } = useConnection();
  const live = useLive();
  const session = useSession();
  const ids = usePitIds();
  const attention = usePitsValue(attentionIds);
  const byUrgency = usePitsValue(idsByUrgency);
  // In one column the urgent pits must not be far down; in a grid every pit keeps its place.
  const isOneColumn = useMediaQuery("(max-width: 39.99rem)");
  useAddressedPit(loaded && ids.length > 0);
  if (state === "forbidden") return <ForbiddenPanel onSignOut={() => void session.logout()} />;
  if (!loaded && failures >= 2) return <UnreachablePanel onRetry={() => live.retry()} />;
  if (!loaded) return <GridSkeleton />;
  if (ids.length === 0) {
    return (
      <StatePanel icon={LayoutGrid} title={text("grid.empty")} more={text("grid.emptyMore")} />
    );
  }
  const all = isOneColumn ? byUrgency : ids;
  const shown = filter === "all" ? all : all.filter((id) => attention.includes(id));
  if (shown.length === 0) {
    return (
      <StatePanel
        icon={CircleCheck}
        role="status"
        title={text("grid.allWell")}
        more={text("grid.allWellMore")}
      />
    );
  }
  return (
    <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      {shown.map((id) => (
        <li key={id} className="min-w-0">
          <PitCard pitId={id} {...actions} />
        </li>
      ))}
    </ul>
  );
}
