import type { besideStrings as english } from "../../besideStrings";
import type { Translated } from "../catalog";
import { counted, number, seconds } from "./words";

export const besideStrings: Translated<typeof english> = {
  showRows: "Zeilen anzeigen",
  downloadCsv: "CSV herunterladen",
  chartLoading: "Wird gezeichnet …",
  chartFailed: "Das Diagramm konnte nicht gezeichnet werden. Seine Zeilen stehen darunter.",
  chartSource: "Aus dem Ergebnis des Werkzeugs berechnet.",
  chartUntrusted: "Aus Text von außen erstellt: Prüfen Sie es, bevor Sie es verwenden.",
  unmatched: "Kein Werkzeug hat diese Zahl geliefert. Prüfen Sie sie, bevor Sie sie verwenden.",
  why: "Warum diese Antwort",
  whyLoading: "Es wird gelesen, wie diese Antwort entstand …",
  whyTotal: (ms, tokens) =>
    `${ms === null ? "Nicht fertig" : seconds(ms)} · ${counted(tokens, "Token", "Tokens")}`,
  whyWaited: (ms) => `${seconds(ms)} in der Reihe gewartet`,
  whyStep: (index) => `Schritt ${number(index + 1)}`,
  whyAttempt: (attempt) => `Versuch ${number(attempt)}`,
  whyStepDetail: (ms, read, written) =>
    `${seconds(ms)} · ${counted(read, "Token", "Tokens")} gelesen, ${number(written)} geschrieben`,
  whyCall: ({ ms }) => (ms === null ? "" : seconds(ms)),
  whyUntrusted: (servers) => `Hatte Text von außen gelesen: ${servers.join(", ")}`,
  whyPrompt: (prompt, version, tools) =>
    `Prompt ${prompt}, Version ${version}; ${counted(tools, "Werkzeug", "Werkzeuge")}`,
};
