import type { EntryKind, MemoryEntry } from "../core/api";

/** The sentences of the memory and of the search. */
export const findStrings = {
  memory: "Memory",
  memoryLoading: "Reading your memory…",
  memorySwitch: "Let the coach use my memory",
  memoryOnNote:
    "The coach is told these notes in all your conversations, and may ask to add one: nothing is stored without your yes. They are never used in groups or temporary conversations.",
  memoryOffNote:
    "Now the coach is told none of these notes. Switched on, it is told them in all your conversations, but never in groups or temporary ones, and may ask to add one: nothing is stored without your yes. Notes are kept until you delete them.",
  memoryIsOn: "Your memory is on.",
  memoryIsOff: "Your memory is off.",
  entries: "Notes",
  noEntries: "There are no notes yet.",
  addEntry: "Add a note",
  add: "Add",
  entryText: "What to remember",
  entryKind: "This is",
  entryKinds: { fact: "a fact about me", instruction: "how to answer me" } satisfies Record<
    EntryKind,
    string
  >,
  entryLength: (count: number, limit: number) => `${count} of ${limit} characters`,
  entryCount: (count: number, limit: number) => `${count} of ${limit} notes`,
  entryNote: (kind: EntryKind, by: MemoryEntry["by"], day: string) =>
    `${KINDS[kind]} · ${by === "coach" ? "the coach’s words, allowed by you" : "your words"} · ${day}`,
  entryAdded: "The note was added.",
  entryChanged: "The note was changed.",
  entryDeleted: "The note was deleted.",
  editEntry: (text: string) => `Edit the note: ${text}`,
  deleteEntry: (text: string) => `Delete the note: ${text}`,
  deleteEntryForGood: (text: string) => `Delete for good: ${text}`,
  theNote: "The note",
  remember: "Remember",
  rememberNot: "Don’t remember",
  search: "Search your conversations",
  searchPlaceholder: "Search",
  searchResults: "Search results",
  searchShort: "Type at least two characters.",
  searching: "Searching…",
  searchFailed: "The search did not work.",
  searchCount: (count: number, more: boolean) =>
    `${count === 1 ? "1 conversation" : `${count} conversations`}${more ? " so far" : ""}`,
  searchNothing: "Nothing found in your conversations.",
  searchNothingYet: "Nothing found in your latest conversations.",
  searchOlder: "Search older conversations",
  foundBy: { person: "You", coach: "Coach" },
  groupMark: "group",
  archivedMark: "archived",
} as const;

const KINDS: Record<EntryKind, string> = { fact: "About you", instruction: "How to answer" };
