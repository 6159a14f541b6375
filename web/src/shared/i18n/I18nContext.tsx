import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { I18n, I18nState, Text } from "./i18n";

const I18nContext = createContext<I18n | null>(null);

export function I18nProvider({ i18n, children }: { i18n: I18n; children: ReactNode }) {
  return <I18nContext value={i18n}>{children}</I18nContext>;
}

export function useI18n(): I18nState & { i18n: I18n } {
  const i18n = useContext(I18nContext);
  if (i18n === null) throw new Error("useI18n needs an I18nProvider");
  return { i18n, ...useSyncExternalStore(i18n.subscribe, i18n.state) };
}

export function useText(): Text {
  return useI18n().text;
}
