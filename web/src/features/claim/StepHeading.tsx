import { type ReactNode, useEffect, useRef } from "react";

/** The heading of a step; takes the focus, so that a screen reader tells where one is now. */
export function StepHeading({ children, lead }: { children: ReactNode; lead?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div>
      <h1
        ref={heading}
        tabIndex={-1}
        className="text-2xl font-semibold tracking-[-0.015em] text-balance outline-none"
      >
        {children}
      </h1>
      {lead !== undefined && <p className="mt-1 text-base text-ink-2">{lead}</p>}
    </div>
  );
}
