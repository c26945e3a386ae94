import type { ServerEvent } from "../../src/protocol/generated";
import {
  isDurable,
  parseFrame,
  type DurableEvent,
  type LiveEvent,
  type SnapshotEvent,
} from "../../src/protocol/frames";
import { emptyConversation, type Conversation } from "../../src/core/state";
import { receive } from "../../src/core/fold";
import turn from "../frames/turn.json";

/** A whole turn with one tool call, as it stands on the wire. */
export const TURN: readonly DurableEvent[] = turn.map((frame) => {
  const event = parseFrame(frame);
  if (!event || !isDurable(event)) throw new Error("turn.json holds something else than durable events");
  return event;
});

export function at(seq: number): DurableEvent {
  const event = TURN[seq - 1];
  if (!event) throw new Error(`turn.json has no event ${seq}`);
  return event;
}

export function snapshot(fields: Partial<SnapshotEvent> = {}): SnapshotEvent {
  return {
    type: "snapshot",
    conversation_id: "s_1",
    at: "",
    from_seq: 1,
    through_seq: 0,
    events: [],
    live: null,
    active_turn: null,
    queue: [],
    questions: [],
    parked: [],
    more: false,
    ...fields,
  } as SnapshotEvent;
}

export function delta(offset: number, text: string, attempt = 1): LiveEvent {
  return { type: "message.delta", ...live(attempt), offset, text };
}

export function started(attempt: number): LiveEvent {
  return { type: "message.started", ...live(attempt) };
}

function live(attempt: number) {
  return { conversation_id: "s_1", at: "", message_id: "t_1.1", turn_id: "t_1", step: 1, attempt };
}

/** Fold events onto a conversation whose (empty) snapshot has been folded. */
export function fold(events: readonly ServerEvent[], from: Conversation = opened()): Conversation {
  return events.reduce(receive, from);
}

export function opened(): Conversation {
  return receive(emptyConversation("s_1"), snapshot());
}

/** The text of step 1 of the turn. */
export function textOf(conversation: Conversation): string {
  return conversation.turns[0]?.steps.find((step) => step.step === 1)?.text ?? "";
}
