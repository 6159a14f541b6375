import type { AnchorHTMLAttributes } from "react";
import { type ButtonKind, buttonLook } from "./Button";

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  kind?: ButtonKind;
}

/** Looks like a button and goes somewhere. */
export function ButtonLink({ kind = "primary", className = "", children, ...rest }: Props) {
  return (
    <a {...rest} className={`${buttonLook(kind)} ${className}`}>
      {children}
    </a>
  );
}
