import type { SteerOffered } from "../protocol/generated";
import type { Offer, Room } from "./roomState";
import { openTurn } from "./state";

/** An offer with what is asked. */
export interface OpenOffer extends Offer {
  readonly text: string;
}

export function offered(room: Room, { turn_id: turnId, author, steers }: SteerOffered): Room {
  if (room.offers.some((known) => known.turnId === turnId)) return room;
  // Those of other turns are over: only one runs at a time.
  const others = room.offers.filter((known) => known.steers === steers);
  return { ...room, offers: [...others, { turnId, author, steers }] };
}

/** The reader leaves it in line. */
export function withoutOffer(room: Room, turnId: string): Room {
  return { ...room, offers: room.offers.filter((offer) => offer.turnId !== turnId) };
}

/** What the reader may still take: it waits, and their turn runs. */
export function openOffers({ offers, conversation }: Room): readonly OpenOffer[] {
  if (offers.length === 0) return [];
  const running = openTurn(conversation);
  if (running?.phase !== "running") return [];
  return offers.flatMap((offer) => {
    const turn = conversation.turns.find(({ turnId }) => turnId === offer.turnId);
    if (offer.steers !== running.turnId || turn?.phase !== "queued" || !turn.question) return [];
    return [{ ...offer, text: turn.question.text }];
  });
}
