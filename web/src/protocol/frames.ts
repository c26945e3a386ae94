import type { ServerEvent, VisibleEvent } from "./generated";

export type DurableEvent = VisibleEvent;
export type LiveEvent = Extract<ServerEvent, { type: "message.started" | "message.delta" }>;
/** Unnumbered events that change what is shown of a conversation. */
export type PassingEvent =
  | LiveEvent
  | Extract<
      ServerEvent,
      { type: "ai.state" | "steer.returned" | "tool_call.progress" | "tools.updated" | "suggestions.offered" }
    >;
export type SnapshotEvent = Extract<ServerEvent, { type: "snapshot" | "session.created" }>;

/** Durable events that only logs of groups have. */
export type GroupEvent = Extract<
  DurableEvent,
  {
    type:
      | "group.updated"
      | "participant.invited"
      | "participant.joined"
      | "participant.left"
      | "participant.removed"
      | "participant.role"
      | "message.edited"
      | "message.deleted"
      | "message.shared"
      | "steer.taken"
      | "reaction.set";
  }
>;

const OF_GROUPS: Record<GroupEvent["type"], true> = {
  "group.updated": true,
  "participant.invited": true,
  "participant.joined": true,
  "participant.left": true,
  "participant.removed": true,
  "participant.role": true,
  "message.edited": true,
  "message.deleted": true,
  "message.shared": true,
  "steer.taken": true,
  "reaction.set": true,
};

const DURABLE: Record<DurableEvent["type"], true> = {
  "message.created": true,
  "message.completed": true,
  "tool_call.started": true,
  "tool_call.completed": true,
  chat_response: true,
  "turn.queued": true,
  "turn.started": true,
  "turn.stopping": true,
  "title.updated": true,
  "settings.updated": true,
  "question.opened": true,
  "question.closed": true,
  "turn.parked": true,
  "turn.resumed": true,
  "feedback.recorded": true,
  "chart.created": true,
  "answer.checked": true,
  ...OF_GROUPS,
  withheld: true,
};

const EPHEMERAL: Record<Exclude<ServerEvent, DurableEvent>["type"], true> = {
  "connection.ack": true,
  "command.accepted": true,
  snapshot: true,
  "session.created": true,
  "message.started": true,
  "message.delta": true,
  "steer.returned": true,
  "steer.offered": true,
  notice: true,
  "ai.state": true,
  "budget.warning": true,
  "answer.offered": true,
  "list.updated": true,
  "tool_call.progress": true,
  "tools.updated": true,
  "suggestions.offered": true,
  typing: true,
  presence: true,
  "read.updated": true,
  error: true,
};

export function isDurable(event: ServerEvent): event is DurableEvent {
  return event.type in DURABLE;
}

export function isOfGroups(event: DurableEvent): event is GroupEvent {
  return event.type in OF_GROUPS;
}

const PASSING: Record<PassingEvent["type"], true> = {
  "message.started": true,
  "message.delta": true,
  "ai.state": true,
  "steer.returned": true,
  "tool_call.progress": true,
  "tools.updated": true,
  "suggestions.offered": true,
};

export function isPassing(event: ServerEvent): event is PassingEvent {
  return event.type in PASSING;
}

export function isSnapshot(event: ServerEvent): event is SnapshotEvent {
  return event.type === "snapshot" || event.type === "session.created";
}

/**
 * Narrow one frame from the wire. Null for what this client does not know and does not need to: newer servers may send
 * more event types. A durable one of them, told by its `seq` and `actor`, keeps its place in the order as `withheld`.
 */
export function parseFrame(data: unknown): ServerEvent | null {
  if (!isTyped(data)) return null;
  if (!Object.hasOwn(DURABLE, data.type) && !Object.hasOwn(EPHEMERAL, data.type)) return unknownDurable(data);
  const event = data as ServerEvent;
  return isSnapshot(event) ? { ...event, events: event.events.flatMap((part) => inSnapshot(part)) } : event;
}

interface Typed {
  readonly type: string;
}

function isTyped(data: unknown): data is Typed {
  return typeof data === "object" && data !== null && "type" in data && typeof data.type === "string";
}

function inSnapshot(part: DurableEvent): readonly DurableEvent[] {
  const event = Object.hasOwn(DURABLE, part.type) ? part : unknownDurable(part);
  return event ? [event] : [];
}

function unknownDurable(data: object): DurableEvent | null {
  const { conversation_id, at, seq, actor } = data as Partial<Record<string, unknown>>;
  if (typeof conversation_id !== "string" || typeof seq !== "number" || !actor) return null;
  return { type: "withheld", conversation_id, at: String(at), seq };
}
