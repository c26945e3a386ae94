import type { GroupRole, GroupSettings, Participant } from "../protocol/generated";
import type { DurableEvent } from "../protocol/frames";
import { emptyConversation, type Conversation, type Turn } from "./state";

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: GroupRole;
  /** Invited, and has not accepted yet. */
  readonly invited: boolean;
}

/** What somebody said, to all or to some. */
export interface Message {
  readonly kind: "message";
  readonly seq: number;
  readonly at: string;
  readonly messageId: string;
  readonly clientMessageId: string | null;
  readonly author: Participant;
  readonly text: string;
  /** The turn in which the coach answers it. */
  readonly turnId: string | null;
  readonly replyTo: string | null;
  readonly mentions: readonly string[];
  /** Who sees it, its author included; null when all do. */
  readonly audience: readonly string[] | null;
  readonly edited: boolean;
  /** From a private conversation: who copied it, and when it was said there. */
  readonly copied: { readonly by: Participant; readonly saidAt: string } | null;
  /** Taken back: its text is nowhere any more. */
  readonly gone: boolean;
}

/** What the coach had told `by` alone, and they shared. */
export interface Shared {
  readonly kind: "shared";
  readonly seq: number;
  readonly at: string;
  readonly messageId: string;
  readonly by: Participant;
  readonly text: string;
}

/** Where the coach began to answer; the turn says the rest. */
export interface Answer {
  readonly kind: "answer";
  readonly seq: number;
  readonly at: string;
  readonly turnId: string;
}

/** A change of the room that people should know of. */
export interface RoomNote {
  readonly kind: "note";
  readonly seq: number;
  readonly at: string;
  readonly what: "invited" | "joined" | "left" | "removed" | "role" | "title" | "settings" | "archived";
  readonly actor: Participant;
  readonly participant: Participant | null;
  readonly role: GroupRole | null;
  readonly title: string | null;
}

export type Entry = Message | Shared | Answer | RoomNote;

/** Somebody's "@coach also ...": it waits in line, unless the reader takes it into the answer they are being given. */
export interface Offer {
  /** The turn as which it waits. */
  readonly turnId: string;
  readonly author: Participant;
  /** The reader's turn it would be put into. */
  readonly steers: string;
}

export interface Reaction {
  readonly emoji: string;
  /** Who stands by it, in the order they came to. */
  readonly people: readonly Participant[];
}

/** A group as one of its members sees it. */
export interface Room {
  readonly groupId: string;
  /** The principal who looks. */
  readonly me: string;
  /** The turns of the coach, folded as those of a session; what is not for the coach is withheld from it. */
  readonly conversation: Conversation;
  /** Durable events that the conversation has not come to yet. */
  readonly ahead: readonly DurableEvent[];
  /** Ascending by `seq`. */
  readonly entries: readonly Entry[];
  /** By message. */
  readonly reactions: ReadonlyMap<string, readonly Reaction[]>;
  /** What the coach told some alone, by message: whom. */
  readonly privateTo: ReadonlyMap<string, readonly string[]>;
  /** Turns of whose answer this reader gets only the fact. */
  readonly hidden: ReadonlySet<string>;
  /** What others would have put into an answer to this reader. */
  readonly offers: readonly Offer[];
  readonly members: ReadonlyMap<string, Member>;
  /** The last change of the members that is known. */
  readonly epoch: number;
  /** What the reader is; null until the group told. */
  readonly role: GroupRole | null;
  readonly description: string;
  readonly settings: GroupSettings;
  readonly archived: boolean;
  /** How far this person has read, on whichever device. */
  readonly readSeq: number;
}

export function emptyRoom(groupId: string, me: string): Room {
  return {
    groupId,
    me,
    conversation: emptyConversation(groupId),
    ahead: [],
    entries: [],
    reactions: new Map(),
    privateTo: new Map(),
    hidden: new Set(),
    offers: [],
    members: new Map(),
    epoch: 0,
    role: null,
    description: "",
    settings: { follow_up: false, ambient: false, history: "all" },
    archived: false,
    readSeq: 0,
  };
}

export function mayWrite({ role, archived }: Room): boolean {
  return role !== null && role !== "observer" && !archived;
}

export function leads({ role }: Room): boolean {
  return role === "owner" || role === "facilitator";
}

/** Whose question the turn answers; null where that is not for this reader to know. */
export function askerOf(room: Room, turnId: string): Participant | null {
  return room.conversation.turns.find((turn) => turn.turnId === turnId)?.question?.author ?? null;
}

/** Whoever asked may stop it, and who leads the group. */
export function mayStop(room: Room, turn: Turn): boolean {
  return leads(room) || turn.question?.author.id === room.me;
}

/** The text and author of a message of whatever kind; null when this reader has none such. */
export function quoteOf(room: Room, messageId: string): { author: Participant; text: string } | null {
  for (const entry of room.entries) {
    if (entry.kind === "message" && entry.messageId === messageId)
      return { author: entry.author, text: entry.gone ? "" : entry.text };
    if (entry.kind === "shared" && entry.messageId === messageId) return { author: COACH, text: entry.text };
  }
  const step = room.conversation.turns
    .flatMap(({ steps }) => steps)
    .find((candidate) => candidate.messageId === messageId);
  return step ? { author: COACH, text: step.text } : null;
}

export const COACH: Participant = { kind: "coach", id: "coach", name: "Coach" };
