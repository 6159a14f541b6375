import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";

/** A sentence the person must see: what failed, or what is different from usual. */
export function Notice({ kind, children }: { kind: "bad" | "warn" | "info"; children: ReactNode }) {
  const look = {
    bad: "bg-bad-soft text-bad",
    warn: "bg-warn-soft text-warn",
    info: "bg-accent-soft text-ink-2",
  }[kind];
  const Icon = kind === "info" ? Info : CircleAlert;
  return (
    <div
      role={kind === "bad" ? "alert" : "status"}
      className={`flex items-start gap-2 rounded-ctl px-3 py-2.5 text-sm font-medium ${look}`}
    >
      <Icon aria-hidden="true" className="mt-px size-4 shrink-0" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
