import type { ServerEvent } from "../protocol/generated";
import {
  isDurable,
  isSnapshot,
  type DurableEvent,
  type LiveEvent,
  type SnapshotEvent,
} from "../protocol/frames";
import type { Conversation, Turn } from "./state";
import { checkpoint, delta, started } from "./steps";
import {
  callCompleted,
  callStarted,
  changeStep,
  changeTurn,
  questionAsked,
  stepCompleted,
  turnEnded,
} from "./turns";

/** A new connection: what it delivers before its snapshot is parked. */
export function beginRecovery(state: Conversation): Conversation {
  return { ...state, folded: false, parked: [] };
}

/** Fold one event of this conversation. Pure; what it cannot place yet it keeps in the state. */
export function receive(state: Conversation, event: ServerEvent): Conversation {
  if (isSnapshot(event)) return foldSnapshot(state, event);
  if (!isDurable(event) && event.type !== "message.started" && event.type !== "message.delta") return state;
  if (!state.folded) return { ...state, parked: [...state.parked, event] };
  return isDurable(event) ? foldDurable(state, event) : foldLive(state, event);
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
  switch (event.type) {
    case "withheld":
      return state;
    case "title.updated":
      return { ...state, title: event.title };
    case "message.created":
      return questionAsked(state, event);
    case "chat_response":
      return grantFloor(
        changeTurn(closeRank(state, event.turn_id), event.turn_id, (turn) => turnEnded(turn, event)),
        event.next_turn_id,
      );
    default:
      return changeTurn(state, event.turn_id, (turn) => applyToTurn(turn, event));
  }
}

type TurnEvent = Exclude<
  DurableEvent,
  { type: "withheld" | "title.updated" | "message.created" | "chat_response" }
>;

function applyToTurn(turn: Turn, event: TurnEvent): Turn {
  if (turn.phase === "ended") return turn;
  switch (event.type) {
    case "message.completed":
      return stepCompleted(turn, event);
    case "tool_call.started":
      return callStarted(turn, event);
    case "tool_call.completed":
      return callCompleted(turn, event);
    case "turn.queued":
      return { ...turn, phase: "queued", position: event.position };
    case "turn.started":
      return { ...turn, phase: turn.phase === "stopping" ? "stopping" : "running", position: 0 };
    case "turn.stopping":
      return { ...turn, phase: "stopping" };
  }
}

/** The next turn leaves the queue and starts. */
function grantFloor(state: Conversation, turnId: string | null): Conversation {
  if (turnId === null || !state.turns.some((turn) => turn.turnId === turnId)) return state;
  return changeTurn(closeRank(state, turnId), turnId, (turn) => ({ ...turn, phase: "running", position: 0 }));
}

/** A turn leaves the queue, to run or because it was stopped: everyone behind it moves up. */
function closeRank(state: Conversation, turnId: string): Conversation {
  const leaving = state.turns.find((turn) => turn.turnId === turnId);
  if (leaving?.phase !== "queued") return state;
  return {
    ...state,
    turns: state.turns.map((turn) =>
      turn.phase === "queued" && turn.position > leaving.position
        ? { ...turn, position: turn.position - 1 }
        : turn,
    ),
  };
}

function foldLive(state: Conversation, event: LiveEvent): Conversation {
  return changeTurn(state, event.turn_id, (turn) => {
    if (turn.phase === "ended") return turn;
    const next = changeStep(turn, event.message_id, event.step, (step) =>
      event.type === "message.started" ? started(step, event) : delta(step, event),
    );
    return next.phase === "waiting" || next.phase === "queued"
      ? { ...next, phase: "running", position: 0 }
      : next;
  });
}

function foldSnapshot(state: Conversation, event: SnapshotEvent): Conversation {
  const fresh = event.events.filter((held) => held.seq > state.lastSeq).sort((a, b) => a.seq - b.seq);
  let next: Conversation = fresh.reduce(apply, state);
  next = { ...next, lastSeq: Math.max(state.lastSeq, event.through_seq) };
  if (event.type === "session.created") {
    next = { ...next, title: event.title || next.title, tools: event.tools, unavailable: event.unavailable };
  }
  next = drain(next);
  if (event.more) return next;
  next = withFloor(withLive(next, event), event);
  return next.parked.reduce(receive, { ...next, folded: true, parked: [] });
}

function withLive(state: Conversation, { live }: SnapshotEvent): Conversation {
  if (!live) return state;
  return changeTurn(state, live.turn_id, (turn) =>
    turn.phase === "ended"
      ? turn
      : changeStep(turn, live.message_id, live.step, (step) => checkpoint(step, live)),
  );
}

/** Who runs and who waits is the head's word; events say it too, but a snapshot may begin behind them. */
function withFloor(state: Conversation, { active_turn: active, queue }: SnapshotEvent): Conversation {
  const places = new Map(queue.map((queued) => [queued.turn_id, queued.position]));
  const turns = state.turns.map((turn): Turn => {
    if (turn.phase === "ended") return turn;
    if (turn.turnId === active?.turn_id)
      return { ...turn, phase: active.stopping ? "stopping" : "running", position: 0 };
    const position = places.get(turn.turnId);
    return position === undefined ? turn : { ...turn, phase: "queued", position };
  });
  return { ...state, turns };
}
