import type { Draft } from "./drafts";
import { COACH_NAMED } from "./roomMentions";
import type { Room } from "./roomState";

/** Reply to this message with what is begun: to a whisper as a whisper; and what was one is not made public by it. */
export function replying(room: Room, draft: Draft, messageId: string): Partial<Draft> {
  const audience = audienceOf(room, messageId);
  const stays = audience.length === 0 && draft.text.trim() !== "";
  return { replyTo: messageId, to: stays ? draft.to : audience };
}

/** It is for somebody who does not belong to the group: nobody may see it until it is said anew who may. */
export function isAstray(room: Room, to: readonly string[]): boolean {
  return to.some((id) => id !== COACH_NAMED.id && room.members.get(id)?.invited !== false);
}

/** What was for these may be put back in front of what is begun: that is for nobody else. */
export function takesBack(draft: Draft, to: readonly string[]): boolean {
  return (
    draft.text.trim() === "" || (draft.to.length === to.length && draft.to.every((id) => to.includes(id)))
  );
}

/** Who besides the reader sees the message; nobody in particular when all do. */
function audienceOf(room: Room, messageId: string): readonly string[] {
  const message = room.entries.find((entry) => entry.kind === "message" && entry.messageId === messageId);
  const isCoachs = room.privateTo.has(messageId);
  if (isCoachs) return [COACH_NAMED.id];
  if (message?.kind !== "message" || message.audience === null) return [];
  const others = message.audience.filter((id) => id !== room.me);
  return others.length > 0 ? others : [COACH_NAMED.id];
}
