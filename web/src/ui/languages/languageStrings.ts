import { inLanguage } from "./catalog";

/** The sentences of the choice of a language. */
export const languageStrings = inLanguage("languageStrings", {
  language: "Language",
  loadFailed: "This language could not be loaded. Check your connection, then choose it again.",
  footnotes: "Footnotes",
  backToReference: (footnote: number, again: number) =>
    `Back to reference ${footnote}${again > 1 ? `-${again}` : ""}`,
} as const);
