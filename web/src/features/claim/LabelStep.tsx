import { type FormEvent, useRef, useState } from "react";
import { useText } from "../../shared/i18n/I18nContext";
import type { TextKey } from "../../shared/i18n/i18n";
import { Button } from "../../shared/ui/Button";
import { FormField } from "../../shared/ui/FormField";
import { Notice } from "../../shared/ui/Notice";
import { CodeInput } from "./CodeInput";
import { codeOf, deviceIdOf, type Label } from "./label";
import { StepHeading } from "./StepHeading";

interface Props {
  deviceId: string | null;
  code: string | null;
  /** The address had something, but not all of a label. */
  isMalformed: boolean;
  onLabel: (label: Label) => void;
}

type Errors = { deviceId?: TextKey; code?: TextKey };

const large = "min-h-13 font-semibold tracking-wide uppercase placeholder:font-normal num";

/** Typing what the label says, when it could not be scanned or was not accepted. */
export function LabelStep({ isMalformed, onLabel, ...known }: Props) {
  const text = useText();
  const [typedId, setTypedId] = useState(known.deviceId ?? "");
  const [typedCode, setTypedCode] = useState(known.code ?? "");
  const [errors, setErrors] = useState<Errors>({});
  const form = useRef<HTMLFormElement>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [deviceId, code] = [deviceIdOf(typedId), codeOf(typedCode)];
    if (deviceId !== null && code !== null) return onLabel({ deviceId, code });
    setErrors({
      ...(deviceId === null ? { deviceId: "claim.deviceIdWrong" } : {}),
      ...(code === null ? { code: "claim.codeWrong" } : {}),
    });
    const first = deviceId === null ? "deviceId" : "code";
    form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };

  return (
    <>
      <StepHeading lead={text("claim.labelLead")}>{text("claim.title")}</StepHeading>
      {isMalformed && <Notice kind="warn">{text("claim.malformed")}</Notice>}
      <form
        ref={form}
        noValidate
        onSubmit={submit}
        className="flex flex-col gap-4 rounded-card bg-surface p-4 shadow-card sm:p-5"
      >
        <FormField
          label={text("claim.deviceId")}
          hint={text("claim.deviceIdHint")}
          error={errors.deviceId && text(errors.deviceId)}
        >
          {(control) => (
            <input
              {...control}
              name="deviceId"
              data-testid="claim-device-id"
              autoComplete="off"
              autoCapitalize="characters"
              autoCorrect="off"
              spellCheck={false}
              className={`${control.className} ${large}`}
              value={typedId}
              onChange={(event) => {
                setTypedId(event.target.value);
                setErrors(({ code }) => (code === undefined ? {} : { code }));
              }}
            />
          )}
        </FormField>
        <FormField
          label={text("claim.code")}
          hint={text("claim.codeHint")}
          error={errors.code && text(errors.code)}
        >
          {({ className, ...control }) => (
            <CodeInput
              {...control}
              name="code"
              data-testid="claim-code"
              className={`${className} ${large}`}
              code={typedCode}
              onCode={(code) => {
                setTypedCode(code);
                setErrors(({ deviceId }) => (deviceId === undefined ? {} : { deviceId }));
              }}
            />
          )}
        </FormField>
        <Button
          type="submit"
          data-testid="claim-continue"
          className="min-h-13 text-base lg:min-h-11"
        >
          {text("claim.continue")}
        </Button>
      </form>
    </>
  );
}
