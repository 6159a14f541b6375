import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { TickingClock } from "./tickingClock";

const ClockContext = createContext<TickingClock | null>(null);

export function ClockProvider({ clock, children }: { clock: TickingClock; children: ReactNode }) {
  return <ClockContext value={clock}>{children}</ClockContext>;
}

export function useClock(): TickingClock {
  const clock = useContext(ClockContext);
  if (clock === null) throw new Error("useClock needs a ClockProvider");
  return clock;
}

/** Server time, once a second. Only for leaves that show it: everything below renders with it. */
export function useNowMs(): number {
  const clock = useClock();
  return useSyncExternalStore(clock.subscribe, clock.tick);
}

/** A plain value that depends on the time; the component renders only when the value changes. */
export function useTimed<T extends string | number | boolean | null>(
  value: (nowMs: number) => T,
): T {
  const clock = useClock();
  return useSyncExternalStore(clock.subscribe, () => value(clock.tick()));
}
