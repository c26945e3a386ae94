import type {
  ErrorInfo,
  FeedbackRecorded,
  Participant,
  ServerEvent,
  ToolInfo,
  ToolStatus,
  TurnStatus,
  WhileBusy,
} from "../protocol/generated";
import type { DurableEvent } from "../protocol/frames";
import type { Card } from "./cardState";
import { NOTHING_BESIDE, type Beside } from "./beside";

/** Text of one delta that came before the text in front of it. */
export interface Piece {
  readonly offset: number;
  readonly text: string;
}

export interface ToolCall {
  readonly callId: string;
  readonly server: string;
  readonly tool: string;
  /** JSON text exactly as the model wrote it. */
  readonly arguments: string;
  /** `requested` until the call is known to run. */
  readonly status: "requested" | "running" | ToolStatus;
  readonly preview: string;
  /** There is more of the result than `preview` shows. */
  readonly truncated: boolean;
  readonly ms: number | null;
  /** How far it is, when its server tells. */
  readonly progress: CallProgress | null;
}

export interface CallProgress {
  readonly done: number;
  /** What `done` will be at the end; null when that is not known. */
  readonly total: number | null;
  readonly message: string | null;
}

/** What a person said of a tool call or of an answer. */
export interface Feedback {
  /** A call's id or a message's. */
  readonly targetId: string;
  readonly by: string;
  readonly vote: FeedbackRecorded["vote"];
  readonly note: string | null;
}

export interface Step {
  readonly messageId: string;
  readonly step: number;
  readonly attempt: number;
  readonly text: string;
  /** Characters of `text` as the server counts them: code points, not UTF-16 units. */
  readonly length: number;
  readonly complete: boolean;
  readonly finish: string | null;
  readonly calls: readonly ToolCall[];
  /** Pieces behind a hole, waiting for the text in front of them. */
  readonly ahead: readonly Piece[];
}

export interface Question {
  readonly messageId: string;
  readonly clientMessageId: string | null;
  readonly author: Participant;
  readonly text: string;
  readonly at: string;
  readonly seq: number;
}

/** A message put into a running turn. */
export interface Steer {
  /** The turn it becomes when it comes too late for this one; stopping that turn takes it back. */
  readonly turnId: string;
  readonly question: Question;
  /** The last step that had begun when it came, -1 before the first. */
  readonly after: number;
  /** The step that read it. */
  readonly usedBy: number | null;
  /** Taken back before any step read it. */
  readonly withdrawn: boolean;
}

/** Tokens as the model service counted them; `cached` is part of `input`. */
export interface TokenUse {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** Millionths of the price list's currency; 0 when there is no price. */
  readonly costMicros: number;
}

/** Why nothing comes for a while, in the server's words. */
export interface Delay {
  readonly message: string;
  /** Milliseconds it is likely to last. */
  readonly afterMs: number | null;
}

export interface Outcome {
  readonly status: TurnStatus;
  readonly error: ErrorInfo | null;
  /** The answer's text, for when no step of the turn reached this client; empty where it only repeats the error. */
  readonly response: string;
  readonly suggestions: readonly string[];
  readonly usage: TokenUse;
  readonly at: string;
}

/**
 * `waiting`: asked, and not yet known to run; `queued`: another turn has the floor; `parked`: it has begun and waits
 * for a person's answer, while other turns may run.
 */
export type TurnPhase = "waiting" | "queued" | "running" | "parked" | "stopping" | "ended";

export interface Turn {
  readonly turnId: string;
  /** What it answers, a question of the turn it replaces included; null while that is still on its way. */
  readonly question: Question | null;
  readonly phase: TurnPhase;
  /** Place in the queue, from 1; 0 when not queued. */
  readonly position: number;
  /** `seq` of its beginning; null until it had the floor. */
  readonly startedSeq: number | null;
  readonly steps: readonly Step[];
  /** Messages put into it, in the order they came. */
  readonly steers: readonly Steer[];
  /** Shown until the model speaks again. */
  readonly delay: Delay | null;
  /** What it asked people, in the order it asked. */
  readonly cards: readonly Card[];
  /** What people said of its calls and its answer: the last word of each about each. */
  readonly feedback: readonly Feedback[];
  /** The turn that took its place; it is then kept, but not shown. */
  readonly supersededBy: string | null;
  readonly outcome: Outcome | null;
  readonly beside: Beside;
}

export interface Conversation {
  readonly sessionId: string;
  readonly title: string;
  readonly tools: readonly ToolInfo[];
  readonly unavailable: readonly string[];
  readonly whileBusy: WhileBusy;
  readonly turns: readonly Turn[];
  /** The `seq` through which everything is applied. */
  readonly lastSeq: number;
  /** Durable events with a hole in front of them, ascending by `seq`. */
  readonly early: readonly DurableEvent[];
  /** False from a new connection until its snapshot is folded; live events are kept in `unfolded` meanwhile. */
  readonly folded: boolean;
  /** All of it was here once; until then it is the beginning of a conversation, and no picture of it. */
  readonly opened: boolean;
  readonly unfolded: readonly ServerEvent[];
}

export function emptyConversation(sessionId: string): Conversation {
  return {
    sessionId,
    title: "",
    tools: [],
    unavailable: [],
    whileBusy: "queue",
    turns: [],
    lastSeq: 0,
    early: [],
    folded: false,
    opened: false,
    unfolded: [],
  };
}

export function emptyTurn(turnId: string): Turn {
  return {
    turnId,
    question: null,
    phase: "waiting",
    position: 0,
    startedSeq: null,
    steps: [],
    steers: [],
    delay: null,
    cards: [],
    feedback: [],
    supersededBy: null,
    outcome: null,
    beside: NOTHING_BESIDE,
  };
}

export function emptyStep(messageId: string, step: number): Step {
  return {
    messageId,
    step,
    attempt: 0,
    text: "",
    length: 0,
    complete: false,
    finish: null,
    calls: [],
    ahead: [],
  };
}

/** The turn that a stop would reach first: the one that runs, else the first that waits for the floor. */
export function openTurn(conversation: Conversation): Turn | null {
  const open = conversation.turns.filter((turn) => turn.phase !== "ended" && turn.phase !== "parked");
  return open.find((turn) => turn.phase !== "queued") ?? open[0] ?? null;
}

/** The turn whose answer may be given again: the latest that had the floor, and only while nothing is open. */
export function latestAnswer(conversation: Conversation): Turn | null {
  if (openTurn(conversation)) return null;
  const latest = shownTurns(conversation, null).findLast((turn) => turn.startedSeq !== null);
  return latest?.phase === "ended" ? latest : null;
}

/** What is not superseded; with `replacing`, only what stands before the turn of that question. */
export function shownTurns(conversation: Conversation, replacing: string | null): readonly Turn[] {
  const shown = conversation.turns.filter((turn) => turn.supersededBy === null);
  const end = shown.findIndex((turn) => turn.question?.messageId === replacing);
  return replacing === null || end < 0 ? shown : shown.slice(0, end);
}
