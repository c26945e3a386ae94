import { inLanguage } from "./languages/catalog";

/** Words of the parts that only some people meet: of a long transcript, and of what is read out. */
export const qualityStrings = inLanguage("qualityStrings", {
  exchange: (number: number, of: number) => `Question ${number} of ${of}`,
  showBefore: (count: number) => `Show ${count} earlier ${count === 1 ? "question" : "questions"}`,
  showAfter: (count: number) => `Show ${count} later ${count === 1 ? "question" : "questions"}`,
  showMessagesBefore: (count: number) => `Show ${count} earlier ${count === 1 ? "message" : "messages"}`,
  showMessagesAfter: (count: number) => `Show ${count} later ${count === 1 ? "message" : "messages"}`,
  answered: "The coach has answered below.",
} as const);
