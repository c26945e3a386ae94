import type { ReadUpdated, ServerEvent } from "../protocol/generated";
import { isDurable, type DurableEvent } from "../protocol/frames";
import type { Entry, Room } from "./roomState";

/** What waits for the person in one room. */
export interface Badge {
  /** What counts above their mark; 100 stands for so many or more. */
  readonly unread: number;
  /** How much of it speaks to them by name, or asks them something. */
  readonly mentions: number;
}

/** How a badge came about: what the server counted, and what was heard above that. */
export interface Tally {
  readonly readSeq: number;
  /** What the server counted above the mark, and up to which `seq`. */
  readonly unread: number;
  readonly countedSeq: number;
  /** `seq` of what counts and was heard here, the newest last: whether the server counted it, `countedSeq` says. */
  readonly heard: readonly number[];
  /** `seq` of what speaks to the person. */
  readonly calls: readonly number[];
}

export const NOTHING: Tally = { readSeq: 0, unread: 0, countedSeq: 0, heard: [], calls: [] };

/** So many stands for so many or more, as at the server. */
export const MOST_UNREAD = 100;

/**
 * Count an event of a room. Pure; what comes twice counts once, and in whatever order: what the server counted is told
 * by another process than the one that tells what was said meanwhile.
 */
export function counted(tally: Tally, event: ServerEvent, me: string): Tally {
  if (event.type === "read.updated") return asCounted(tally, event);
  if (event.type === "snapshot") {
    const told = event.events.reduce((state, each) => heard(state, each, me), tally);
    if (!event.group) return told;
    const { read_seq: seq, unread, counted_seq: through } = event.group;
    return asCounted(told, { seq, unread, through_seq: through });
  }
  return isDurable(event) ? heard(tally, event, me) : tally;
}

/** Take what the server counted above the mark `seq`, unless something newer is known. */
export function asCounted(tally: Tally, told: Pick<ReadUpdated, "seq" | "unread" | "through_seq">): Tally {
  const { seq: readSeq, unread, through_seq: countedSeq } = told;
  if (readSeq < tally.readSeq || (readSeq === tally.readSeq && countedSeq < tally.countedSeq)) return tally;
  return { ...tally, readSeq, unread, countedSeq };
}

function heard(tally: Tally, event: DurableEvent, me: string): Tally {
  const told = withCall(tally, event, me);
  if (!isCountable(event, me) || tally.heard.includes(event.seq)) return told;
  return { ...told, heard: [...told.heard, event.seq].slice(-MOST_UNREAD) };
}

export function badgeOf({ unread: known, countedSeq, readSeq, heard, calls }: Tally): Badge {
  const above = heard.filter((seq) => seq > countedSeq && seq > readSeq).length;
  const unread = Math.min(MOST_UNREAD, known + above);
  const mentions = unread === 0 ? 0 : calls.filter((seq) => seq > readSeq).length;
  return { unread, mentions };
}

function withCall(tally: Tally, event: DurableEvent, me: string): Tally {
  if (!callsFor(event, me) || tally.calls.includes(event.seq)) return tally;
  return { ...tally, calls: [...tally.calls, event.seq] };
}

function callsFor(event: DurableEvent, me: string): boolean {
  if (event.type === "question.opened") return event.owner === me;
  if (event.type !== "message.created" || event.author.id === me) return false;
  return event.mentions.includes(me) || event.audience !== null;
}

/** What the server counts, too: what others said, and what the coach asks this person. */
function isCountable(event: DurableEvent, me: string): boolean {
  if (event.type === "question.opened") return event.owner === me;
  if (event.type === "message.created") return event.author.id !== me && event.parts.length > 0;
  if (event.type === "message.shared") return event.actor.id !== me;
  return event.type === "message.completed" && event.finish !== "tools";
}

/** The first entry somebody else made above the mark; null when all was read. */
export function firstUnread(room: Pick<Room, "entries" | "me">, readSeq: number): Entry | null {
  return (
    room.entries.find(
      (entry) => entry.seq > readSeq && entry.kind !== "note" && authorOf(entry) !== room.me,
    ) ?? null
  );
}

function authorOf(entry: Entry): string {
  if (entry.kind === "message") return entry.author.id;
  return entry.kind === "shared" ? entry.by.id : "coach";
}
