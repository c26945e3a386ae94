import type { Translated } from "../catalog";
import type { languageStrings as english } from "../languageStrings";

export const languageStrings: Translated<typeof english> = {
  language: "Sprache der Seite",
  loadFailed:
    "Diese Sprache konnte nicht geladen werden. Prüfen Sie Ihre Verbindung, und wählen Sie sie dann noch einmal.",
  footnotes: "Fußnoten",
  backToReference: (footnote, again) => `Zurück zum Verweis ${footnote}${again > 1 ? `-${again}` : ""}`,
};
