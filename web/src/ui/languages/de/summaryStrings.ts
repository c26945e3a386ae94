import type { summaryStrings as english } from "../../summaryStrings";
import type { Translated } from "../catalog";
import { counted, number } from "./words";

export const summaryStrings: Translated<typeof english> = {
  summarise: "Zusammenfassen",
  reading: "Die Unterhaltung wird gelesen …",
  from: "Ab",
  beginning: "dem Anfang",
  messages: (count, earlier) =>
    `${counted(count, "Nachricht", "Nachrichten")} bis jetzt.` +
    (earlier > 0
      ? ` ${counted(earlier, "frühere blieb", "frühere blieben")} ungelesen: Es waren zu viele.`
      : ""),
  nothing: "Hier gibt es nichts zusammenzufassen.",
  notWritten: "Die Zusammenfassung ließ sich diesmal nicht schreiben.",
  nothingOfNote: "Es fand sich nichts Nennenswertes darin.",
  topics: {
    points: "Worum es ging und was entschieden wurde",
    commitments: "Wer was zugesagt hat",
    open_questions: "Offene Fragen",
    numbers: "Zahlen",
    names: "Personen und Firmen",
  },
  source: (index) => `Nachricht ${number(index)}`,
  sourceOf: (index, line) => `Nachricht ${number(index)} zu: ${line}`,
  caution:
    "Vom Coach geschrieben, nur für Sie. Sehen Sie sich die Nachrichten an, bevor Sie sich darauf verlassen.",
  copy: "Zusammenfassung kopieren",
  again: "Noch einmal zusammenfassen",
};
