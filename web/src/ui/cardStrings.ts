import type { Fault } from "../core/formValues";
import { isForMemory, type Card, type Decision, type Named } from "../core/cardState";
import { readable } from "../core/schemaFields";
import type { Feedback } from "../core/state";

/** `by` is the person who decided; null when it was none. */
type Decided = (by: string | null) => string;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The sentences of cards and feedback. */
export const cardStrings = {
  cardTitle: {
    approval: (card: Named) =>
      isForMemory(card) ? "A note for your memory" : `Allow “${readable(card.tool)}”?`,
    form: ({ server }: Named) => `${readable(server)} needs to know`,
    url: ({ server }: Named) => `${readable(server)} asks you to open a page`,
    sign_in: ({ server }: Named) => `Sign in to ${readable(server)}`,
  } satisfies Record<Card["kind"], (card: Named) => string>,
  mayUse: (tool: string, server: string) => `May the coach use “${readable(tool)}” of ${readable(server)}?`,
  mayUseBecause: (servers: readonly string[]) =>
    `It asks because the conversation holds text from ${servers.map(readable).join(", ")}, which strangers may have written.`,
  mayRemember:
    "Remember this? It is kept in your memory, and the coach is told it in all your conversations.",
  signInFor: (server: string) => `Sign in to ${readable(server)} so that the coach can use it for you.`,
  cardOthers: "Only the person who asked can answer this.",
  cardSending: "Sending your answer…",
  approve: "Approve",
  approveEdited: "Approve with changes",
  deny: "Deny",
  editArguments: "Change",
  discardEdits: "Discard changes",
  cardNote: "Note for the coach (optional)",
  cardNoteGiven: (note: string) => `Note: ${note}`,
  cardUsed: "What was sent",
  cardAsked: "What was asked",
  cardEdited: "with changes",
  cardOutcome: {
    approved: (by) => `Approved by ${by ?? "nobody"}`,
    denied: (by) => `Denied by ${by ?? "nobody"}`,
    accepted: (by) => `Answered by ${by ?? "nobody"}`,
    declined: (by) => `Declined by ${by ?? "nobody"}`,
    cancelled: (by) => (by === null ? "Cancelled" : `Cancelled by ${by}`),
    expired: () => "Nobody answered in time",
  } satisfies Record<Decision["outcome"], Decided>,
  timeLeft,
  formNote: (server: string) =>
    `Your answer goes to ${readable(server)}. Never enter passwords or keys here.`,
  sendForm: "Send",
  decline: "Decline",
  optional: "(optional)",
  choose: "Choose…",
  rawJson: "JSON",
  rawFault: "This is not a JSON object.",
  editAsJson: "Edit as JSON",
  editAsForm: "Edit as a form",
  fault: ({ code, limit }: Fault) => FAULTS[code](limit ?? 0),
  rawFieldFault: (name: string, fault: string) => `“${name}”: ${fault}`,
  linkHost: "Opens in a new tab at",
  openLink: "Open the page",
  openSignIn: "Sign in",
  linkDone: "I have done this",
  linkUnusable: "The address that was given cannot be opened.",
  waitsForYou: (count: number, title: string) =>
    count === 1 ? `Waiting for you: ${title}` : `Waiting for you: ${title} and ${count - 1} more`,
  parked: "Waiting for your answer. You can ask other things meanwhile.",
  parkedOthers: "Waiting for somebody’s answer. You can ask other things meanwhile.",
  parkedAnswered: "Goes on as soon as the running answer is done.",
  stopParked: "Give this up",
  toolWaiting: "Waiting for an answer",
  progressLabel: "Progress",
  progress: (done: number, total: number | null) =>
    total !== null && total > 0
      ? `${Math.min(100, Math.round((100 * done) / total))} %`
      : done.toLocaleString("en"),
  callFeedback: "How was this tool call?",
  answerFeedback: "How was this answer?",
  votes: {
    useful: "Useful",
    wrong: "Wrong",
    slow: "Slow",
    unsafe: "Unsafe",
    up: "Good answer",
    down: "Bad answer",
  } satisfies Record<Feedback["vote"], string>,
  voteNote: "Add a note",
  voteNoted: (note: string) => `Note: ${note}`,
} as const;

const FAULTS: Record<Fault["code"], (limit: number) => string> = {
  required: () => "This is needed.",
  number: () => "This is not a number.",
  integer: () => "This is not a whole number.",
  email: () => "This is not an e-mail address.",
  uri: () => "This is not a web address.",
  date: () => "This is not a date.",
  json: () => "This is not JSON.",
  text: () => "This is not a text in quotation marks.",
  yesNo: () => "This is neither true nor false.",
  choice: () => "This is none of the choices.",
  tooLow: (limit) => `At least ${limit}.`,
  tooHigh: (limit) => `At most ${limit}.`,
  tooShort: (limit) => `At least ${limit} characters.`,
  tooLong: (limit) => `At most ${limit} characters.`,
  tooFew: (limit) => `Choose at least ${limit}.`,
  tooMany: (limit) => `Choose at most ${limit}.`,
};

/** In the two largest units that matter. */
function timeLeft(milliseconds: number): string {
  if (milliseconds <= 0) return "The time to answer is over.";
  const left = milliseconds >= MINUTE_MS ? inUnits(milliseconds) : `${Math.ceil(milliseconds / 1000)} s`;
  return `${left} left to answer`;
}

function inUnits(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY_MS);
  const hours = Math.floor((milliseconds % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((milliseconds % HOUR_MS) / MINUTE_MS);
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
