import { isForMemory } from "../../../core/cardState";
import type { Fault } from "../../../core/formValues";
import { readable } from "../../../core/schemaFields";
import type { cardStrings as english } from "../../cardStrings";
import type { Translated } from "../catalog";
import { form, number, percent } from "./words";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const FAULTS: Record<Fault["code"], (limit: number) => string> = {
  required: () => "Diese Angabe wird benötigt.",
  number: () => "Das ist keine Zahl.",
  integer: () => "Das ist keine ganze Zahl.",
  email: () => "Das ist keine E-Mail-Adresse.",
  uri: () => "Das ist keine Webadresse.",
  date: () => "Das ist kein Datum.",
  json: () => "Das ist kein JSON.",
  text: () => "Das ist kein Text in Anführungszeichen.",
  yesNo: () => "Das ist weder true noch false.",
  choice: () => "Das ist keine der Möglichkeiten.",
  tooLow: (limit) => `Mindestens ${number(limit)}.`,
  tooHigh: (limit) => `Höchstens ${number(limit)}.`,
  tooShort: (limit) => `Mindestens ${number(limit)} Zeichen.`,
  tooLong: (limit) => `Höchstens ${number(limit)} Zeichen.`,
  tooFew: (limit) => `Wählen Sie mindestens ${number(limit)} aus.`,
  tooMany: (limit) => `Wählen Sie höchstens ${number(limit)} aus.`,
};

export const cardStrings: Translated<typeof english> = {
  cardTitle: {
    approval: (card) =>
      isForMemory(card) ? "Eine Notiz für Ihr Gedächtnis" : `„${readable(card.tool)}“ erlauben?`,
    form: ({ server }) => `${readable(server)} braucht Angaben von Ihnen`,
    url: ({ server }) => `${readable(server)} bittet Sie, eine Seite zu öffnen`,
    sign_in: ({ server }) => `Bei ${readable(server)} anmelden`,
  },
  mayUse: (tool, server) => `Darf der Coach „${readable(tool)}“ von ${readable(server)} verwenden?`,
  mayUseBecause: (servers) =>
    `Er fragt, weil die Unterhaltung Text von ${servers.map(readable).join(", ")} enthält, den Fremde geschrieben haben können.`,
  mayRemember:
    "Soll das gemerkt werden? Es bleibt in Ihrem Gedächtnis, und der Coach erfährt es in allen Ihren Unterhaltungen.",
  signInFor: (server) =>
    `Melden Sie sich bei ${readable(server)} an, damit der Coach es für Sie verwenden kann.`,
  cardOthers: "Nur wer die Frage gestellt hat, kann hier antworten.",
  cardSending: "Ihre Antwort wird gesendet …",
  approve: "Erlauben",
  approveEdited: "Mit Änderungen erlauben",
  deny: "Ablehnen",
  editArguments: "Ändern",
  discardEdits: "Änderungen verwerfen",
  cardNote: "Hinweis an den Coach (optional)",
  cardNoteGiven: (note) => `Hinweis: ${note}`,
  cardUsed: "Was gesendet wurde",
  cardAsked: "Was gefragt war",
  cardEdited: "mit Änderungen",
  cardOutcome: {
    approved: (by) => `Erlaubt von ${by ?? "niemandem"}`,
    denied: (by) => `Abgelehnt von ${by ?? "niemandem"}`,
    accepted: (by) => `Beantwortet von ${by ?? "niemandem"}`,
    declined: (by) => `Abgelehnt von ${by ?? "niemandem"}`,
    cancelled: (by) => (by === null ? "Abgebrochen" : `Abgebrochen von ${by}`),
    expired: () => "Niemand hat rechtzeitig geantwortet",
  },
  timeLeft,
  formNote: (server) =>
    `Ihre Antwort geht an ${readable(server)}. Geben Sie hier niemals Passwörter oder Schlüssel ein.`,
  sendForm: "Senden",
  decline: "Ablehnen",
  optional: "(optional)",
  choose: "Bitte wählen …",
  rawJson: "JSON",
  rawFault: "Das ist kein JSON-Objekt.",
  editAsJson: "Als JSON bearbeiten",
  editAsForm: "Als Formular bearbeiten",
  fault: ({ code, limit }) => FAULTS[code](limit ?? 0),
  rawFieldFault: (name, fault) => `„${name}“: ${fault}`,
  linkHost: "Öffnet in einem neuen Tab:",
  openLink: "Seite öffnen",
  openSignIn: "Anmelden",
  linkDone: "Das habe ich erledigt",
  linkUnusable: "Die angegebene Adresse lässt sich nicht öffnen.",
  waitsForYou: (count, title) =>
    count === 1 ? `Wartet auf Sie: ${title}` : `Wartet auf Sie: ${title} und ${number(count - 1)} weitere`,
  parked: "Wartet auf Ihre Antwort. Sie können inzwischen anderes fragen.",
  parkedOthers: "Wartet auf die Antwort einer anderen Person. Sie können inzwischen anderes fragen.",
  parkedAnswered: "Geht weiter, sobald die laufende Antwort fertig ist.",
  stopParked: "Nicht weiterverfolgen",
  toolWaiting: "Wartet auf eine Antwort",
  progressLabel: "Fortschritt",
  progress: (done, total) =>
    total !== null && total > 0 ? percent(Math.min(1, done / total)) : number(done),
  callFeedback: "Wie war dieser Werkzeugaufruf?",
  answerFeedback: "Wie war diese Antwort?",
  votes: {
    useful: "Nützlich",
    wrong: "Falsch",
    slow: "Langsam",
    unsafe: "Bedenklich",
    up: "Gute Antwort",
    down: "Schlechte Antwort",
  },
  voteNote: "Anmerkung hinzufügen",
  voteNoted: (note) => `Anmerkung: ${note}`,
};

/** In the two largest units that matter. */
function timeLeft(milliseconds: number): string {
  if (milliseconds <= 0) return "Die Zeit zum Antworten ist abgelaufen.";
  const left = milliseconds >= MINUTE_MS ? inUnits(milliseconds) : `${Math.ceil(milliseconds / 1000)} s`;
  return `Noch ${left} zum Antworten`;
}

function inUnits(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY_MS);
  const hours = Math.floor((milliseconds % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((milliseconds % HOUR_MS) / MINUTE_MS);
  if (days > 0) return `${days} ${form(days, "Tag", "Tage")} ${hours} Std.`;
  return hours > 0 ? `${hours} Std. ${minutes} Min.` : `${minutes} Min.`;
}
