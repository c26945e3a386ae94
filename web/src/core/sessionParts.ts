import type { VisibleEvent } from "../protocol/generated";
import { badAnswer, type Requests } from "./http";

/** A message of a session as it reads now. */
export interface SessionMessage {
  readonly messageId: string;
  readonly seq: number;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly coach: boolean;
  readonly text: string;
  /** It stays behind when the session is copied: it may rest on what only the asker may see. */
  readonly stays: boolean;
}

interface Exported {
  readonly message_id: string;
  readonly at: string;
  readonly by: string;
  readonly coach: boolean;
  readonly text: string;
}

const PAGE = 500;
/** A longer session cannot be read whole by the server either. */
const MOST_PAGES = 40;
/** So many messages can be copied. */
export const MOST_COPIED = 500;

/** The messages of a session that a group may begin with, oldest first. Throws as `Http` does. */
export async function messagesOf(http: Requests, sessionId: string): Promise<readonly SessionMessage[]> {
  const path = `/sessions/${encodeURIComponent(sessionId)}`;
  // The export says what is told of the session and how it reads now; the events say where in it that stands.
  const exported: unknown = JSON.parse(await http.text(`${path}/export?format=json`));
  const { messages } = exported as { messages?: readonly Exported[] };
  if (!Array.isArray(messages)) throw badAnswer();
  const events = await eventsOf(http, path);
  const seqs = new Map(
    events.flatMap((event) => ("message_id" in event ? [[event.message_id, event.seq] as const] : [])),
  );
  const private_since = privateSince(events);
  return (messages as readonly Exported[]).flatMap(({ message_id: messageId, ...said }) => {
    const seq = seqs.get(messageId);
    if (seq === undefined || said.text.trim() === "") return [];
    const { at, by, coach, text } = said;
    return [{ messageId, seq, at, by, coach, text, stays: coach && seq >= private_since }];
  });
}

async function eventsOf(http: Requests, path: string): Promise<readonly VisibleEvent[]> {
  const found: VisibleEvent[] = [];
  let after = 0;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { events, through_seq, more } = await http.json(
      "GET",
      `${path}/events?after=${after}&limit=${PAGE}`,
    );
    if (!Array.isArray(events) || typeof through_seq !== "number") throw badAnswer();
    found.push(
      ...(events as VisibleEvent[]).filter(
        ({ type }) =>
          type === "message.created" || type === "message.completed" || type === "tool_call.completed",
      ),
    );
    if (more !== true) return found;
    after = through_seq;
  }
  return found;
}

/** The first result for the asker alone: whatever the coach said later may rest on it. */
function privateSince(events: readonly VisibleEvent[]): number {
  return Math.min(
    ...events.flatMap((event) =>
      event.type === "tool_call.completed" && event.readers === "asker" ? [event.seq] : [],
    ),
  );
}
