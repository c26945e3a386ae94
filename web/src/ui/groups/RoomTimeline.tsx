import { useMemo, type RefObject } from "react";
import type { Rooms } from "../../core/rooms";
import { leads, mayWrite, quoteOf, type Entry, type Message, type Room } from "../../core/roomState";
import type { Turn } from "../../core/state";
import { steerOf } from "../../core/steering";
import type { Named } from "../../core/roomMentions";
import { labelled } from "../../core/roomNames";
import { useStore } from "../useStore";
import { locale } from "../languages/language";
import { roomStrings as words } from "./roomStrings";
import { RoomAnswer } from "./RoomAnswer";
import { quoteText } from "./quoteText";
import { RoomMessage } from "./RoomMessage";
import { RoomOutgoingView } from "./RoomOutgoingView";
import { RoomRows } from "./RoomRows";
import { rowsOf, type Row } from "./rows";
import { SharedAnswer } from "./SharedAnswer";

interface TimelineProps {
  readonly room: Room;
  readonly newAfter: number | null;
  readonly rooms: Rooms;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** All that was said, in the order of the room. What is new is announced elsewhere, once it is whole. */
export function RoomTimeline({ room, newAfter, rooms, scroller }: TimelineProps) {
  const { entries, members, me } = room;
  const { turns } = room.conversation;
  const rows = useMemo(() => rowsOf(entries, me, newAfter), [entries, me, newAfter]);
  const people = useMemo(() => [...members.values()], [members]);
  const turnsById = useMemo(() => new Map(turns.map((turn) => [turn.turnId, turn])), [turns]);
  const outgoing = useStore(rooms.chat.sending.outbox.entries);
  const connected = useStore(rooms.connection.status).state === "connected";
  return (
    <>
      <h2 className="hidden">{words.timeline}</h2>
      <div className="room-timeline" role="log" aria-live="off" aria-label={words.timeline}>
        <RoomRows groupId={room.groupId} turns={turnsById} {...{ rows, scroller }}>
          {(row) => <RowView {...{ row, room, people, turnsById }} />}
        </RoomRows>
        {outgoing
          .filter((entry) => entry.groupId === room.groupId)
          .map((entry) => (
            <RoomOutgoingView
              key={entry.clientMessageId}
              entry={entry}
              me={room.me}
              name={room.members.get(room.me)?.name ?? words.you}
              connected={connected}
              drafts={rooms.drafts}
            />
          ))}
      </div>
    </>
  );
}

interface RowProps {
  readonly row: Row;
  readonly room: Room;
  readonly people: readonly Named[];
  readonly turnsById: ReadonlyMap<string, Turn>;
}

function RowView({ row, ...around }: RowProps) {
  if (row.kind === "day") return <p className="room-day">{dayWords(row.at)}</p>;
  if (row.kind === "new")
    return (
      <p className="room-new" id="new-messages" data-testid="new-divider">
        <span>{words.newMessages}</span>
      </p>
    );
  return <EntryView entry={row.entry} continued={row.continued} {...around} />;
}

interface EntryProps extends Omit<RowProps, "row"> {
  readonly entry: Entry;
  readonly continued: boolean;
}

function EntryView({ entry, continued, room, people, turnsById }: EntryProps) {
  if (entry.kind === "note") return <p className="room-note">{words.note(entry)}</p>;
  const writes = mayWrite(room);
  if (entry.kind === "answer")
    return <RoomAnswer {...{ entry, room, writes }} turn={turnsById.get(entry.turnId)} />;
  const reactions = room.reactions.get(entry.messageId);
  if (entry.kind === "shared")
    return <SharedAnswer entry={entry} reactions={reactions} me={room.me} writes={writes} />;
  return (
    <RoomMessage
      {...{ message: entry, continued, reactions, writes, people }}
      me={room.me}
      leads={leads(room)}
      {...standing(entry, room, turnsById)}
      {...replyOf(entry, room)}
      whisperTo={whisperNames(entry, room)}
    />
  );
}

const UNASKED = { queued: 0, removed: false, steered: false, stoppable: false } as const;

/** How its question to the coach stands. */
function standing({ turnId, messageId, author }: Message, room: Room, turnsById: ReadonlyMap<string, Turn>) {
  if (turnId === null) return UNASKED;
  const turn = turnsById.get(turnId);
  const steer = turn ? null : steerOf(room.conversation.turns, messageId);
  const mine = author.id === room.me || leads(room);
  const queued = turn?.phase === "queued" ? turn.position : 0;
  const removed = turn ? isRemoved(turn) : steer?.withdrawn === true;
  return { queued, removed, steered: steer !== null && !removed, stoppable: queued > 0 && mine };
}

function isRemoved({ phase, startedSeq }: Turn): boolean {
  return phase === "ended" && startedSeq === null;
}

/** In single values, so that a message whose reply did not change is not drawn again. */
function replyOf({ replyTo }: Message, room: Room) {
  if (replyTo === null) return { replyName: null, replyText: null };
  const quote = quoteOf(room, replyTo);
  return { replyName: quote?.author.name ?? "", replyText: quote ? quoteText(quote) : "" };
}

/** Who else sees a whisper; empty for one to the coach, null for what all see. */
function whisperNames({ audience, author }: Message, room: Room): string | null {
  if (audience === null) return null;
  const others = audience.filter((id) => id !== room.me);
  const names = new Map(labelled([...room.members.values()]).map(({ id, name }) => [id, name]));
  return others.map((id) => names.get(id) ?? (id === author.id ? author.name : id)).join(", ");
}

function dayWords(at: string): string {
  const day = new Date(at);
  const now = new Date();
  if (day.toDateString() === now.toDateString()) return words.today;
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day.toDateString() === yesterday.toDateString()) return words.yesterday;
  return day.toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" });
}
