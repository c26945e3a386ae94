import type {
  AiState,
  ChatResponse,
  MessageCreated,
  ServerEvent,
  ToolCallProgress,
  TurnStarted,
} from "../protocol/generated";
import {
  isDurable,
  isOfGroups,
  isPassing,
  isSnapshot,
  type DurableEvent,
  type LiveEvent,
  type PassingEvent,
  type SnapshotEvent,
} from "../protocol/frames";
import { abandoned, cardClosed, cardOpened, cardShown } from "./cards";
import { feedbackRecorded } from "./feedback";
import { besideTold, isBeside } from "./beside";
import { grantFloor, parked, queued, withFloor } from "./floor";
import { closeRank, inOrder, supersede } from "./order";
import type { Conversation, Turn } from "./state";
import { released, steered, taken, used, withdrawn } from "./steering";
import { checkpoint, delta, started } from "./steps";
import {
  callCompleted,
  callProgressed,
  callStarted,
  changeStep,
  changeTurn,
  questionOf,
  stepCompleted,
  turnEnded,
} from "./turns";

/** A new connection: what it delivers before its snapshot is kept until then. */
export function beginRecovery(state: Conversation): Conversation {
  return { ...state, folded: false, unfolded: [] };
}

/** Fold one event of this conversation. Pure; what it cannot place yet it keeps in the state. */
export function receive(state: Conversation, event: ServerEvent): Conversation {
  if (isSnapshot(event)) return foldSnapshot(state, event);
  if (!isDurable(event) && !isPassing(event)) return state;
  if (!state.folded) return { ...state, unfolded: [...state.unfolded, event] };
  return isDurable(event) ? foldDurable(state, event) : foldPassing(state, event);
}

/** Something is missing in front of what is held: a durable event, or text of the running step. */
export function hasGap(state: Conversation): boolean {
  if (state.early.length > 0) return true;
  return state.turns.some(
    (turn) => turn.phase !== "ended" && turn.steps.some((step) => step.ahead.length > 0),
  );
}

function foldDurable(state: Conversation, event: DurableEvent): Conversation {
  if (event.seq <= state.lastSeq || state.early.some((held) => held.seq === event.seq)) return state;
  return drain({ ...state, early: [...state.early, event].sort((a, b) => a.seq - b.seq) });
}

/** Apply the held events that have come to be next. */
function drain(state: Conversation): Conversation {
  let current = state;
  for (let next = current.early[0]; next && next.seq <= current.lastSeq + 1; next = current.early[0]) {
    const rest = { ...current, early: current.early.slice(1) };
    current = next.seq <= current.lastSeq ? rest : { ...apply(rest, next), lastSeq: next.seq };
  }
  return current;
}

function apply(state: Conversation, event: DurableEvent): Conversation {
  return inOrder(applied(state, event));
}

function applied(state: Conversation, event: DurableEvent): Conversation {
  switch (event.type) {
    case "message.created":
      return messageCreated(state, event);
    case "turn.started":
      return turnStarted(state, event);
    case "turn.queued":
      return queued(released(state, event.turn_id), event.turn_id, event.position);
    case "turn.parked":
      return parked(state, event.turn_id, event.next_turn_id);
    case "turn.resumed":
      return grantFloor(state, event.turn_id);
    case "chat_response":
      return responded(state, event);
    default:
      if (isOfGroups(event)) return taken(state, event);
      if (isBeside(event)) return besideTold(state, event);
      return isStepEvent(event)
        ? changeTurn(state, event.turn_id, (turn) => applyToTurn(turn, event))
        : noted(state, event);
  }
}

/** What leaves the course of the turns as it is. */
function noted(state: Conversation, event: Note): Conversation {
  switch (event.type) {
    case "withheld":
      return state;
    case "title.updated":
      return { ...state, title: event.title };
    case "settings.updated":
      return { ...state, whileBusy: event.while_busy };
    case "question.opened":
      return cardOpened(state, event);
    case "question.closed":
      return cardClosed(state, event);
    case "feedback.recorded":
      return feedbackRecorded(state, event);
  }
}

type Note = Extract<
  DurableEvent,
  {
    type:
      | "withheld"
      | "title.updated"
      | "settings.updated"
      | "question.opened"
      | "question.closed"
      | "feedback.recorded";
  }
>;

type StepEvent = Extract<
  DurableEvent,
  { type: "message.completed" | "tool_call.started" | "tool_call.completed" | "turn.stopping" }
>;

const STEP_EVENTS: Record<StepEvent["type"], true> = {
  "message.completed": true,
  "tool_call.started": true,
  "tool_call.completed": true,
  "turn.stopping": true,
};

function isStepEvent(event: DurableEvent): event is StepEvent {
  return event.type in STEP_EVENTS;
}

function applyToTurn(turn: Turn, event: StepEvent): Turn {
  if (turn.phase === "ended") return turn;
  switch (event.type) {
    case "message.completed":
      return { ...used(stepCompleted(turn, event), event.step, event.steered_by), delay: null };
    case "tool_call.started":
      return callStarted(turn, event);
    case "tool_call.completed":
      return callCompleted(turn, event);
    case "turn.stopping":
      return { ...turn, phase: "stopping" };
  }
}

function messageCreated(state: Conversation, event: MessageCreated): Conversation {
  const question = questionOf(event);
  const turnId = event.turn_id ?? event.message_id;
  if (event.steers !== null) return steered(state, event.steers, turnId, question);
  return changeTurn(state, turnId, (turn) => ({ ...turn, question }));
}

function turnStarted(state: Conversation, event: TurnStarted): Conversation {
  const waited = closeRank(released(state, event.turn_id), event.turn_id);
  const asked = waited.turns.find((turn) => turn.question?.messageId === event.question_id)?.question;
  const begun = changeTurn(waited, event.turn_id, (turn) => ({
    ...turn,
    question: turn.question ?? asked ?? null,
    phase: turn.phase === "stopping" ? "stopping" : "running",
    position: 0,
    startedSeq: event.seq,
  }));
  return event.replaces === null ? begun : supersede(begun, event.turn_id, event.replaces);
}

/** The end of a turn; that of one which was only to become a turn takes its message back. */
function responded(state: Conversation, event: ChatResponse): Conversation {
  const without = withdrawn(state, event.turn_id);
  if (without !== state) return without;
  const ended = changeTurn(closeRank(state, event.turn_id), event.turn_id, (turn) =>
    abandoned(turnEnded(turn, event), event),
  );
  return grantFloor(ended, event.next_turn_id);
}

function foldPassing(state: Conversation, event: PassingEvent): Conversation {
  if (event.type === "steer.returned") return inOrder(released(state, event.becomes));
  if (event.type === "tool_call.progress") return progressed(state, event);
  if (event.type === "tools.updated") return { ...state, tools: event.tools, unavailable: event.unavailable };
  if (event.type === "suggestions.offered") return besideTold(state, event);
  return event.type === "ai.state" ? delayed(state, event) : foldLive(state, event);
}

function progressed(state: Conversation, event: ToolCallProgress): Conversation {
  if (!state.turns.some((turn) => turn.turnId === event.turn_id)) return state;
  return changeTurn(state, event.turn_id, (turn) => callProgressed(turn, event));
}

function delayed(state: Conversation, event: AiState): Conversation {
  const known = state.turns.some((turn) => turn.turnId === event.turn_id && turn.phase !== "ended");
  if (!known) return state;
  const delay = { message: event.message, afterMs: event.after_ms };
  return changeTurn(state, event.turn_id, (turn) => ({ ...turn, delay }));
}

function foldLive(state: Conversation, event: LiveEvent): Conversation {
  return changeTurn(state, event.turn_id, (turn) => {
    if (turn.phase === "ended") return turn;
    const next = changeStep(turn, event.message_id, event.step, (step) =>
      event.type === "message.started" ? started(step, event) : delta(step, event),
    );
    if (next === turn) return turn;
    const speaking = event.type === "message.delta" && next.delay ? { ...next, delay: null } : next;
    return speaking.phase === "waiting" || speaking.phase === "queued"
      ? { ...speaking, phase: "running", position: 0 }
      : speaking;
  });
}

function foldSnapshot(state: Conversation, event: SnapshotEvent): Conversation {
  const fresh = event.events.filter((held) => held.seq > state.lastSeq).sort((a, b) => a.seq - b.seq);
  let next: Conversation = fresh.reduce(apply, state);
  next = { ...next, lastSeq: Math.max(state.lastSeq, event.through_seq) };
  // One that comes late tells a title and settings of before.
  if (event.type === "session.created" && event.through_seq >= state.lastSeq) {
    const { tools, unavailable, while_busy: whileBusy } = event;
    next = { ...next, title: event.title || next.title, tools, unavailable, whileBusy };
  }
  next = drain(next);
  if (event.more) return next;
  next = inOrder(withFloor(event.questions.reduce(cardShown, withLive(next, event)), event));
  return next.unfolded.reduce(receive, { ...next, folded: true, opened: true, unfolded: [] });
}

function withLive(state: Conversation, { live }: SnapshotEvent): Conversation {
  if (!live) return state;
  return changeTurn(state, live.turn_id, (turn) =>
    turn.phase === "ended"
      ? turn
      : changeStep(turn, live.message_id, live.step, (step) => checkpoint(step, live)),
  );
}
