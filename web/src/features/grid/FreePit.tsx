import { Plus } from "lucide-react";
import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { Button } from "../../shared/ui/Button";

/** A pit without a job: ready for the next car, or out of use. */
export function FreePit({ pit, onStart }: { pit: Pit; onStart: (() => void) | null }) {
  const text = useText();
  const isUsable = pit.status === "active";
  return (
    <div className="flex flex-1 items-center gap-3">
      <div className="min-w-0 flex-1">
        <h2 className="text-base font-semibold">
          {text(pit.status === "active" ? "pit.free" : `pit.${pit.status}`)}
        </h2>
        <p className="text-sm text-ink-3">{text(isUsable ? "pit.freeMore" : "pit.notInUse")}</p>
      </div>
      {isUsable && onStart !== null && (
        <Button
          kind="secondary"
          aria-label={text("pit.startIn", { pit: text("pit.name", { n: pit.pit_number }) })}
          onClick={onStart}
        >
          <Plus aria-hidden="true" className="size-4" />
          {text("pit.start")}
        </Button>
      )}
    </div>
  );
}
