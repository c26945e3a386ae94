import type {
  ErrorInfo,
  Participant,
  ServerEvent,
  ToolInfo,
  ToolStatus,
  TurnStatus,
  WhileBusy,
} from "../protocol/generated";
import type { DurableEvent } from "../protocol/frames";

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
  /** The answer's text; used when no step of the turn reached this client. */
  readonly response: string;
  readonly suggestions: readonly string[];
  readonly usage: TokenUse;
  readonly at: string;
}

/** `waiting`: asked, and not yet known to run; `queued`: another turn has the floor. */
export type TurnPhase = "waiting" | "queued" | "running" | "stopping" | "ended";

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
  /** The turn that took its place; it is then kept, but not shown. */
  readonly supersededBy: string | null;
  readonly outcome: Outcome | null;
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
  /** False from a new connection until its snapshot is folded; live events are parked meanwhile. */
  readonly folded: boolean;
  readonly parked: readonly ServerEvent[];
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
    parked: [],
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
    supersededBy: null,
    outcome: null,
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

/** The turn that a stop would reach first: the one that runs, else the first that waits. */
export function openTurn(conversation: Conversation): Turn | null {
  const open = conversation.turns.filter((turn) => turn.phase !== "ended");
  return open.find((turn) => turn.phase !== "queued") ?? open[0] ?? null;
}

/** The turn whose answer may be given again: the latest that had the floor, and only while nothing is open. */
export function latestAnswer(conversation: Conversation): Turn | null {
  if (openTurn(conversation)) return null;
  return shownTurns(conversation, null).findLast((turn) => turn.startedSeq !== null) ?? null;
}

/** What is not superseded; with `replacing`, only what stands before the turn of that question. */
export function shownTurns(conversation: Conversation, replacing: string | null): readonly Turn[] {
  const shown = conversation.turns.filter((turn) => turn.supersededBy === null);
  const end = shown.findIndex((turn) => turn.question?.messageId === replacing);
  return replacing === null || end < 0 ? shown : shown.slice(0, end);
}
