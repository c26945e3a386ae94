import type { CardClosed, CardOpened, ChatResponse } from "../protocol/generated";
import type { Card } from "./cardState";
import type { Conversation, Turn } from "./state";
import { callWaits, changeTurn } from "./turns";

/** What a card is, wherever it comes from: an event, or a snapshot's list of what is open. */
export type Opened = Omit<CardOpened, "type" | "seq" | "at" | "actor" | "conversation_id">;

export function cardOpened(state: Conversation, event: Opened): Conversation {
  return changeTurn(state, event.turn_id, (turn) => {
    if (turn.cards.some((card) => card.questionId === event.question_id)) return turn;
    const name = { ...event, arguments: event.arguments ?? "" };
    return callWaits({ ...turn, cards: [...turn.cards, cardOf(event)] }, name);
  });
}

/** A card a snapshot lists as open: it may be one whose event lies before what the snapshot brings. */
export function cardShown(state: Conversation, event: Opened): Conversation {
  const turn = state.turns.find((candidate) => candidate.turnId === event.turn_id);
  return turn?.phase === "ended" ? state : cardOpened(state, event);
}

/** The first decision stands; that of a turn's end, which had none of its own, makes way for a person's. */
export function cardClosed(state: Conversation, event: CardClosed): Conversation {
  const { outcome, actor: by, at, note, arguments: edited } = event;
  return changeTurn(state, event.turn_id, (turn) => ({
    ...turn,
    cards: turn.cards.map((card) =>
      card.questionId === event.question_id
        ? { ...card, decision: { outcome, by, at, note, arguments: edited } }
        : card,
    ),
  }));
}

/** The turn is over, so nobody can answer what it still asked. */
export function abandoned(turn: Turn, { actor: by, at }: ChatResponse): Turn {
  if (turn.cards.every((card) => card.decision)) return turn;
  const decision = { outcome: "cancelled", by, at, note: null, arguments: null } as const;
  return { ...turn, cards: turn.cards.map((card) => (card.decision ? card : { ...card, decision })) };
}

/** The cards that wait for this person, in the order of the page. */
export function openCards(turns: readonly Turn[], person: string): readonly Card[] {
  return turns.flatMap((turn) => turn.cards.filter((card) => !card.decision && card.owner === person));
}

function cardOf(event: Opened): Card {
  return {
    questionId: event.question_id,
    turnId: event.turn_id,
    callId: event.call_id,
    kind: event.kind,
    owner: event.owner,
    server: event.server,
    tool: event.tool,
    message: event.message,
    // An older server does not tell it at all.
    because: event.because ?? null,
    arguments: event.arguments,
    schema: event.schema,
    url: event.url,
    fence: event.fence,
    expiresAt: event.expires_at,
    decision: null,
  };
}
