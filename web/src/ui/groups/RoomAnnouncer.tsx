import { useMemo, useState } from "react";
import { answerText } from "../TurnView";
import type { Entry, Room } from "../../core/roomState";
import type { Turn } from "../../core/state";
import { endingWords } from "./endingWords";
import { roomStrings as words } from "./roomStrings";

/** Longer than that nobody wants to be read to while they do something else. */
const MAX_SPOKEN = 300;

/** Says each new message once, when it is whole; what was there on arriving is not new. */
export function RoomAnnouncer({ room }: { room: Room | null }) {
  const [from, setFrom] = useState<number | null>(null);
  if (from === null && room?.conversation.folded) setFrom(room.conversation.lastSeq);
  const text = useMemo(() => (room && from !== null ? announcement(room, from) : ""), [room, from]);
  return (
    <p className="hidden" role="status" aria-live="polite" data-testid="room-announcement">
      {text}
    </p>
  );
}

function announcement(room: Room, from: number): string {
  const last = room.entries.findLast((entry) => isSaid(entry, room));
  if (!last || last.seq <= from) return "";
  return spoken(last, room).slice(0, MAX_SPOKEN);
}

/** Of others, and no longer in the making. */
function isSaid(entry: Entry, room: Room): boolean {
  if (entry.kind === "message") return entry.author.id !== room.me && !entry.gone;
  if (entry.kind === "shared") return entry.by.id !== room.me;
  return entry.kind === "answer" && turnOf(entry.turnId, room)?.phase === "ended";
}

function spoken(entry: Entry, room: Room): string {
  if (entry.kind === "message")
    return words.announced(entry.author.name, entry.text, entry.audience !== null);
  if (entry.kind === "shared") return words.announced(words.coach, entry.text, false);
  if (entry.kind === "note") return words.note(entry);
  const turn = turnOf(entry.turnId, room);
  const text = turn ? answerText(turn) || problemOf(turn) : "";
  return text ? words.announced(words.coach, text, false) : words.privately(null);
}

function problemOf({ outcome }: Turn): string {
  return outcome?.error ? endingWords(outcome) : "";
}

function turnOf(turnId: string, room: Room) {
  return room.conversation.turns.find((turn) => turn.turnId === turnId);
}
