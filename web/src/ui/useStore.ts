import { useSyncExternalStore } from "react";
import type { Store } from "../core/store";

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** A part of what the store holds: only a change of that part is a change. What `select` makes must be comparable. */
export function useSelected<T, P extends string | boolean | null>(
  store: Store<T>,
  select: (value: T) => P,
): P {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
