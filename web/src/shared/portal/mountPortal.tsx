import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "../i18n/I18nContext";
import { I18n, type Languages } from "../i18n/i18n";
import { SessionProvider } from "../session/SessionContext";
import { browserSessionDeps, Session } from "../session/session";
import { ClockProvider } from "../time/ClockContext";
import { ServerClock } from "../time/serverClock";
import { TickingClock } from "../time/tickingClock";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { ThemeContext } from "../ui/ThemeButton";
import { Theme } from "../ui/theme";
import { BrokenPage } from "./PageStates";

/**
 * Starts a portal in #root: theme, language and session first, so that nothing flashes. `link`: the
 * token of the tracking link that the page was opened with.
 */
export async function mountPortal(
  languages: Languages,
  page: ReactNode,
  link: string | null = null,
): Promise<void> {
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no #root");
  const theme = new Theme();
  const i18n = new I18n(languages);
  const session = new Session(browserSessionDeps(), link);
  const clock = new TickingClock(new ServerClock());
  const restored = session.restore();
  await i18n.restore();
  createRoot(root).render(
    <StrictMode>
      <ThemeContext value={theme}>
        <I18nProvider i18n={i18n}>
          <ErrorBoundary fallback={<BrokenPage />}>
            <ClockProvider clock={clock}>
              <SessionProvider session={session}>{page}</SessionProvider>
            </ClockProvider>
          </ErrorBoundary>
        </I18nProvider>
      </ThemeContext>
    </StrictMode>,
  );
  await restored;
}
