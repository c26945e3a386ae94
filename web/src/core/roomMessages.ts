import type {
  ChatResponse,
  MessageCompleted,
  MessageCreated,
  MessageDeleted,
  MessageEdited,
  MessageShared,
  Part,
  ReactionSet,
  TurnStarted,
} from "../protocol/generated";
import type { Entry, Message, Reaction, Room } from "./roomState";
import type { Conversation, Question } from "./state";
import { changeTurn } from "./turns";

export function said(room: Room, event: MessageCreated): Room {
  const text = textOf(event.parts);
  return withEntry(room, {
    kind: "message",
    seq: event.seq,
    at: event.at,
    messageId: event.message_id,
    clientMessageId: event.client_message_id,
    author: event.author,
    text,
    turnId: event.turn_id,
    replyTo: event.reply_to,
    mentions: event.mentions,
    audience: event.audience,
    edited: false,
    // An older server does not tell it at all.
    copied: event.said_at ? { by: event.actor, saidAt: event.said_at } : null,
    // Nobody can say nothing: what has no text any more was taken back.
    gone: event.parts.length === 0,
  });
}

export function edited(room: Room, event: MessageEdited): Room {
  if (event.parts.length === 0) return room;
  return changeMessage(room, event.message_id, (message) =>
    message.gone ? message : { ...message, text: textOf(event.parts), edited: true },
  );
}

/** Its text goes wherever it is kept here, the question of its turn included. */
export function deleted(room: Room, event: MessageDeleted): Room {
  const without = changeMessage(room, event.message_id, (message) => ({ ...message, text: "", gone: true }));
  const reactions = new Map(without.reactions);
  reactions.delete(event.message_id);
  return { ...without, reactions, conversation: unasked(room.conversation, event.message_id) };
}

/** The turns without the words of this message, whether it was asked as one or put into one. */
function unasked(conversation: Conversation, messageId: string): Conversation {
  const blank = (question: Question): Question =>
    question.messageId === messageId ? { ...question, text: "" } : question;
  const holder = conversation.turns.find(
    ({ question, steers }) =>
      question?.messageId === messageId || steers.some((steer) => steer.question.messageId === messageId),
  );
  if (!holder) return conversation;
  return changeTurn(conversation, holder.turnId, (turn) => ({
    ...turn,
    question: turn.question && blank(turn.question),
    steers: turn.steers.map((steer) => ({ ...steer, question: blank(steer.question) })),
  }));
}

/** For everyone it is a message now; for who got it alone, no longer a secret. */
export function shared(room: Room, event: MessageShared): Room {
  const { seq, at, message_id: messageId, actor: by } = event;
  return withEntry(room, { kind: "shared", seq, at, messageId, by, text: textOf(event.parts) });
}

/** The latest word of each person on each emoji counts. */
export function reacted(room: Room, event: ReactionSet): Room {
  const before = room.reactions.get(event.message_id) ?? [];
  const known = before.some(({ emoji }) => emoji === event.emoji);
  const all: readonly Reaction[] = known ? before : [...before, { emoji: event.emoji, people: [] }];
  const after = all
    .map((reaction) => {
      if (reaction.emoji !== event.emoji) return reaction;
      const others = reaction.people.filter(({ id }) => id !== event.actor.id);
      return { ...reaction, people: event.on ? [...others, event.actor] : others };
    })
    .filter(({ people }) => people.length > 0);
  return { ...room, reactions: new Map(room.reactions).set(event.message_id, after) };
}

/** The coach speaks: its answer has its place where it began. */
export function told(room: Room, event: TurnStarted | MessageCompleted): Room {
  const known = room.entries.some((entry) => entry.kind === "answer" && entry.turnId === event.turn_id);
  const { seq, at, turn_id: turnId } = event;
  const placed = known ? room : withEntry(room, { kind: "answer", seq, at, turnId });
  if (event.type === "turn.started" || event.audience === null || event.others_see !== "nothing")
    return placed;
  return { ...placed, privateTo: new Map(placed.privateTo).set(event.message_id, event.audience) };
}

/** Of an answer to somebody alone the others get to know only that there was one. */
export function ended(room: Room, event: ChatResponse): Room {
  if (event.audience === null || event.audience.includes(room.me)) return room;
  return { ...room, hidden: new Set(room.hidden).add(event.turn_id) };
}

function withEntry(room: Room, entry: Entry): Room {
  return { ...room, entries: [...room.entries, entry] };
}

function changeMessage(room: Room, messageId: string, change: (message: Message) => Message): Room {
  const index = room.entries.findIndex((entry) => entry.kind === "message" && entry.messageId === messageId);
  const message = room.entries[index];
  if (message?.kind !== "message") return room;
  const after = change(message);
  return after === message ? room : { ...room, entries: room.entries.with(index, after) };
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}
