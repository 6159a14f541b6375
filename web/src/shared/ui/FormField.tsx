import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

interface ControlProps {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
  className: string;
}

interface Props {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** Receives what ties the control to its label, hint and error. */
  children: (control: ControlProps) => ReactNode;
}

const controlLook =
  "block w-full min-h-11 rounded-ctl border border-line-strong bg-surface px-3 text-base text-ink placeholder:text-ink-3 aria-invalid:border-bad lg:min-h-10";

/** Label above, error below. */
export function FormField({ label, hint, error, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium text-ink-2">
        {label}
      </label>
      {children({
        id,
        "aria-invalid": error === undefined ? undefined : true,
        "aria-describedby": note === undefined ? undefined : noteId,
        className: controlLook,
      })}
      {error !== undefined ? (
        <p id={noteId} role="alert" className="mt-1.5 flex items-start gap-1.5 text-sm text-bad">
          <CircleAlert aria-hidden="true" className="mt-px size-4 shrink-0" />
          {error}
        </p>
      ) : hint !== undefined ? (
        <p id={noteId} className="mt-1.5 text-xs text-ink-3">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
