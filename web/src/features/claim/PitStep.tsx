import { LayoutGrid } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { type Failure, outcomeOf } from "../../shared/api/failure";
import { type Pit, parseClaimed, parsePit } from "../../shared/api/model";
import { listOf } from "../../shared/api/parse";
import { useText } from "../../shared/i18n/I18nContext";
import { useSession } from "../../shared/session/SessionContext";
import { Button } from "../../shared/ui/Button";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import { Skeleton } from "../../shared/ui/Skeleton";
import { StatePanel } from "../../shared/ui/StatePanel";
import { isOfPits } from "./claimFailure";
import { pitOf } from "./claimPits";
import { LabelCard } from "./LabelCard";
import type { Label } from "./label";
import { PitChoice } from "./PitChoice";
import type { Placed } from "./PlacedStep";
import { StepHeading } from "./StepHeading";

interface Props {
  label: Label;
  onChangeLabel: () => void;
  onPlaced: (placed: Placed) => void;
}

type Pits =
  | { kind: "loading" }
  | { kind: "failed"; failure: Failure }
  | { kind: "loaded"; pits: Pit[] };

/** Choosing the pit for the device of this label, and claiming it. */
export function PitStep({ label, onChangeLabel, onPlaced }: Props) {
  const text = useText();
  const session = useSession();
  const [pits, setPits] = useState<Pits>({ kind: "loading" });

  /** The pits anew; null when they could not be had. */
  const load = useCallback(async (): Promise<Pit[] | null> => {
    const outcome = await outcomeOf(session.api.GET("/api/pits"), listOf(parsePit));
    if (outcome.ok) setPits({ kind: "loaded", pits: outcome.data });
    else setPits({ kind: "failed", failure: outcome.failure });
    return outcome.ok ? outcome.data : null;
  }, [session]);
  useEffect(() => void load(), [load]);

  const known = pits.kind === "loaded" ? pitOf(label.deviceId, pits.pits) : null;
  useEffect(() => {
    if (known !== null) onPlaced({ ...label, pit: known, claimedAt: null, replaced: null });
  });

  const claim = async (pit: Pit, replace: boolean): Promise<Failure | null> => {
    const body = { device_id: label.deviceId, claim_code: label.code, pit_id: pit.id, replace };
    const outcome = await outcomeOf(session.api.POST("/api/devices/claim", { body }), parseClaimed);
    if (outcome.ok) onPlaced({ ...label, pit, ...outcome.data });
    else if (isOfPits(outcome.failure)) await load();
    return outcome.ok ? null : outcome.failure;
  };

  return (
    <>
      <StepHeading lead={text("claim.pitLead")}>{text("claim.title")}</StepHeading>
      <LabelCard label={label} onChange={onChangeLabel} />
      {pits.kind === "loading" || known !== null ? (
        <div aria-busy="true" className="flex flex-col gap-2.5">
          <span className="sr-only">{text("page.loading")}</span>
          <Skeleton className="h-16 rounded-card" />
          <Skeleton className="h-16 rounded-card" />
          <Skeleton className="h-16 rounded-card" />
        </div>
      ) : pits.kind === "failed" ? (
        <div className="flex flex-col gap-3">
          <Notice kind="bad">{failureText(pits.failure, text)}</Notice>
          <Button onClick={() => void load()}>{text("action.retry")}</Button>
        </div>
      ) : pits.pits.length === 0 ? (
        <StatePanel icon={LayoutGrid} title={text("grid.empty")} more={text("grid.emptyMore")} />
      ) : (
        <PitChoice pits={pits.pits} onClaim={claim} onChangeLabel={onChangeLabel} />
      )}
    </>
  );
}
