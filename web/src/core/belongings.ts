import type { Person } from "./auth";
import type { Store } from "./store";

const OWNER = "salescoach.owner";
const PREFIX = "salescoach.";

/**
 * What is unsent in this tab is the person's who wrote it: nobody else who signs in here sends it. To be called
 * before any of it is read.
 */
export function keepToOwner(storage: Storage, person: Store<Person | null>): void {
  const id = person.get()?.id;
  if (id === undefined) return;
  const before = storage.getItem(OWNER);
  if (before === id) return;
  if (before !== null) forget(storage);
  storage.setItem(OWNER, id);
}

function forget(storage: Storage): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys) if (key?.startsWith(PREFIX)) storage.removeItem(key);
}
