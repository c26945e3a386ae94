import { useContext } from "react";
import { Store } from "../../core/store";
import type { Fate } from "../../core/targetCommands";
import { useStore } from "../useStore";
import { RoomActionsContext } from "./roomActions";

const NONE = new Store<ReadonlyMap<string, Fate>>(new Map());

/** How the last deed of that name fares; null when there was none. */
export function useFate(key: string): Fate | null {
  const fates = useContext(RoomActionsContext)?.fates ?? NONE;
  return useStore(fates).get(key) ?? null;
}
