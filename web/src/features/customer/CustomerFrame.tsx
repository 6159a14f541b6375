import { LogOut, Phone } from "lucide-react";
import { useText } from "../../shared/i18n/I18nContext";
import { useMe, useSession } from "../../shared/session/SessionContext";
import { Button } from "../../shared/ui/Button";
import { LanguageButton } from "../../shared/ui/LanguageButton";
import { Logo } from "../../shared/ui/Logo";
import { ThemeButton } from "../../shared/ui/ThemeButton";

export function CustomerHeader() {
  const text = useText();
  const workshop = useMe().workshop;
  const name = workshop?.name ?? text("product.name");
  return (
    <header className="mx-auto flex h-14 w-full max-w-[1200px] items-center gap-3 px-4 lg:px-6">
      <Logo className="size-8" />
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-base leading-5 font-semibold">{name}</h1>
        {workshop?.address && <p className="truncate text-sm text-ink-3">{workshop.address}</p>}
      </div>
      <LanguageButton />
      {workshop?.phone && (
        <a
          href={`tel:${workshop.phone.replace(/[^\d+]/g, "")}`}
          aria-label={text("customer.call", { workshop: name })}
          className="inline-flex size-11 items-center justify-center rounded-ctl text-ink-2 hover:bg-sunken"
        >
          <Phone aria-hidden="true" className="size-5" />
        </a>
      )}
    </header>
  );
}

export function CustomerFooter() {
  const text = useText();
  const session = useSession();
  return (
    <footer className="mx-auto flex w-full max-w-[1200px] items-center justify-between px-4 pb-[max(12px,env(safe-area-inset-bottom))] lg:px-6">
      <ThemeButton />
      <Button kind="quiet" className="text-ink-2" onClick={() => void session.logout()}>
        <LogOut aria-hidden="true" className="size-4" />
        {text("action.signOut")}
      </Button>
    </footer>
  );
}
