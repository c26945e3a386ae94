import { ADA, asked as question, COACH, TO_ALL } from "../../dev/said";
import { receive } from "../../src/core/fold";
import { shownTurns, type Conversation } from "../../src/core/state";
import type { DurableEvent } from "../../src/protocol/frames";
import type {
  ChatResponse,
  MessageCompleted,
  MessageCreated,
  TurnStarted,
} from "../../src/protocol/generated";
import type { Unnumbered } from "../../dev/said";
import { opened } from "./frames";

type Loose = Unnumbered<DurableEvent>;

export const asked = (turnId: string, fields: Partial<MessageCreated> = {}): Loose =>
  question(turnId, `text of ${turnId}`, { client_message_id: turnId, ...fields });

export const begun = (turnId: string, fields: Partial<TurnStarted> = {}): Loose => ({
  type: "turn.started",
  at: "",
  actor: ADA,
  turn_id: turnId,
  replaces: null,
  question_id: null,
  ...fields,
});

export const queued = (turnId: string, position: number): Loose => ({
  type: "turn.queued",
  at: "",
  actor: ADA,
  turn_id: turnId,
  position,
});

export const step = (turnId: string, number: number, fields: Partial<MessageCompleted> = {}): Loose => ({
  type: "message.completed",
  at: "",
  actor: COACH,
  message_id: `${turnId}.${number}`,
  turn_id: turnId,
  step: number,
  author: COACH,
  parts: [{ type: "text", text: `step ${number}` }],
  finish: "stop",
  usage: null,
  attempt: 1,
  steered_by: [],
  limit: null,
  manifest_id: null,
  memory_version: null,
  untrusted_from: [],
  ...TO_ALL,
  ...fields,
});

export const ended = (turnId: string, fields: Partial<ChatResponse> = {}): Loose => ({
  type: "chat_response",
  at: "",
  actor: COACH,
  turn_id: turnId,
  status: "completed",
  message_id: null,
  response: "",
  tool_feedback: [],
  charts: [],
  suggestions: [],
  usage: { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost_micros: 0 },
  error: null,
  next_turn_id: null,
  ...TO_ALL,
  ...fields,
});

/** A question with its answer. */
export const turn = (turnId: string): Loose[] => [
  asked(turnId),
  begun(turnId),
  step(turnId, 0),
  ended(turnId),
];

/** Give events their places in the log, from `first` on. */
export function numbered(events: readonly Loose[], first = 1): DurableEvent[] {
  return events.map((event, index) => ({ ...event, conversation_id: "s_1", seq: first + index }));
}

/** The conversation these events make, which are the whole log. */
export function conversationOf(events: readonly Loose[]): Conversation {
  return numbered(events).reduce(receive, opened());
}

export function shown(conversation: Conversation): (string | undefined)[][] {
  return shownTurns(conversation, null).map(({ turnId, question: asks }) => [turnId, asks?.messageId]);
}
