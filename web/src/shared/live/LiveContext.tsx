import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useRef,
  useSyncExternalStore,
} from "react";
import type { Pit } from "../api/model";
import { useClock } from "../time/ClockContext";
import type { Live } from "./live";
import type { Connection, LiveStore } from "./liveStore";
import { sameContent } from "./sameContent";

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ live, children }: { live: Live; children: ReactNode }) {
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("useLive needs a LiveProvider");
  return live;
}

export function useConnection(): Connection {
  const { store } = useLive();
  return useSyncExternalStore(
    useCallback((listener) => store.subscribe("connection", listener), [store]),
    () => store.connection(),
  );
}

/** One pit; renders again only when this pit changed. */
export function usePit(id: number): Pit | null {
  const { store } = useLive();
  return useSyncExternalStore(
    useCallback((listener) => store.subscribe(`pit:${id}`, listener), [store, id]),
    () => store.pit(id),
  );
}

export function usePitIds(): readonly number[] {
  const { store } = useLive();
  return useSyncExternalStore(
    useCallback((listener) => store.subscribe("pits", listener), [store]),
    () => store.pitIds(),
  );
}

/**
 * Something computed from all pits and the time. It is computed again on every change and every
 * second, but the component renders only when the result differs. `compute` must be stable.
 */
export function usePitsValue<T>(compute: (pits: Pit[], nowMs: number) => T): T {
  const { store } = useLive();
  const clock = useClock();
  const last = useRef<{ value: T; store: LiveStore; version: number; tick: number } | null>(null);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stopStore = store.subscribe("any-pit", listener);
      const stopClock = clock.subscribe(listener);
      return () => {
        stopStore();
        stopClock();
      };
    },
    [store, clock],
  );
  return useSyncExternalStore(subscribe, () => {
    const version = store.version();
    const tick = clock.tick();
    const known = last.current;
    if (
      known !== null &&
      known.store === store &&
      known.version === version &&
      known.tick === tick
    ) {
      return known.value;
    }
    const next = compute(store.pits(), tick);
    const value = known !== null && sameContent(known.value, next) ? known.value : next;
    last.current = { value, store, version, tick };
    return value;
  });
}
