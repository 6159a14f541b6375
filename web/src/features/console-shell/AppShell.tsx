import { LogOut, type LucideIcon, Plus } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useText } from "../../shared/i18n/I18nContext";
import { useMe, useSession } from "../../shared/session/SessionContext";
import { Button, IconButton } from "../../shared/ui/Button";
import { LanguageButton } from "../../shared/ui/LanguageButton";
import { Logo } from "../../shared/ui/Logo";
import { ThemeButton } from "../../shared/ui/ThemeButton";
import { useMediaQuery } from "../../shared/ui/useMediaQuery";

/** Whose console it is: a workshop's or the platform's. */
interface Owner {
  name: string;
  more: string | null;
}

interface PageLink {
  href: string;
  icon: LucideIcon;
  label: string;
}

interface Links {
  pages: readonly PageLink[];
  /** The address of the one that is shown. */
  current: string;
}

interface Props extends Links {
  /** Of the browser's tab. */
  title: string;
  owner: Owner;
  /** What the link at the top says that leads a keyboard to the content. */
  skip: string;
  /** In the bar on large screens; on smaller ones the page itself shows it, beside its title. */
  badge?: ReactNode;
  /** Null for those who may not create jobs. */
  onNewJob: (() => void) | null;
  children: ReactNode;
}

/** Sidebar and bar around the console's pages. On phones the sidebar's parts go to the edges. */
export function AppShell({ title, owner, pages, current, skip, badge, onNewJob, children }: Props) {
  const text = useText();
  const isDesktop = useMediaQuery("(min-width: 64rem)");
  useEffect(() => {
    document.title = `${title} · ${text("product.name")}`;
  }, [text, title]);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[216px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-20 rounded-ctl bg-ink px-3 py-2 text-sm font-semibold text-bg focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {skip}
      </a>
      <Sidebar owner={owner} pages={pages} current={current} />
      <div className="flex min-h-dvh min-w-0 flex-col">
        <header className="sticky top-0 z-10 flex h-14 items-center gap-1 border-b border-line bg-surface px-4 lg:px-6">
          <Logo className="size-8 lg:hidden" />
          <p className="ml-2 min-w-0 truncate text-base font-semibold lg:hidden">{owner.name}</p>
          {isDesktop && badge}
          <span className="flex-1" />
          <OtherPages pages={pages} current={current} />
          <LanguageButton className="max-sm:hidden" />
          <ThemeButton className="max-sm:hidden" />
          {onNewJob !== null && (
            <Button className="ml-2 shrink-0" onClick={onNewJob}>
              <Plus aria-hidden="true" className="size-4" />
              {text("console.newJob")}
            </Button>
          )}
        </header>
        <main id="content" tabIndex={-1} className="flex-1 px-4 py-4 outline-none lg:px-6">
          {children}
        </main>
        <footer className="flex items-center gap-1 border-t border-line px-4 py-2 lg:hidden">
          <UserName />
          <LanguageButton className="sm:hidden" />
          <ThemeButton className="sm:hidden" />
          <SignOut />
        </footer>
      </div>
    </div>
  );
}

function Sidebar({ owner, ...links }: { owner: Owner } & Links) {
  const text = useText();
  return (
    <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface p-3 lg:flex">
      <div className="flex items-center gap-2.5 px-1.5 py-2">
        <Logo className="size-8" />
        <div className="min-w-0">
          <p className="truncate text-sm font-semibold">{owner.name}</p>
          <p className="truncate text-xs text-ink-3">{owner.more}</p>
        </div>
      </div>
      <nav aria-label={text("console.navigation")} className="mt-4 flex flex-1 flex-col gap-1">
        {links.pages.map((page) => (
          <a
            key={page.href}
            href={page.href}
            aria-current={page.href === links.current ? "page" : undefined}
            className="flex h-10 items-center gap-3 rounded-ctl px-3 text-sm font-medium text-ink-2 hover:bg-sunken aria-[current]:bg-sunken aria-[current]:font-semibold aria-[current]:text-ink"
          >
            <page.icon aria-hidden="true" className="size-[18px]" />
            {page.label}
          </a>
        ))}
      </nav>
      <div className="flex items-center">
        <UserName />
        <SignOut />
      </div>
    </aside>
  );
}

/** On phones, where there is no sidebar: the way to the other pages. */
function OtherPages({ pages, current }: Links) {
  return (
    <nav className="flex lg:hidden">
      {pages
        .filter(({ href }) => href !== current)
        .map((page) => (
          <a
            key={page.href}
            href={page.href}
            aria-label={page.label}
            title={page.label}
            className="inline-flex size-11 items-center justify-center rounded-ctl text-ink-2 hover:bg-sunken"
          >
            <page.icon aria-hidden="true" className="size-5" />
          </a>
        ))}
    </nav>
  );
}

function UserName() {
  const text = useText();
  const me = useMe();
  return (
    <div className="flex min-w-0 flex-1 items-center gap-2.5 px-1.5">
      <span
        aria-hidden="true"
        className="flex size-8 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-ink-2"
      >
        {initials(me.display_name)}
      </span>
      <div className="min-w-0">
        <p className="truncate text-sm font-semibold">{me.display_name}</p>
        <p className="truncate text-xs text-ink-3">{text(`role.${me.role}`)}</p>
      </div>
    </div>
  );
}

function SignOut() {
  const text = useText();
  const session = useSession();
  return (
    <IconButton label={text("action.signOut")} onClick={() => void session.logout()}>
      <LogOut aria-hidden="true" className="size-[18px]" />
    </IconButton>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return `${words[0]?.[0] ?? ""}${words.length > 1 ? (words.at(-1)?.[0] ?? "") : ""}`.toUpperCase();
}
