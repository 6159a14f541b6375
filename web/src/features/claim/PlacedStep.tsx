import { LoaderCircle } from "lucide-react";
import type { Claimed, Pit, Reading } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { usePit } from "../../shared/live/LiveContext";
import { portalPath } from "../../shared/session/portal";
import { Button } from "../../shared/ui/Button";
import { ButtonLink } from "../../shared/ui/ButtonLink";
import { ConnectionNotice } from "../../shared/ui/ConnectionNotice";
import { FirstReading } from "./FirstReading";
import { StepHeading } from "./StepHeading";

export interface Placed extends Omit<Claimed, "claimedAt"> {
  deviceId: string;
  pit: Pit;
  /** Null: it was claimed before this page knew of it. */
  claimedAt: string | null;
}

interface Props {
  placed: Placed;
  onAnother: () => void;
}

/** The device is the workshop's; stays until its readings are seen. */
export function PlacedStep({ placed, onAnother }: Props) {
  const text = useText();
  const { pit, deviceId, replaced } = placed;
  const name = text("pit.name", { n: pit.pit_number });
  const reading = readingOf(placed, usePit(pit.id)?.latest ?? null);
  return (
    <>
      <StepHeading lead={deviceId}>{text("claim.placed", { pit: name })}</StepHeading>
      {replaced !== null && (
        <p className="text-base text-ink-2">{text("claim.placedReplaced", { device: replaced })}</p>
      )}
      <ConnectionNotice />
      <section className="rounded-card bg-surface p-4 shadow-card sm:p-5">
        <p role="status" className="flex items-center gap-2.5 text-base font-semibold">
          {reading === null && (
            <LoaderCircle aria-hidden="true" className="size-5 shrink-0 animate-spin text-ink-3" />
          )}
          {text(reading === null ? "claim.waiting" : "claim.arrived")}
        </p>
        {reading === null ? (
          <p className="mt-2 text-sm text-ink-2">{text("claim.waitingMore")}</p>
        ) : (
          <FirstReading reading={reading} />
        )}
      </section>
      <div className="flex flex-col gap-2.5 pb-6">
        <ButtonLink
          href={`${portalPath.console}#pit-${pit.pit_number}`}
          data-testid="claim-open-pit"
          className="min-h-13 text-base lg:min-h-11"
        >
          {text("claim.openPit", { pit: name })}
        </ButtonLink>
        <Button kind="secondary" className="min-h-13 text-base lg:min-h-11" onClick={onAnother}>
          {text("claim.another")}
        </Button>
      </div>
    </>
  );
}

/** The pit's newest reading, unless a device that was there before has taken it. */
function readingOf({ claimedAt }: Placed, latest: Reading | null): Reading | null {
  if (latest === null || claimedAt === null) return latest;
  return Date.parse(latest.timestamp) >= Date.parse(claimedAt) ? latest : null;
}
