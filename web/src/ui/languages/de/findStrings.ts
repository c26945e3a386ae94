import type { EntryKind } from "../../../core/api";
import type { findStrings as english } from "../../findStrings";
import type { Translated } from "../catalog";
import { counted, number } from "./words";

const KINDS: Record<EntryKind, string> = { fact: "Über Sie", instruction: "Art der Antwort" };

export const findStrings: Translated<typeof english> = {
  memory: "Gedächtnis",
  memoryLoading: "Ihr Gedächtnis wird gelesen …",
  memorySwitch: "Der Coach darf mein Gedächtnis nutzen",
  memoryOnNote:
    "Der Coach erhält diese Notizen in allen Ihren Unterhaltungen und kann vorschlagen, eine weitere anzulegen: Ohne Ihr Ja wird nichts gespeichert. In Gruppen und temporären Unterhaltungen werden sie nie verwendet.",
  memoryOffNote:
    "Zurzeit erhält der Coach keine dieser Notizen. Eingeschaltet erhält er sie in allen Ihren Unterhaltungen, aber nie in Gruppen oder temporären, und kann vorschlagen, eine weitere anzulegen: Ohne Ihr Ja wird nichts gespeichert. Die Notizen bleiben erhalten, bis Sie sie löschen.",
  memoryIsOn: "Ihr Gedächtnis ist eingeschaltet.",
  memoryIsOff: "Ihr Gedächtnis ist ausgeschaltet.",
  entries: "Notizen",
  noEntries: "Es gibt noch keine Notizen.",
  addEntry: "Notiz hinzufügen",
  add: "Hinzufügen",
  entryText: "Was gemerkt werden soll",
  entryKind: "Das ist",
  entryKinds: { fact: "eine Tatsache über mich", instruction: "wie mir geantwortet werden soll" },
  entryLength: (count, limit) => `${number(count)} von ${number(limit)} Zeichen`,
  entryCount: (count, limit) => `${number(count)} von ${number(limit)} Notizen`,
  entryNote: (kind, by, day) =>
    `${KINDS[kind]} · ${by === "coach" ? "vom Coach formuliert, von Ihnen erlaubt" : "von Ihnen formuliert"} · ${day}`,
  entryAdded: "Die Notiz wurde hinzugefügt.",
  entryChanged: "Die Notiz wurde geändert.",
  entryDeleted: "Die Notiz wurde gelöscht.",
  editEntry: (text) => `Notiz bearbeiten: ${text}`,
  deleteEntry: (text) => `Notiz löschen: ${text}`,
  deleteEntryForGood: (text) => `Endgültig löschen: ${text}`,
  theNote: "Die Notiz",
  remember: "Merken",
  rememberNot: "Nicht merken",
  search: "Ihre Unterhaltungen durchsuchen",
  searchPlaceholder: "Suchen",
  searchResults: "Suchergebnisse",
  searchShort: "Geben Sie mindestens zwei Zeichen ein.",
  searching: "Suche läuft …",
  searchFailed: "Die Suche hat nicht funktioniert.",
  searchCount: (count, more) =>
    `${counted(count, "Unterhaltung", "Unterhaltungen")}${more ? " bisher gefunden" : ""}`,
  searchNothing: "In Ihren Unterhaltungen wurde nichts gefunden.",
  searchNothingYet: "In Ihren neuesten Unterhaltungen wurde nichts gefunden.",
  searchOlder: "Ältere Unterhaltungen durchsuchen",
  foundBy: { person: "Sie", coach: "Coach" },
  groupMark: "Gruppe",
  archivedMark: "archiviert",
};
