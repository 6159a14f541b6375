import { LogOut } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "../../shared/i18n/I18nContext";
import { useMe, useSession } from "../../shared/session/SessionContext";
import { IconButton } from "../../shared/ui/Button";
import { LanguageButton } from "../../shared/ui/LanguageButton";
import { Logo } from "../../shared/ui/Logo";
import { ThemeButton } from "../../shared/ui/ThemeButton";

/** One column for a phone in the hand; the workshop is named, so that nobody claims for another. */
export function ClaimFrame({ children }: { children: ReactNode }) {
  const text = useText();
  const me = useMe();
  const session = useSession();
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-14 items-center gap-1 border-b border-line bg-surface px-4 lg:px-6">
        <Logo className="size-8" />
        <div className="ml-2 min-w-0 flex-1">
          <p className="truncate text-base font-semibold">
            {me.workshop?.name ?? text("product.name")}
          </p>
          <p className="truncate text-xs text-ink-3">{me.display_name}</p>
        </div>
        <LanguageButton />
        <ThemeButton />
        <IconButton label={text("action.signOut")} onClick={() => void session.logout()}>
          <LogOut aria-hidden="true" className="size-[18px]" />
        </IconButton>
      </header>
      <main className="mx-auto flex w-full max-w-[560px] flex-1 flex-col gap-5 px-4 pt-5 lg:pt-10">
        {children}
      </main>
    </div>
  );
}
