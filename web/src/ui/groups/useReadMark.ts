import { useEffect, useState } from "react";
import type { RoomChat } from "../../core/roomChat";
import type { Room } from "../../core/roomState";
import { firstUnread } from "../../core/roomUnread";

/** So long the end has to be in sight until it counts as read. Milliseconds. */
const READ_MS = 1_000;

/** Say what was read while the person looks at the end; returns how much came while they did not. */
export function useReadMark(chat: RoomChat, room: Room | null, following: boolean): number {
  const looking = useLooking();
  const [seenSeq, setSeenSeq] = useState(0);
  const folded = room?.conversation.folded === true;
  const lastSeq = folded ? room.conversation.lastSeq : 0;
  const unread = folded && firstUnread(room, room.readSeq) !== null;
  const away = !looking || !following;
  if (!away && seenSeq < lastSeq) setSeenSeq(lastSeq);
  useEffect(() => {
    if (away || !unread) return undefined;
    const timer = setTimeout(() => {
      chat.signs.read(lastSeq);
    }, READ_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [chat, away, unread, lastSeq]);
  useEffect(() => {
    if (!looking) chat.lookedAway();
  }, [chat, looking]);
  if (!room) return 0;
  return room.entries.filter((entry) => entry.seq > seenSeq && entry.kind !== "note").length;
}

/** The page can be seen and has the focus. */
function useLooking(): boolean {
  const [looking, setLooking] = useState(isLooked);
  useEffect(() => {
    const look = () => {
      setLooking(isLooked());
    };
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    window.addEventListener("blur", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
      window.removeEventListener("blur", look);
    };
  }, []);
  return looking;
}

function isLooked(): boolean {
  return !document.hidden && document.hasFocus();
}
