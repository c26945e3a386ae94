import type { Cell, Grouping, PeriodFault } from "../../core/adminTables";
import { NO_CURRENCY } from "../../core/currency";
import type { CallVote, MessageVote } from "../../protocol/generated";
import { inLanguage } from "../languages/catalog";
import { locale } from "../languages/language";

export type PageName = "usage" | "tools" | "prompts" | "reviews" | "security";

/** The sentences of the administration. */
export const adminStrings = inLanguage("adminStrings", {
  pages: {
    usage: "Usage",
    tools: "Tool feedback",
    prompts: "Prompt versions",
    reviews: "Reviews",
    security: "Security events",
  } satisfies Record<PageName, string>,
  navigation: "Pages of the administration",
  noted: "Each look at these pages is noted among the security events.",
  loading: "Reading…",
  from: "From",
  to: "To",
  show: "Show",
  lastDays: (count: number) => `Last ${count} days`,
  periodFaults: {
    incomplete: () => "Both days have to be named.",
    turned: () => "The first day comes behind the last.",
    long: (most: number) => `Choose at most ${most} days, both included.`,
  } satisfies Record<PeriodFault, (most: number) => string>,
  refused: "This page is not open to you",
  sumUpBy: "By",
  groupings: {
    people: "Person",
    teams: "Team",
    models: "Model",
    lines: "Person, team and model",
  } satisfies Record<Grouping, string>,
  measure: "Chart of",
  measures: { tokens: "Tokens", cost: "Cost", turns: "Turns" },
  nameTitles: {
    people: ["Person"],
    teams: ["Team"],
    models: ["Model"],
    lines: ["Person", "Team", "Model"],
  } satisfies Record<Grouping, readonly string[]>,
  turns: "Turns",
  read: "Tokens read",
  cached: "From the cache",
  written: "Tokens written",
  cost: (currency: string) => (currency === NO_CURRENCY ? "Cost" : `Cost (${currency})`),
  total: "Total",
  totals: (turns: number, tokens: number, cost: string) =>
    `${figure(turns)} turns, ${figure(tokens)} tokens, cost ${cost}`,
  noUsage: "Nothing was used in these days.",
  downloadCsv: "Download CSV",
  chartTitle: (measure: string, by: string) => `${measure} by ${by.toLowerCase()}`,
  chartAlt: (title: string, rows: readonly (readonly [string, number])[]) =>
    `Bar chart: ${title}. ${rows.map(([name, count]) => `${name}: ${figure(count)}`).join("; ")}.`,
  tool: "Tool",
  server: "Server",
  role: "Role",
  everyRole: "Every role",
  noRole: "No role",
  votes: "Votes",
  callVotes: { useful: "Useful", wrong: "Wrong", slow: "Slow", unsafe: "Unsafe" } satisfies Record<
    CallVote,
    string
  >,
  noTools: "Nobody has judged a tool call in these days.",
  toolsCaption: "Votes on tool calls",
  reasons: "Reasons",
  reasonsFor: (tool: string) => `Reasons for ${tool}`,
  byRole: "Votes by role",
  notes: "The latest notes",
  noNotes: "Nobody wrote a note.",
  close: "Close",
  promptsIntro: (label: string) => `New sessions use the versions labelled “${label}”.`,
  noPrompts: "No prompt is stored.",
  degraded: "It could not be refreshed lately; the last good version goes on being used.",
  labels: "Labels",
  labelSet: (by: string, at: string) => `set by ${by}, ${at}`,
  labelBefore: (version: string) => `before: ${version}`,
  noLabels: "No label points to it.",
  version: "Version",
  labelled: "Label",
  inUse: "In use",
  inUseHere: "in use",
  unnamedPrompt: "Prompt not known",
  votesOfDays: (days: number) => `Votes on answers of the last ${days} days.`,
  otherVersions: (count: number) => (count === 1 ? "1 other version" : `${count} other versions`),
  answerVotes: { up: "Good answers", down: "Bad answers" } satisfies Record<MessageVote, string>,
  reviewsIntro:
    "The latest bad answers, and calls judged wrong or unsafe. Nothing that was said is shown; only the note beside the vote.",
  noReviews: "Nobody complained in these days.",
  noOpenReviews: "Everything of these days is done.",
  openReviews: (count: number) => (count === 1 ? "1 to look into." : `${count} to look into.`),
  showDone: "Show what is done, too",
  judged: {
    useful: "Call useful",
    wrong: "Call wrong",
    slow: "Call slow",
    unsafe: "Call unsafe",
    up: "Good answer",
    down: "Bad answer",
  } satisfies Record<CallVote | MessageVote, string>,
  howItWent: "How the turn went",
  conversation: "Conversation",
  turn: "Turn",
  markDone: "Mark as done",
  doneNote: "What came of it",
  reopen: "Take it up again",
  doneBy: (by: string, at: string) => `Done by ${by}, ${at}`,
  cancel: "Cancel",
  day: "Day (UTC)",
  kind: "Kind",
  everyKind: "Every kind",
  kinds: {
    token_of_another: "Token of somebody else",
    role_not_granted: "Role not granted",
    other_email: "Another e-mail address",
    admin_access: "Administrator looked",
    admin_intervened: "Administrator intervened",
    access_refused: "Access refused",
  },
  time: "Time (UTC)",
  who: "Who",
  what: "What",
  onlyOf: (who: string) => `Only of ${who}`,
  noEvents: "There are no such events on this day.",
  eventsCaption: (count: number, more: boolean) =>
    more ? `The latest ${count} events` : count === 1 ? "1 event" : `${count} events`,
  older: "Show older",
} as const);

/** A cell as it is shown. */
export function figure(cell: Cell): string {
  return typeof cell === "number" ? cell.toLocaleString(locale(), { maximumFractionDigits: 4 }) : cell;
}

/** A time of the server's as the reader's own clock shows it. */
export function moment(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime())
    ? at
    : time.toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

export function roleName(role: string): string {
  return role === "none" ? adminStrings.noRole : role;
}
