import type {
  ChatResponse,
  MessageCompleted,
  MessageCreated,
  ToolCallCompleted,
  ToolCallProgress,
  ToolCallStarted,
  Usage,
} from "../protocol/generated";
import {
  emptyStep,
  emptyTurn,
  type Conversation,
  type Question,
  type Step,
  type TokenUse,
  type ToolCall,
  type Turn,
} from "./state";
import { completed, requested } from "./steps";

/** Change one turn, making it at the end if this is the first word of it. */
export function changeTurn(state: Conversation, turnId: string, change: (turn: Turn) => Turn): Conversation {
  const index = state.turns.findIndex((turn) => turn.turnId === turnId);
  const before = state.turns[index] ?? emptyTurn(turnId);
  const after = change(before);
  if (after === before && index >= 0) return state;
  return { ...state, turns: index < 0 ? [...state.turns, after] : state.turns.with(index, after) };
}

/** Change one step of a turn, making it in its place if it is new. */
export function changeStep(turn: Turn, messageId: string, step: number, change: (step: Step) => Step): Turn {
  const index = turn.steps.findIndex((candidate) => candidate.messageId === messageId);
  const before = turn.steps[index];
  if (before) {
    const after = change(before);
    return after === before ? turn : { ...turn, steps: turn.steps.with(index, after) };
  }
  const steps = [...turn.steps, change(emptyStep(messageId, step))].sort((a, b) => a.step - b.step);
  return { ...turn, steps };
}

/** The question of a person's message. */
export function questionOf(event: MessageCreated): Question {
  return {
    messageId: event.message_id,
    clientMessageId: event.client_message_id,
    author: event.author,
    text: event.parts.map((part) => (part.type === "text" ? part.text : "")).join(""),
    at: event.at,
    seq: event.seq,
  };
}

export function stepCompleted(turn: Turn, event: MessageCompleted): Turn {
  return changeStep(turn, event.message_id, event.step, (step) => completed(step, event));
}

/** A call begins, or begins again with a person's answer, which may have changed its arguments. */
export function callStarted(turn: Turn, event: ToolCallStarted): Turn {
  return changeCall(turn, event, (call) =>
    call.status === "requested" || call.status === "running"
      ? { ...call, status: "running", arguments: event.arguments }
      : call,
  );
}

export function callCompleted(turn: Turn, event: ToolCallCompleted): Turn {
  return changeCall(turn, { ...event, arguments: "" }, (call) => ({
    ...call,
    status: event.status,
    preview: event.preview,
    truncated: event.result_ref !== null,
    ms: event.ms,
    progress: null,
  }));
}

/** How far a call is. It only grows: what comes late is dropped, and so is what comes for a call that does not run. */
export function callProgressed(turn: Turn, event: ToolCallProgress): Turn {
  const known = turn.steps.flatMap((step) => step.calls).find((call) => call.callId === event.call_id);
  if (known?.status !== "running" || (known.progress && known.progress.done >= event.progress)) return turn;
  const progress = { done: event.progress, total: event.total, message: event.message };
  return changeCall(turn, { ...event, ...known }, (call) => ({ ...call, progress }));
}

/** The call waits for a person, and what it did until then says nothing of how far it will be afterwards. */
export function callWaits(turn: Turn, name: CallName): Turn {
  return changeCall(turn, name, (call) => (call.progress ? { ...call, progress: null } : call));
}

/**
 * The end of a turn also ends what it left open: a call without an outcome will not get one any more. Text that was
 * only streamed goes: what of it was to stay came as `message.completed` before; filtered text must not.
 */
export function turnEnded(turn: Turn, event: ChatResponse): Turn {
  const close = (call: ToolCall): ToolCall =>
    call.status === "requested" || call.status === "running"
      ? { ...call, status: "cancelled", progress: null }
      : call;
  return {
    ...turn,
    phase: "ended",
    position: 0,
    delay: null,
    steps: turn.steps
      .filter((step) => step.complete || step.calls.length > 0)
      .map((step) => ({ ...step, complete: true, ahead: [], calls: step.calls.map(close) })),
    outcome: {
      status: event.status,
      error: event.error,
      response: event.response === event.error?.message ? "" : event.response,
      suggestions: event.suggestions,
      usage: tokenUse(event.usage),
      at: event.at,
    },
  };
}

function tokenUse(usage: Usage): TokenUse {
  return {
    input: usage.input_tokens,
    cached: usage.cached_input_tokens,
    output: usage.output_tokens,
    costMicros: usage.cost_micros,
  };
}

export interface CallName {
  call_id: string;
  turn_id: string;
  server: string;
  tool: string;
  arguments: string;
}

function changeCall(turn: Turn, name: CallName, change: (call: ToolCall) => ToolCall): Turn {
  const owner = turn.steps.find((step) => step.calls.some((call) => call.callId === name.call_id));
  if (owner) {
    return changeStep(turn, owner.messageId, owner.step, (step) => ({
      ...step,
      calls: step.calls.map((call) => (call.callId === name.call_id ? change(call) : call)),
    }));
  }
  // The step that asked for the call is not known here (withheld): the call's own id, `<turn>.<step>.<i>`, says which.
  const messageId = name.call_id.slice(0, Math.max(0, name.call_id.lastIndexOf("."))) || name.turn_id;
  const number = Number(messageId.slice(messageId.lastIndexOf(".") + 1));
  return changeStep(turn, messageId, Number.isInteger(number) ? number : 0, (step) => ({
    ...step,
    calls: [...step.calls, change(requested(name))],
  }));
}
