import { CloudOff, LoaderCircle, Lock, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "../i18n/I18nContext";
import { Button } from "../ui/Button";
import { StatePanel } from "../ui/StatePanel";

/** States that a page as a whole can be in. */

export function LoadingPage() {
  const text = useText();
  return (
    <main className="flex min-h-dvh items-center justify-center text-ink-3" aria-busy="true">
      <LoaderCircle aria-hidden="true" className="size-6 animate-spin" />
      <span className="sr-only">{text("page.loading")}</span>
    </main>
  );
}

export function UnreachablePanel({
  onRetry,
  isPage = false,
}: {
  onRetry: () => void;
  isPage?: boolean;
}) {
  const text = useText();
  return (
    <StatePanel
      icon={CloudOff}
      isPage={isPage}
      role="alert"
      title={text("page.unreachable")}
      more={text("page.unreachableMore")}
    >
      <Button onClick={onRetry}>{text("action.retry")}</Button>
    </StatePanel>
  );
}

export function ForbiddenPanel({
  onSignOut,
  isPage = false,
  children,
}: {
  onSignOut: () => void;
  isPage?: boolean;
  /** Where else to go. */
  children?: ReactNode;
}) {
  const text = useText();
  return (
    <StatePanel
      icon={Lock}
      isPage={isPage}
      title={text("page.forbidden")}
      more={text("page.forbiddenMore")}
    >
      <Button onClick={onSignOut}>{text("action.signOut")}</Button>
      {children}
    </StatePanel>
  );
}

export function BrokenPage() {
  const text = useText();
  return (
    <main>
      <StatePanel
        icon={TriangleAlert}
        isPage
        role="alert"
        title={text("page.broken")}
        more={text("page.brokenMore")}
      >
        <Button onClick={() => window.location.reload()}>{text("page.reload")}</Button>
      </StatePanel>
    </main>
  );
}
