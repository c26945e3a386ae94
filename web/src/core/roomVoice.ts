import type { RoomView } from "./roomView";
import type { Conversation } from "./state";

/** What is spoken of a room. */
export interface Spoken {
  readonly sessionId: string | null;
  readonly conversation: Conversation | null;
}

/** Of what the coach says in a room, a person is read what it says to them; the others talk among themselves. */
export function spokenTo({ groupId, room }: RoomView): Spoken {
  if (!room) return { sessionId: groupId, conversation: null };
  const { conversation, me } = room;
  const turns = conversation.turns.filter(({ question }) => question?.author.id === me);
  return { sessionId: groupId, conversation: { ...conversation, turns } };
}
