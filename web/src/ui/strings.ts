import type { Problem, ProblemCode } from "../core/codes";
import type { TokenUse, ToolCall } from "../core/state";

/** A single answer costs little: show what is not 0, and never more than four digits of it. */
const COST_DIGITS = { maximumSignificantDigits: 4 } as const;

/** Every sentence of the page, in English. */
export const strings = {
  product: "SalesCoach",
  tagline: "Prepare, practise and win with a coach that knows your pipeline and your playbook.",
  signIn: "Sign in",
  signInNote: "You will be sent to your organisation's sign-in page and come straight back.",
  signInFailed: "The sign-in page could not be reached. Try again in a moment.",
  signOut: "Sign out",
  startFailed: "SalesCoach could not start",
  startFailedNote: "The page could not reach its services. Check that they are running, then try again.",
  tryAgain: "Try again",
  newChat: "New chat",
  openMenu: "Open the list of conversations",
  closeMenu: "Close the list of conversations",
  conversations: "Conversations",
  untitled: "New conversation",
  noSessions: "Your conversations will appear here.",
  listFailed: "The list could not be loaded.",
  showMore: "Show older",
  skip: "Skip to the conversation",
  transcript: "Conversation",
  person: "You",
  coach: "Coach",
  emptyTitle: (name: string) => (name ? `What are we working on, ${name}?` : "What are we working on?"),
  emptyNote: "Ask about a deal, rehearse a conversation, or look something up in the playbook.",
  suggestions: [
    {
      topic: "Deal strategy",
      question: "How is my pipeline for Contoso, and what should I say about price?",
    },
    {
      topic: "Objections",
      question: "A buyer says our competitor is 20% cheaper. How should I respond?",
    },
    {
      topic: "Meeting prep",
      question: "Help me prepare for a first discovery call with Fabrikam.",
    },
    {
      topic: "Role-play",
      question: "Play a sceptical CFO and let me practise my value pitch.",
    },
  ],
  opening: "Opening the conversation…",
  openFailed: "This conversation cannot be opened",
  composer: "Message to the coach",
  placeholder: "Ask your coach…",
  composerHint: "Enter to send · Shift + Enter for a new line",
  composerHintBusy: "Enter asks it next · Ctrl/⌘ + Enter steers",
  composerHintRejecting: "Only steering now: Ctrl/⌘ + Enter",
  composerNote: "The coach can be wrong. Check figures before you use them.",
  send: "Send",
  sendQueued: "Send: asked after the running answer",
  sendRejected: "Send: not while the coach answers",
  steer: "Steer",
  steerLabel: "Steer: put this message into the running answer",
  stop: "Stop",
  stopping: "Stopping…",
  thinking: "Thinking…",
  sending: "Sending…",
  waitingForConnection: "Waiting for the connection…",
  queued: (position: number) =>
    position <= 1 ? "Next in line: starts after the current answer" : `Waiting: number ${position} in line`,
  removeQueued: "Remove",
  removed: "You removed this question before it was answered.",
  removeQueuedLabel: (question: string) => `Remove the waiting question: ${question}`,
  steerHeading: "You, to the running answer",
  steerWaiting: "Will be used at the next step",
  steerReading: "Sent to the running answer",
  steerUsed: "Used",
  removeSteer: (message: string) => `Take back: ${message}`,
  edit: "Edit",
  editLabel: (question: string) => `Edit the question: ${question}`,
  editor: "The question in other words",
  editNote: "Saving asks it again. This answer and all that follow make way.",
  save: "Save",
  cancel: "Cancel",
  answerAgain: "Answer again",
  answeringAgain: "Asking again…",
  usage: ({ input, output }: TokenUse) => `${(input + output).toLocaleString("en")} tokens`,
  cost: (micros: number) => ` · cost ${(micros / 1_000_000).toLocaleString("en", COST_DIGITS)}`,
  usageDetail: ({ input, cached, output }: TokenUse) =>
    `${input.toLocaleString("en")} tokens read (${cached.toLocaleString("en")} from the cache), ${output.toLocaleString("en")} written`,
  delay: (message: string, afterMs: number | null) =>
    afterMs === null ? message : `${message} About ${Math.max(1, Math.round(afterMs / 1000))} s.`,
  whileBusy: "Questions while the coach answers",
  whileBusyChoices: { queue: "wait in line", reject: "are not taken" },
  notSent: "Not sent.",
  retry: "Retry",
  discard: "Discard",
  latest: "Jump to the latest",
  unavailable: (servers: readonly string[]) => `Not reachable right now: ${servers.join(", ")}`,
  copy: "Copy",
  copied: "Copied",
  copyAnswer: "Copy answer",
  askAgain: "Ask again",
  followUps: "Suggested follow-ups",
  dismiss: "Dismiss",
  notifications: "Notifications",
  arguments: "Arguments",
  result: "Result",
  noResult: "No result yet.",
  truncated: "This is the beginning of a longer result.",
  cut: "The answer was cut at its length limit.",
  seconds: (ms: number) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`),
  toolStatus: {
    requested: "Waiting",
    running: "Running",
    completed: "Done",
    failed: "Failed",
    denied: "Not allowed",
    cancelled: "Cancelled",
    unknown: "Outcome unknown",
  } satisfies Record<ToolCall["status"], string>,
  outcome: {
    completed: "",
    stopped: "You stopped this answer.",
    failed: "The coach could not finish this answer.",
    expired: "This answer took too long and was ended.",
    exhausted: "The coach reached its limit for one answer.",
  },
  connection: {
    connecting: "Connecting",
    connected: "Connected",
    reconnecting: "Reconnecting",
    offline: "Offline",
    signed_out: "Signed out",
  },
  banner: {
    connecting: "Connecting to SalesCoach…",
    reconnecting: "The connection was lost. Reconnecting; nothing is lost.",
    offline:
      "SalesCoach cannot be reached. What you write is kept, and sent as soon as the connection is back.",
    signed_out: "Your sign-in has ended.",
  },
  tryNow: "Try now",
  themes: { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" },
  periods: { today: "Today", yesterday: "Yesterday", week: "Previous 7 days", older: "Older" },
} as const;

const SOMETHING_WRONG = "Something went wrong on our side.";

/** Words for problems the server did not describe, or describes for developers. */
const PROBLEMS: Partial<Record<ProblemCode, string>> = {
  unreachable: "SalesCoach could not be reached.",
  timed_out: "SalesCoach did not answer in time.",
  bad_answer: "SalesCoach gave an answer this page does not understand.",
  conversation_not_found: "It does not exist, or it belongs to somebody else.",
  sign_in_unavailable: "The sign-in service could not be reached.",
  internal: SOMETHING_WRONG,
};

export function problemText(problem: Problem): string {
  return PROBLEMS[problem.code] ?? (problem.message || SOMETHING_WRONG);
}
