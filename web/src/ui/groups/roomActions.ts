import { createContext, useContext } from "react";
import type { Wish } from "../../core/roomCommands";
import { replying } from "../../core/roomDraft";
import { withoutOffer } from "../../core/roomOffers";
import type { RoomOutgoing } from "../../core/roomOutbox";
import type { Rooms } from "../../core/rooms";
import type { Store } from "../../core/store";
import type { Fate } from "../../core/targetCommands";
import { COMPOSER_ID } from "../focus";
import { spot } from "../route";

/** What a person can do in the room. */
export interface RoomActions {
  /** How what was done last with each message fares. */
  readonly fates: Store<ReadonlyMap<string, Fate>>;
  readonly say: (wish: Wish) => void;
  readonly reply: (messageId: string) => void;
  /** Show a message, wherever in the room it stands. */
  readonly goTo: (messageId: string) => void;
  readonly react: (messageId: string, emoji: string, on: boolean) => void;
  readonly edit: (messageId: string, text: string) => void;
  readonly takeBack: (messageId: string) => void;
  readonly share: (messageId: string) => void;
  readonly stop: (turnId: string) => void;
  /** Have what waits as this turn answered in one's own, or leave it in line. */
  readonly takeOffer: (turnId: string) => void;
  readonly leaveOffer: (turnId: string) => void;
  readonly retry: (clientMessageId: string) => void;
  readonly discard: (clientMessageId: string) => void;
  /** Put the words back where they were written, with whom they were for. */
  readonly toBox: (entry: RoomOutgoing) => void;
}

export const RoomActionsContext = createContext<RoomActions | null>(null);

export function useRoomActions(): RoomActions {
  const actions = useContext(RoomActionsContext);
  if (!actions) throw new Error("there is no room around this");
  return actions;
}

export function roomActions({ chat, drafts }: Rooms, toBottom: () => void): RoomActions {
  return {
    fates: chat.deeds.fates,
    say: (wish) => {
      chat.say(wish);
      toBottom();
    },
    reply: (messageId) => {
      const { room } = chat.view.get();
      if (room) drafts.change(room.groupId, replying(room, drafts.of(room.groupId), messageId));
      document.getElementById(COMPOSER_ID)?.focus();
    },
    react: (messageId, emoji, on) => {
      chat.deeds.react(messageId, emoji, on);
    },
    edit: (messageId, text) => {
      chat.deeds.edit(messageId, text);
    },
    takeBack: (messageId) => {
      chat.deeds.takeBack(messageId);
    },
    share: (messageId) => {
      chat.deeds.share(messageId);
    },
    stop: (turnId) => {
      chat.requests.turns.stop(turnId);
    },
    ...offerActions(chat),
    goTo: goToIn(chat),
    ...outgoingActions(chat, drafts),
  };
}

function outgoingActions(
  chat: Rooms["chat"],
  drafts: Rooms["drafts"],
): Pick<RoomActions, "retry" | "discard" | "toBox"> {
  return {
    retry: (clientMessageId) => {
      chat.retry(clientMessageId);
    },
    discard: (clientMessageId) => {
      chat.sending.discard(clientMessageId);
    },
    toBox: ({ clientMessageId, groupId, text, to, replyTo }) => {
      chat.sending.discard(clientMessageId);
      drafts.giveBack(groupId, text, { to, replyTo });
      document.getElementById(COMPOSER_ID)?.focus();
    },
  };
}

function goToIn({ view }: Rooms["chat"]): RoomActions["goTo"] {
  return (messageId) => {
    const { groupId } = view.get();
    if (groupId !== null) spot.set({ sessionId: groupId, messageId });
  };
}

function offerActions(chat: Rooms["chat"]): Pick<RoomActions, "takeOffer" | "leaveOffer"> {
  return {
    takeOffer: (turnId) => {
      chat.deeds.take(turnId);
    },
    leaveOffer: (turnId) => {
      chat.view.update((view) => ({ ...view, room: view.room && withoutOffer(view.room, turnId) }));
    },
  };
}
