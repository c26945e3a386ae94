import type { SummaryTopic } from "../core/summaries";
import { inLanguage } from "./languages/catalog";

/** The sentences of a summary on demand. */
export const summaryStrings = inLanguage("summaryStrings", {
  summarise: "Summarise",
  reading: "Reading the conversation…",
  from: "From",
  beginning: "the beginning",
  messages: (count: number, earlier: number) =>
    `${count === 1 ? "1 message" : `${count} messages`} up to now.` +
    (earlier > 0 ? ` The first ${earlier} were too many to be read.` : ""),
  nothing: "There is nothing to sum up here.",
  notWritten: "The summary could not be written this time.",
  nothingOfNote: "Nothing of note was found in it.",
  topics: {
    points: "What it was about, and what was decided",
    commitments: "Who promised what",
    open_questions: "Open questions",
    numbers: "Numbers",
    names: "People and companies",
  } satisfies Record<SummaryTopic, string>,
  source: (number: number) => `message ${number}`,
  sourceOf: (number: number, line: string) => `message ${number} of: ${line}`,
  caution: "Written by the coach, for you alone. Look at the messages before you rely on it.",
  copy: "Copy the summary",
  again: "Summarise again",
} as const);
