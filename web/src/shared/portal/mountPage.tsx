import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "../i18n/I18nContext";
import { I18n, type Languages } from "../i18n/i18n";
import { ClockProvider } from "../time/ClockContext";
import { ServerClock } from "../time/serverClock";
import { TickingClock } from "../time/tickingClock";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { ThemeContext } from "../ui/ThemeButton";
import { Theme } from "../ui/theme";
import { BrokenPage } from "./PageStates";

/** Starts a page in #root: theme and language first, so that nothing flashes. */
export async function mountPage(languages: Languages, page: ReactNode): Promise<void> {
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no #root");
  const theme = new Theme();
  const i18n = new I18n(languages);
  const clock = new TickingClock(new ServerClock());
  await i18n.restore();
  createRoot(root).render(
    <StrictMode>
      <ThemeContext value={theme}>
        <I18nProvider i18n={i18n}>
          <ErrorBoundary fallback={<BrokenPage />}>
            <ClockProvider clock={clock}>{page}</ClockProvider>
          </ErrorBoundary>
        </I18nProvider>
      </ThemeContext>
    </StrictMode>,
  );
}
