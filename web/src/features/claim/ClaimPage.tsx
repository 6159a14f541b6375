import { Lock } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "../../shared/i18n/I18nContext";
import { mayClaimDevices } from "../../shared/session/permissions";
import { portalOf, portalPath } from "../../shared/session/portal";
import { useMe, useSession } from "../../shared/session/SessionContext";
import { Button } from "../../shared/ui/Button";
import { ButtonLink } from "../../shared/ui/ButtonLink";
import { StatePanel } from "../../shared/ui/StatePanel";
import { ClaimFrame } from "./ClaimFrame";
import { LabelStep } from "./LabelStep";
import { type Label, readFragment } from "./label";
import { PitStep } from "./PitStep";
import { type Placed, PlacedStep } from "./PlacedStep";

/** Where the scanned QR leads: puts a new device to work at a pit of the workshop. */
export function ClaimPage() {
  const text = useText();
  const me = useMe();
  const hash = useHash();
  useEffect(() => {
    document.title = `${text("claim.title")} · ${text("product.name")}`;
  }, [text]);
  return (
    <ClaimFrame>
      {mayClaimDevices(me.role) ? <Steps key={hash} hash={hash} /> : <NotYours />}
    </ClaimFrame>
  );
}

/** Of another scan in the same tab only the fragment differs, which loads nothing. */
function useHash(): string {
  const [hash, setHash] = useState(window.location.hash);
  useEffect(() => {
    const follow = () => setHash(window.location.hash);
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return hash;
}

type Step =
  | { kind: "label"; deviceId: string | null; code: string | null; isMalformed: boolean }
  | { kind: "pit"; label: Label }
  | { kind: "placed"; placed: Placed };

function firstStep(hash: string): Step {
  const { deviceId, code } = readFragment(hash);
  if (deviceId !== null && code !== null) return { kind: "pit", label: { deviceId, code } };
  return { kind: "label", deviceId, code, isMalformed: hash.length > 1 };
}

function Steps({ hash }: { hash: string }) {
  const [step, setStep] = useState(() => firstStep(hash));
  switch (step.kind) {
    case "label":
      return <LabelStep {...step} onLabel={(label) => setStep({ kind: "pit", label })} />;
    case "pit":
      return (
        <PitStep
          label={step.label}
          onChangeLabel={() => setStep({ kind: "label", ...step.label, isMalformed: false })}
          onPlaced={(placed) => setStep({ kind: "placed", placed })}
        />
      );
    case "placed":
      return (
        <PlacedStep
          placed={step.placed}
          onAnother={() =>
            setStep({ kind: "label", deviceId: null, code: null, isMalformed: false })
          }
        />
      );
  }
}

function NotYours() {
  const text = useText();
  const me = useMe();
  const session = useSession();
  return (
    <StatePanel
      icon={Lock}
      isPage
      title={text("claim.forbidden")}
      more={text("claim.forbiddenMore", { role: text(`role.${me.role}`) })}
    >
      <Button onClick={() => void session.logout()}>{text("claim.otherAccount")}</Button>
      <ButtonLink kind="secondary" href={portalPath[portalOf(me.role)]}>
        {text("claim.back")}
      </ButtonLink>
    </StatePanel>
  );
}
