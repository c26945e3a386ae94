import type { ServerEvent } from "../protocol/generated";
import { isDurable, type DurableEvent } from "../protocol/frames";
import type { Entry, Room } from "./roomState";

/** What waits for the person in one room. */
export interface Badge {
  /** What counts above their mark; 100 stands for so many or more. */
  readonly unread: number;
  /** How much of it speaks to them by name, or asks them something. */
  readonly mentions: number;
}

/** How a badge came about. */
export interface Tally {
  readonly readSeq: number;
  readonly unread: number;
  /** The highest `seq` that was counted. */
  readonly seen: number;
  /** `seq` of what speaks to the person. */
  readonly calls: readonly number[];
  /** `seq` of what was counted here, the newest last; a snapshot that was read before some of it does not know it. */
  readonly heard: readonly number[];
}

export const NOTHING: Tally = { readSeq: 0, unread: 0, seen: 0, calls: [], heard: [] };

/** So many stands for so many or more, as at the server. */
export const MOST_UNREAD = 100;

/** Count an event of a room. Pure; what comes twice counts once. */
export function counted(tally: Tally, event: ServerEvent, me: string): Tally {
  if (event.type === "read.updated") {
    if (event.seq < tally.readSeq) return tally;
    return { ...tally, readSeq: event.seq, unread: event.unread };
  }
  if (event.type === "snapshot") {
    const told = withCalls(tally, event.events, me);
    if (!event.group) return told;
    const { read_seq: readSeq, unread } = event.group;
    const heard = told.heard.filter((seq) => seq > event.through_seq && seq > readSeq);
    const seen = Math.max(tally.seen, event.through_seq);
    return { ...told, readSeq, unread: Math.min(MOST_UNREAD, unread + heard.length), heard, seen };
  }
  if (!isDurable(event) || event.seq <= tally.seen) return tally;
  const told = withCalls({ ...tally, seen: event.seq }, [event], me);
  if (!isCountable(event, me)) return told;
  const heard = [...told.heard, event.seq].slice(-MOST_UNREAD);
  return { ...told, heard, unread: Math.min(MOST_UNREAD, told.unread + 1) };
}

export function badgeOf({ unread, readSeq, calls }: Tally): Badge {
  const mentions = unread === 0 ? 0 : calls.filter((seq) => seq > readSeq).length;
  return { unread, mentions };
}

function withCalls(tally: Tally, events: readonly DurableEvent[], me: string): Tally {
  const fresh = events.filter((event) => callsFor(event, me) && !tally.calls.includes(event.seq));
  return fresh.length === 0 ? tally : { ...tally, calls: [...tally.calls, ...fresh.map(({ seq }) => seq)] };
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
