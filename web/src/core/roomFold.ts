import type { GroupInfo, ReadUpdated, ServerEvent } from "../protocol/generated";
import { isDurable, isSnapshot, type DurableEvent } from "../protocol/frames";
import { beginRecovery, hasGap, receive } from "./fold";
import { informed, joinedOrLeft, updated } from "./roomMembers";
import { deleted, edited, ended, reacted, said, shared, told } from "./roomMessages";
import { offered } from "./roomOffers";
import type { Room } from "./roomState";

/** A new connection: what it delivers before its snapshot is kept until then. */
export function beginRoomRecovery(room: Room): Room {
  return { ...room, ahead: [], conversation: beginRecovery(room.conversation) };
}

export function roomHasGap(room: Room): boolean {
  return hasGap(room.conversation);
}

/**
 * Fold one event of this group. Pure. The order is the conversation's: a durable event counts for the room once the
 * conversation has come to it, so that both always stand at the same `seq`.
 */
export function receiveInRoom(room: Room, event: ServerEvent): Room {
  if (event.type === "read.updated") return readUpdated(room, event);
  if (event.type === "steer.offered") return offered(room, event);
  const fresh = durableOf(event).filter(({ seq }) => seq > room.conversation.lastSeq);
  const conversation = receive(room.conversation, forConversation(event));
  if (conversation === room.conversation && fresh.length === 0) return room;
  const ahead = fresh.length > 0 ? [...room.ahead, ...fresh] : room.ahead;
  const folded = applyDue({ ...room, conversation, ahead });
  return event.type === "snapshot" && event.group ? withInfo(folded, event.group) : folded;
}

function durableOf(event: ServerEvent): readonly DurableEvent[] {
  if (isDurable(event)) return [event];
  return isSnapshot(event) ? event.events : [];
}

/** Apply what the conversation has come to. */
function applyDue(room: Room): Room {
  const { lastSeq } = room.conversation;
  const due = new Map(room.ahead.filter(({ seq }) => seq <= lastSeq).map((event) => [event.seq, event]));
  if (due.size === 0) return room;
  const rest = { ...room, ahead: room.ahead.filter(({ seq }) => seq > lastSeq) };
  return [...due.values()].sort((a, b) => a.seq - b.seq).reduce(apply, rest);
}

/** What the coach's turns are made of: a remark that is not for it is none of them. */
function forConversation(event: ServerEvent): ServerEvent {
  if (event.type === "snapshot") return { ...event, events: event.events.map(asTurns) };
  return isDurable(event) ? asTurns(event) : event;
}

function asTurns(event: DurableEvent): DurableEvent {
  if (event.type !== "message.created" || event.turn_id !== null) return event;
  return { type: "withheld", conversation_id: event.conversation_id, at: event.at, seq: event.seq };
}

function apply(room: Room, event: DurableEvent): Room {
  switch (event.type) {
    case "message.created":
      return said(room, event);
    case "message.edited":
      return edited(room, event);
    case "message.deleted":
      return deleted(room, event);
    case "message.shared":
      return shared(room, event);
    case "reaction.set":
      return reacted(room, event);
    case "turn.started":
    case "message.completed":
      return told(room, event);
    case "chat_response":
      return ended(room, event);
    default:
      return applyChange(room, event);
  }
}

function applyChange(room: Room, event: DurableEvent): Room {
  switch (event.type) {
    case "group.updated":
    case "title.updated":
      return updated(room, event);
    case "participant.invited":
    case "participant.joined":
    case "participant.left":
    case "participant.removed":
    case "participant.role":
      return joinedOrLeft(room, event);
    default:
      return room;
  }
}

/** What the group is, as of its newest epoch: newer than the events that came with it. */
function withInfo(room: Room, group: GroupInfo): Room {
  return informed({ ...room, readSeq: Math.max(room.readSeq, group.read_seq) }, group);
}

function readUpdated(room: Room, event: ReadUpdated): Room {
  return event.seq > room.readSeq ? { ...room, readSeq: event.seq } : room;
}
