import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  icon: LucideIcon;
  title: string;
  more?: string;
  /** Announced when it appears instead of something else. */
  role?: "status" | "alert";
  /** The page's main heading, where nothing else is on the page. */
  isPage?: boolean;
  children?: ReactNode;
}

/** Fills the place of content that is empty, forbidden or could not be had. */
export function StatePanel({ icon: Icon, title, more, role, isPage, children }: Props) {
  const Heading = isPage ? "h1" : "h2";
  return (
    <div role={role} className="mx-auto flex max-w-sm flex-col items-center px-6 py-14 text-center">
      <span className="mb-4 flex size-12 items-center justify-center rounded-full bg-sunken text-ink-2">
        <Icon aria-hidden="true" className="size-6" />
      </span>
      <Heading className="text-lg font-semibold text-ink">{title}</Heading>
      {more !== undefined && <p className="mt-1.5 text-base text-ink-2">{more}</p>}
      {children !== undefined && (
        <div className="mt-5 flex flex-wrap justify-center gap-2">{children}</div>
      )}
    </div>
  );
}
