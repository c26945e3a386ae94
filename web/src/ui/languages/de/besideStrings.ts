import type { besideStrings as english } from "../../besideStrings";
import type { Translated } from "../catalog";
import { counted, number, seconds } from "./words";

export const besideStrings: Translated<typeof english> = {
  showRows: "Zeilen anzeigen",
  downloadCsv: "CSV herunterladen",
  chartLoading: "Wird gezeichnet …",
  chartFailed: "Das Diagramm konnte nicht gezeichnet werden. Seine Zeilen stehen darunter.",
  chartMark: {
    bar: "Balkendiagramm",
    line: "Liniendiagramm",
    area: "Flächendiagramm",
    point: "Streudiagramm",
    arc: "Kreisdiagramm",
    other: "Diagramm",
  },
  chartMeasure: {
    sum: (column) => `Summe von ${column ?? "Zeilen"}`,
    mean: (column) => `Mittelwert von ${column ?? "Zeilen"}`,
    count: (column) => `Anzahl von ${column ?? "Zeilen"}`,
  },
  chartBucket: {
    day: (column) => `${column} (Tag)`,
    week: (column) => `${column} (Woche)`,
    month: (column) => `${column} (Monat)`,
    quarter: (column) => `${column} (Quartal)`,
    year: (column) => `${column} (Jahr)`,
  },
  chartAlt: (mark, measure, by, count) =>
    `${mark}: ${measure} nach ${by.join(" und ")}, ${counted(count, "Wert", "Werte")}.`,
  chartExtremes: (highest, lowest) => `Höchster Wert: ${highest}; niedrigster: ${lowest}.`,
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
