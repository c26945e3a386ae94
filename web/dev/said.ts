import type { Command, CommandAccepted, MessageCreated, Participant } from "../src/protocol/generated";
import type { DurableEvent } from "../src/protocol/frames";

export const ADA: Participant = { kind: "person", id: "p1", name: "Ada Lovelace" };
export const COACH: Participant = { kind: "coach", id: "coach", name: "Coach" };

/** Everyone of the conversation may see it. */
export const TO_ALL = { audience: null, others_see: "nothing" } as const;

/** A durable event before it has its place in a log. */
export type Unnumbered<E> = E extends DurableEvent ? Omit<E, "conversation_id" | "seq"> : never;

/** A person's question, as it stands in the log. */
export function asked(
  turnId: string,
  text: string,
  fields: Partial<MessageCreated> = {},
): Unnumbered<MessageCreated> {
  return {
    type: "message.created",
    at: new Date().toISOString(),
    actor: ADA,
    message_id: `${turnId}.q`,
    turn_id: turnId,
    author: ADA,
    parts: [{ type: "text", text }],
    client_message_id: null,
    steers: null,
    replaces: null,
    reply_to: null,
    mentions: [],
    said_at: null,
    ...TO_ALL,
    ...fields,
  };
}

/** The server's yes to a command. */
export function accepted(
  command: Command,
  sessionId: string,
  fields: Partial<CommandAccepted>,
): CommandAccepted {
  const turnId = fields.turn_id ?? null;
  return {
    type: "command.accepted",
    conversation_id: sessionId,
    at: "",
    command_id: command.command_id ?? null,
    client_message_id: null,
    message_id: turnId && `${turnId}.q`,
    turn_id: turnId,
    position: 0,
    steers: null,
    seq: null,
    ...fields,
  };
}
