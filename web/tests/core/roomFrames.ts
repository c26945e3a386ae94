import { isDurable, parseFrame, type DurableEvent } from "../../src/protocol/frames";
import { receiveInRoom } from "../../src/core/roomFold";
import { emptyRoom, type Entry, type Room } from "../../src/core/roomState";
import type { GroupInfo, ServerEvent, Snapshot } from "../../src/protocol/generated";
import frames from "../frames/room.json";
import steering from "../frames/steer.json";

/** A room from its beginning: all of its log as Ada (`p1`) sees it, and as Ben (`p2`) and Chi (`p3`) do. */
export const LOG = durable(frames.log);
export const FOR_BEN = durable(frames.ben);
export const FOR_CHI = durable(frames.chi);

/** Ada asks the coach; Ben and Chi add to it, she takes both in, and only what Ben said is read in time. */
export const STEERED = durable(steering.log);

function durable(all: readonly unknown[]): readonly DurableEvent[] {
  return all.map((frame) => {
    const event = parseFrame(frame);
    if (!event || !isDurable(event)) throw new Error("room.json holds something else than durable events");
    return event;
  });
}

export function info(fields: Partial<GroupInfo> = {}): GroupInfo {
  return {
    title: "",
    description: "",
    settings: { follow_up: false, ambient: false, history: "all" },
    epoch: 0,
    role: "member",
    members: [],
    archived: false,
    read_seq: 0,
    unread: 0,
    counted_seq: 0,
    ...fields,
  };
}

export function roomSnapshot(fields: Partial<Snapshot> = {}): Snapshot {
  return {
    type: "snapshot",
    conversation_id: "g_1",
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
    group: info(),
    tools: [],
    unavailable: [],
    ...fields,
  };
}

export function openedRoom(me = "p1"): Room {
  return receiveInRoom(emptyRoom("g_1", me), roomSnapshot());
}

export function foldRoom(events: readonly ServerEvent[], from: Room = openedRoom()): Room {
  return events.reduce(receiveInRoom, from);
}

/** What each entry says, in short. */
export function lines(room: Room): string[] {
  return room.entries.map(line);
}

function line(entry: Entry): string {
  if (entry.kind === "message") return `${entry.author.name}: ${entry.gone ? "(gone)" : entry.text}`;
  if (entry.kind === "shared") return `Coach for ${entry.by.name}: ${entry.text}`;
  if (entry.kind === "answer") return `Coach answers ${entry.turnId}`;
  return `${entry.what} ${entry.participant?.name ?? entry.title ?? ""}`;
}
