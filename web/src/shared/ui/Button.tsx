import type { ButtonHTMLAttributes, ReactNode } from "react";

export type ButtonKind = "primary" | "secondary" | "accent" | "quiet";

const looks: Record<ButtonKind, string> = {
  primary: "bg-ink text-bg hover:opacity-90",
  secondary: "border border-line-strong bg-surface text-ink hover:bg-sunken",
  accent: "bg-accent text-on-accent hover:opacity-90",
  quiet: "text-ink hover:bg-sunken",
};

export const buttonLook = (kind: ButtonKind): string =>
  `inline-flex min-h-11 items-center justify-center gap-2 rounded-ctl px-3.5 text-sm font-semibold whitespace-nowrap disabled:opacity-50 aria-disabled:opacity-60 lg:min-h-9 ${looks[kind]}`;

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  /** Work is under way: shown as unavailable, but keeps the keyboard focus. */
  busy?: boolean;
  children: ReactNode;
}

export function Button({
  kind = "primary",
  busy = false,
  className = "",
  onClick,
  ...rest
}: Props) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={`${buttonLook(kind)} ${className}`}
    />
  );
}

interface IconProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  children: ReactNode;
}

export function IconButton({ label, className = "", ...rest }: IconProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={`inline-flex size-11 shrink-0 items-center justify-center rounded-ctl text-ink-2 hover:bg-sunken lg:size-9 ${className}`}
    />
  );
}
