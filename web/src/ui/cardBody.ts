import type { Card } from "../core/cardState";
import type { Answer } from "../core/commands";

/** What the body of an open card works with. */
export interface CardBodyProps {
  readonly card: Card;
  /** Nothing may be sent: an answer is under way, or the time is up. */
  readonly blocked: boolean;
  readonly answer: (answer: Answer) => void;
}

/** Where a card stands on the page. */
export function cardElementId(questionId: string): string {
  return `card-${questionId}`;
}
