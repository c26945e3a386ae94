import { useSyncExternalStore } from "react";
import type { Draft } from "../../core/drafts";
import type { Rooms } from "../../core/rooms";

export interface RoomDraft extends Draft {
  readonly setText: (text: string) => void;
  readonly setTo: (to: readonly string[]) => void;
  readonly noReply: () => void;
  /** What was written went off; who saw it is who sees what comes next. */
  readonly sent: () => void;
  /** Put a text behind what is written. */
  readonly add: (text: string) => void;
}

/** What is begun in a room, and for whom, kept while the person looks elsewhere. */
export function useRoomDraft({ drafts }: Rooms, groupId: string): RoomDraft {
  const draft = useSyncExternalStore(drafts.changes.subscribe, () => drafts.of(groupId));
  const change = (wanted: Partial<Draft>) => {
    drafts.change(groupId, wanted);
  };
  const add = (text: string) => {
    const begun = drafts.of(groupId).text.trimEnd();
    change({ text: begun === "" ? text : `${begun} ${text}` });
  };
  return {
    ...draft,
    setText: (text) => {
      change({ text });
    },
    setTo: (to) => {
      change({ to });
    },
    noReply: () => {
      change({ replyTo: null });
    },
    sent: () => {
      change({ text: "", replyTo: null });
    },
    add,
  };
}
