import { useCallback, useEffect, useState } from "react";
import { Loading, type Loaded } from "../../core/loading";
import { useStore } from "../useStore";

export interface Read<T> extends Loaded<T> {
  /** Read the same again. */
  readonly again: () => void;
  readonly loading: Loading<T>;
}

/** What `read` reads, which has to be the same function as long as the same is wished for; null: nothing is to be read. */
export function useLoaded<T>(read: () => Promise<T> | null): Read<T> {
  const [loading] = useState(() => new Loading<T>());
  const view = useStore(loading.view);
  const again = useCallback(() => {
    const reading = read();
    if (reading) void loading.run(() => reading);
  }, [loading, read]);
  useEffect(() => void loading.turn(read), [loading, read]);
  return { ...view, again, loading };
}
