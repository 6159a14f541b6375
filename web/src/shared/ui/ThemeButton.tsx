import { MonitorSmartphone, Moon, Sun } from "lucide-react";
import { createContext, useContext, useSyncExternalStore } from "react";
import { useText } from "../i18n/I18nContext";
import { IconButton } from "./Button";
import type { Theme, ThemeChoice } from "./theme";

export const ThemeContext = createContext<Theme | null>(null);

const icons: Record<ThemeChoice, typeof Sun> = {
  system: MonitorSmartphone,
  light: Sun,
  dark: Moon,
};

const noSubscription = () => () => {};

export function ThemeButton({ className = "" }: { className?: string }) {
  const theme = useContext(ThemeContext);
  const text = useText();
  const choice = useSyncExternalStore(
    theme?.subscribe ?? noSubscription,
    () => theme?.choice() ?? "system",
  );
  const Icon = icons[choice];
  return (
    <IconButton label={text(`theme.${choice}`)} className={className} onClick={() => theme?.next()}>
      <Icon aria-hidden="true" className="size-[18px]" />
    </IconButton>
  );
}
