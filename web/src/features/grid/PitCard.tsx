import { memo, type ReactNode } from "react";
import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { usePit } from "../../shared/live/LiveContext";
import { useTimed } from "../../shared/time/ClockContext";
import { FreePit } from "./FreePit";
import { PitJob } from "./PitJob";
import { PitVideo } from "./PitVideo";
import { jobIn, type Urgency, urgencyOf } from "./pitCondition";

interface Props {
  pitId: number;
  onOpenPit: (pitId: number) => void;
  onStartJob: ((pitId: number) => void) | null;
}

/** A ring around the whole card says that something is wrong; the words say what. */
const rings: Record<Urgency, string> = {
  none: "",
  warn: "ring-2 ring-warn-fill",
  bad: "ring-2 ring-bad-fill",
};

/** One pit: video, readings, and the job in it. Renders only when this pit changes. */
export const PitCard = memo(function PitCard({ pitId, onOpenPit, onStartJob }: Props) {
  const pit = usePit(pitId);
  return pit === null ? null : (
    <Card pit={pit}>
      {cardBody(pit, () => onOpenPit(pitId), onStartJob === null ? null : () => onStartJob(pitId))}
    </Card>
  );
});

function Card({ pit, children }: { pit: Pit; children: ReactNode }) {
  const text = useText();
  const urgency = useTimed((nowMs) => urgencyOf(pit, nowMs));
  return (
    <article
      id={`pit-${pit.pit_number}`}
      tabIndex={-1}
      data-testid={`pit-card-${pit.pit_number}`}
      data-urgency={urgency}
      aria-label={text("pit.name", { n: pit.pit_number })}
      className={`relative flex h-full flex-col overflow-hidden rounded-card bg-surface scroll-mt-20 shadow-card ${rings[urgency]}`}
    >
      <PitVideo pit={pit} />
      <div className="flex min-h-[109px] flex-1 flex-col p-3.5">{children}</div>
    </article>
  );
}

function cardBody(pit: Pit, onOpen: () => void, onStart: (() => void) | null): ReactNode {
  const job = jobIn(pit);
  return job === null ? (
    <FreePit pit={pit} onStart={onStart} />
  ) : (
    <PitJob job={job} onOpen={onOpen} />
  );
}
