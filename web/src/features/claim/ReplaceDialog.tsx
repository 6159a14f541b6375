import type { Pit } from "../../shared/api/model";
import { useText } from "../../shared/i18n/I18nContext";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";

interface Props {
  pit: Pit;
  isBusy: boolean;
  onReplace: () => void;
  onClose: () => void;
}

/** The second step of taking another device's place, which nothing brings back. */
export function ReplaceDialog({ pit, isBusy, onReplace, onClose }: Props) {
  const text = useText();
  const name = text("pit.name", { n: pit.pit_number });
  return (
    <Dialog title={text("claim.replaceAsk", { pit: name })} onClose={onClose}>
      <p className="text-base text-ink-2">
        {text("claim.replaceMore", { device: pit.device?.device_id ?? name })}
      </p>
      <div className="mt-5 flex flex-col gap-2.5">
        <Button
          busy={isBusy}
          data-testid="claim-replace-yes"
          className="min-h-13 text-base lg:min-h-11"
          onClick={onReplace}
        >
          {text(isBusy ? "claim.busy" : "claim.replaceYes")}
        </Button>
        <Button
          kind="secondary"
          data-autofocus
          className="min-h-13 text-base lg:min-h-11"
          onClick={onClose}
        >
          {text("claim.replaceNo")}
        </Button>
      </div>
    </Dialog>
  );
}
