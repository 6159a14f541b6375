import type { ReactNode } from "react";
import type { Languages } from "../i18n/i18n";
import { SessionProvider } from "../session/SessionContext";
import { browserSessionDeps, Session } from "../session/session";
import { mountPage } from "./mountPage";

/**
 * Starts a portal in #root, for who is signed in. `link`: the token of the tracking link that the page was
 * opened with.
 */
export async function mountPortal(
  languages: Languages,
  page: ReactNode,
  link: string | null = null,
): Promise<void> {
  const session = new Session(browserSessionDeps(), link);
  const restored = session.restore();
  await mountPage(languages, <SessionProvider session={session}>{page}</SessionProvider>);
  await restored;
}
