import { Store } from "../../core/store";
import { speak, type Catalogs } from "./catalog";

/** What the page can be read in: by tag, its name in its own words and its catalogs. English comes with the page. */
export const LANGUAGES = {
  en: { name: "English", load: () => Promise.resolve(null) },
  de: { name: "Deutsch", load: () => import("./de/language-de").then(({ german }) => german) },
} as const satisfies Record<string, { name: string; load: () => Promise<Catalogs | null> }>;

export type Language = keyof typeof LANGUAGES;

const KEY = "salescoach.language";

/** What the page is read in. */
export const language = new Store<Language>("en");

/** The last one asked for wins, however long the others take to come. */
let asked: Language = "en";

/**
 * Speak what was chosen on this device, or else what the browser prefers; English where that cannot be had. Resolves
 * when the words are there.
 */
export async function startLanguage(): Promise<void> {
  try {
    await turnTo(preferred(localStorage.getItem(KEY), navigator.languages));
  } catch (error) {
    console.warn("The language could not be loaded.", error);
    await turnTo("en");
  }
}

/**
 * Speak this from now on, also when the page is opened again; nothing else of the page changes.
 *
 * @throws what the loading threw; the page then goes on as before.
 */
export async function chooseLanguage(chosen: Language): Promise<void> {
  if (await turnTo(chosen)) localStorage.setItem(KEY, chosen);
}

/** False when another was asked for meanwhile. */
async function turnTo(wanted: Language): Promise<boolean> {
  asked = wanted;
  const catalogs = await LANGUAGES[wanted].load();
  if (asked !== wanted) return false;
  speak(catalogs);
  document.documentElement.lang = wanted;
  language.set(wanted);
  return true;
}

/** The choice, if it still is one; else the first of the browser's languages that the page can be read in. */
export function preferred(chosen: string | null, browser: readonly string[]): Language {
  return [chosen ?? "", ...browser].map(primary).find(isLanguage) ?? "en";
}

/** For dates and numbers: the language of the page, with the region the browser names beside it. */
export function locale(): string {
  return regional(language.get(), navigator.languages);
}

export function regional(wanted: Language, browser: readonly string[]): string {
  return browser.find((tag) => primary(tag) === wanted) ?? wanted;
}

function primary(tag: string): string {
  return tag.split("-")[0]?.toLowerCase() ?? "";
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
