import type { questionsStrings as english } from "../../questions/questionsStrings";
import type { Translated } from "../catalog";
import { counted, number } from "./words";

export const questionsStrings: Translated<typeof english> = {
  title: "Häufige Fragen",
  intro:
    "Was im letzten halben Jahr mindestens drei Personen gefragt haben. Namen und Zahlen sind weggelassen.",
  loading: "Wird gelesen …",
  none: "Noch wurde nichts oft genug gefragt.",
  unavailable: "Es ist kein Modell für Vektoren eingerichtet; deshalb werden Fragen nicht ausgewertet.",
  analyzed: (at, questions) =>
    at === "" ? "Noch nicht ausgewertet." : `${counted(questions, "Frage", "Fragen")}, ausgewertet ${at}.`,
  run: "Jetzt auswerten",
  running: "Wird ausgewertet …",
  refresh: "Aktualisieren",
  unnamed: "Noch ohne Namen",
  figures: (size, people) =>
    `${counted(size, "Frage", "Fragen")} von ${counted(people, "Person", "Personen")}`,
  trend: {
    growing: "wird öfter gefragt",
    steady: "gleichbleibend",
    falling: "wird seltener gefragt",
  },
  sparkline: (counts) =>
    `Fragen pro Woche, älteste zuerst: ${counts.map((count) => number(count)).join(", ")}`,
  signals: {
    up: "gute Antworten",
    down: "schlechte Antworten",
    tool_failures: "fehlgeschlagene Werkzeuge",
    repeats: "noch einmal gefragt",
    unanswered: "ohne Antwort",
  },
  examples: "So wird gefragt",
  answer: "Freigegebene Antwort",
  approvedBy: (by, at, version) => `Version ${number(version)}, ${by}, ${at}`,
  hits: (offered, taken) => `Zuletzt ${number(offered)}-mal angeboten, ${number(taken)}-mal übernommen`,
  withdrawn: "Zurückgezogen",
  write: "Antwort schreiben",
  edit: "Ändern",
  approve: "Freigeben",
  withdraw: "Zurückziehen",
  cancel: "Abbrechen",
  threshold: "Wie ähnlich eine Frage sein muss",
  badge: "Freigegebene Antwort",
  offered: "Auf eine ähnliche Frage gibt es bereits eine Antwort.",
  show: "Anzeigen",
  hide: "Ausblenden",
  use: "Diese Antwort übernehmen",
  used: "Sie haben diese Antwort übernommen.",
};
