import type { English } from "./english";

type Words = Record<string, unknown>;

/** The same keys, the same parameters, in other words: what a catalog in another language must be. */
export type Translated<T> = T extends string
  ? string
  : T extends (...given: infer G) => string
    ? (...given: G) => string
    : { readonly [K in keyof T]: Translated<T[K]> };

/** All catalogs in one language. */
export type Catalogs = { readonly [name in keyof English]: Translated<English[name]> };

interface Entry {
  /** What the page reads; its words change with the language. */
  readonly shown: Words;
  readonly english: Readonly<Words>;
}

const entries = new Map<string, Entry>();
let spoken: Readonly<Partial<Record<string, Words>>> | null = null;

/**
 * Have these sentences follow the language of the page. They are read where they are shown, each time anew: whoever
 * keeps one in a constant keeps it in English.
 */
export function inLanguage<T extends object>(name: keyof English, english: T): T {
  const shown = { ...english };
  const entry: Entry = { shown: shown as Words, english: english as Words };
  entries.set(name, entry);
  say(name, entry);
  return shown;
}

/** Have all catalogs, and those that are loaded later, say these words; null: the English they were written in. */
export function speak(catalogs: Catalogs | null): void {
  spoken = catalogs;
  for (const [name, entry] of entries) say(name, entry);
}

function say(name: string, { shown, english }: Entry): void {
  for (const key of Object.keys(shown)) Reflect.deleteProperty(shown, key);
  Object.assign(shown, english, spoken?.[name]);
}

/** The names of the catalogs that were loaded so far, and their English words. */
export function loadedCatalogs(): ReadonlyMap<string, Readonly<Words>> {
  return new Map([...entries].map(([name, { english }]) => [name, english]));
}
