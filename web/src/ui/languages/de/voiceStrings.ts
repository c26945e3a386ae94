import type { voiceStrings as english } from "../../voice/voiceStrings";
import type { Translated } from "../catalog";
import { counted, number, percent } from "./words";

export const voiceStrings: Translated<typeof english> = {
  talk: "Sprechen (halten oder einmal drücken)",
  stopTalking: "Nicht mehr zuhören",
  shortcut: "Alt + M",
  options: "Spracheingabe und Stimme",
  phase: {
    listening: "Hört zu …",
    finishing: "Die letzten Worte werden verstanden …",
    thinking: "Der Coach denkt nach …",
    speaking: "Der Coach spricht",
    off: "",
  },
  bargeIn: "Zum Unterbrechen sprechen oder tippen.",
  hush: "Nicht weitersprechen",
  endHandsFree: "Freisprechen beenden",
  dismiss: "Ausblenden",
  handsFree: "Freisprechen",
  handsFreeNote: "Was Sie sagen, wird nach einer kurzen Pause gesendet, und Antworten werden vorgelesen.",
  readAloud: "Antworten vorlesen",
  language: "Sprache",
  pageLanguage: (name) => `Wie die Seite (${name})`,
  voice: "Stimme",
  anyVoice: "Wahl des Browsers",
  noVoice: "Dieser Browser hat keine Stimme für diese Sprache; eine andere wird sprechen.",
  rate: "Tempo",
  privacy:
    "Ihr Browser wandelt Sprache in Text um, mancher über einen Dienst seines Herstellers. SalesCoach erhält den Text, den Sie senden, und keinen Ton.",
  shortcutNote: "Alt + M startet das Sprechen überall auf der Seite; Esc lässt den Coach verstummen.",
  delivery: "Ihre Sprechweise",
  deliveryNote:
    "Auf dieser Seite aus dem Erkannten gezählt, nur für Sie: Es wird weder gesendet noch gespeichert. Browser lassen ein „äh“ oft weg; es können also mehr gewesen sein.",
  nothingMeasured: "Noch wurde nichts gesagt.",
  pace: "Sprechtempo",
  paceValue: ({ pace }) => (pace === null ? "noch nicht bekannt" : `${number(Math.round(pace))} Wörter/min`),
  spoken: "Gesprochen",
  spokenValue: ({ words, spokenMs }) => `${counted(words, "Wort", "Wörter")} in ${duration(spokenMs)}`,
  fillers: "Füllwörter",
  fillersValue: ({ fillers }) => (fillers === null ? "in dieser Sprache nicht bekannt" : listed(fillers)),
  talkShare: "Ihr Redeanteil",
  talkShareValue: ({ talkShare }) =>
    talkShare === null ? "der Coach hat nicht gesprochen" : percent(talkShare),
  longest: "Längster Monolog",
  longestValue: ({ longestMs }) => duration(longestMs),
  startOver: "Neu beginnen",
  problems: {
    permission:
      "Der Browser darf das Mikrofon nicht verwenden. Erlauben Sie es in der Adresszeile, und versuchen Sie es dann noch einmal.",
    microphone:
      "Es wurde kein Mikrofon gefunden. Schließen Sie eines an, und versuchen Sie es dann noch einmal.",
    network:
      "Die Spracherkennung ist nicht erreichbar. Prüfen Sie Ihre Verbindung; Schreiben geht weiterhin.",
    language:
      "Dieser Browser erkennt diese Sprache nicht. Wählen Sie unter „Spracheingabe und Stimme“ eine andere.",
    keeps_ending: "Die Spracherkennung bricht immer wieder ab. Verwendet eine andere Seite das Mikrofon?",
    nothing_heard: "Es war nichts zu hören.",
    recognition: "Die Spracherkennung ist gescheitert. Versuchen Sie es noch einmal, oder schreiben Sie.",
    speech_blocked:
      "Der Browser lässt diese Seite noch nicht sprechen. Klicken Sie irgendwohin, und fragen Sie dann noch einmal.",
    speech_failed: "Die Antwort konnte nicht vorgelesen werden.",
  },
};

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function listed(fillers: ReadonlyMap<string, number>): string {
  if (fillers.size === 0) return "keine";
  return [...fillers]
    .sort(([, one], [, other]) => other - one)
    .map(([filler, count]) => `„${filler}“ ${number(count)}×`)
    .join(", ");
}
