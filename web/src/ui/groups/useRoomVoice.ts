import { useEffect, useState } from "react";
import type { RoomChat } from "../../core/roomChat";
import { spokenTo } from "../../core/roomVoice";
import { Store } from "../../core/store";
import type { Outlet } from "../../voice/voice";
import { useVoice, type VoiceKit } from "../voice/useVoice";

/** The voice of a room: it reads the coach's answers to whoever listens, and nobody else's words. */
export function useRoomVoice({ view }: RoomChat, outlet: Outlet): VoiceKit | null {
  const [shown] = useState(() => new Store(spokenTo(view.get())));
  useEffect(
    () =>
      view.subscribe(() => {
        shown.set(spokenTo(view.get()));
      }),
    [view, shown],
  );
  return useVoice(outlet, shown);
}
