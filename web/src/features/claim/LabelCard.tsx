import { useText } from "../../shared/i18n/I18nContext";
import { Button } from "../../shared/ui/Button";
import { codeText, type Label } from "./label";

/** The label as it will be sent, to be compared with the device in the hand. */
export function LabelCard({ label, onChange }: { label: Label; onChange: () => void }) {
  const text = useText();
  return (
    <section className="flex items-center gap-3 rounded-card bg-surface p-4 shadow-card">
      <dl className="flex min-w-0 flex-1 flex-wrap gap-x-8 gap-y-2.5 text-base">
        <div>
          <dt className="text-xs text-ink-3">{text("claim.device")}</dt>
          <dd data-testid="claim-shown-device" className="num font-semibold">
            {label.deviceId}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-ink-3">{text("claim.code")}</dt>
          <dd data-testid="claim-shown-code" className="num font-semibold">
            {codeText(label.code)}
          </dd>
        </div>
      </dl>
      <Button kind="quiet" onClick={onChange}>
        {text("claim.change")}
      </Button>
    </section>
  );
}
