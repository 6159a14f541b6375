import { type FormEvent, useState } from "react";
import type { Failure } from "../../shared/api/failure";
import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { claimFailureText, isOfLabel } from "./claimFailure";
import { groupsOf } from "./claimPits";
import { PitOption } from "./PitOption";
import { ReplaceDialog } from "./ReplaceDialog";

interface Props {
  pits: readonly Pit[];
  /** Null: done. */
  onClaim: (pit: Pit, replace: boolean) => Promise<Failure | null>;
  onChangeLabel: () => void;
}

/** All pits, free ones first. A code is good once, so choosing and claiming are two touches. */
export function PitChoice({ pits, onClaim, onChangeLabel }: Props) {
  const text = useText();
  const [chosenId, setChosenId] = useState<number | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const chosen = pits.find((pit) => pit.id === chosenId) ?? null;
  const { free, occupied } = groupsOf(pits);

  const choose = (pit: Pit) => {
    setChosenId(pit.id);
    setMissing(false);
    setFailure(null);
  };
  const perform = async (pit: Pit, replace: boolean) => {
    setBusy(true);
    setFailure(null);
    const failed = await onClaim(pit, replace);
    setBusy(false);
    setAsking(false);
    setFailure(failed);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(chosen === null);
    if (chosen === null || isBusy) return;
    if (chosen.device === null) void perform(chosen, false);
    else setAsking(true);
  };

  const groups = [
    { title: text("claim.freePits"), pits: free },
    { title: text("claim.occupiedPits"), pits: occupied },
  ];
  const pitName = chosen === null ? "" : text("pit.name", { n: chosen.pit_number });
  return (
    <form noValidate onSubmit={submit} className="flex flex-1 flex-col gap-5">
      {groups
        .filter((group) => group.pits.length > 0)
        .map((group) => (
          <fieldset key={group.title} className="flex flex-col gap-2.5">
            <legend className="mb-2 text-sm font-semibold text-ink-2">{group.title}</legend>
            {group.pits.map((pit) => (
              <PitOption
                key={pit.id}
                pit={pit}
                isChosen={pit.id === chosenId}
                onChoose={() => choose(pit)}
              />
            ))}
          </fieldset>
        ))}
      <div className="sticky bottom-0 -mx-4 mt-auto flex flex-col gap-2.5 border-t border-line bg-bg px-4 pt-3 pb-[max(16px,env(safe-area-inset-bottom))]">
        {isMissing && <Notice kind="bad">{text("claim.pitMissing")}</Notice>}
        {failure !== null && <Notice kind="bad">{claimFailureText(failure, text)}</Notice>}
        {failure !== null && isOfLabel(failure) ? (
          <Button className="min-h-13 text-base lg:min-h-11" onClick={onChangeLabel}>
            {text("claim.otherCode")}
          </Button>
        ) : (
          <Button
            type="submit"
            busy={isBusy}
            data-testid="claim-submit"
            className="min-h-13 text-base lg:min-h-11"
          >
            {chosen === null
              ? text("claim.submit")
              : isBusy
                ? text("claim.busy")
                : text(chosen.device === null ? "claim.submitIn" : "claim.replaceIn", {
                    pit: pitName,
                  })}
          </Button>
        )}
      </div>
      {isAsking && chosen !== null && (
        <ReplaceDialog
          pit={chosen}
          isBusy={isBusy}
          onReplace={() => void perform(chosen, true)}
          onClose={() => setAsking(false)}
        />
      )}
    </form>
  );
}
