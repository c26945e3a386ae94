import type { Card } from "./cardState";
import type { Problem } from "./codes";
import { feedbackRecord, questionAnswer, type Answer, type Said } from "./commands";
import type { Delivery } from "./delivery";
import type { Conversation } from "./state";
import { TargetCommands } from "./targetCommands";
import { TurnCommands } from "./turnCommands";

/** What the person wants of what is already there: its turns, its cards, and a word about its calls and answers. */
export class Requests {
  readonly turns: TurnCommands;
  readonly cards: TargetCommands;
  readonly feedback: TargetCommands;

  constructor(
    delivery: Delivery,
    private readonly conversation: () => Conversation | null,
    private readonly newId: () => string,
    failed: (problem: Problem) => void,
  ) {
    this.turns = new TurnCommands(delivery, conversation, newId, failed);
    this.cards = new TargetCommands(delivery);
    this.feedback = new TargetCommands(delivery);
  }

  /** The conversation it is about; null until it is known. */
  get conversationId(): string | null {
    return this.conversation()?.sessionId ?? null;
  }

  /** Answer a card. What came of it is told by the event that closes the card. */
  answer(card: Card, answer: Answer): void {
    const { conversationId } = this;
    if (conversationId === null) return;
    const id = this.newId();
    this.cards.send(id, card.questionId, questionAnswer(id, conversationId, card, answer));
  }

  /** Say something of a call or an answer; a later word takes the place of an earlier one. */
  record(said: Said): void {
    const { conversationId } = this;
    if (conversationId === null) return;
    const id = this.newId();
    const target = "call_id" in said ? said.call_id : said.message_id;
    this.feedback.send(id, target, feedbackRecord(id, conversationId, said));
  }

  /** Send what a lost connection left unanswered. */
  sendAll(): void {
    this.turns.sendAll();
    this.cards.sendAll();
    this.feedback.sendAll();
  }

  /** True when an event of what was accepted is still to come. */
  accepted(commandId: string | null): boolean {
    this.turns.settle(commandId);
    return this.cards.accepted(commandId) || this.feedback.accepted(commandId);
  }

  /** True when a card, a call or an answer shows the problem. */
  refused(commandId: string | null, problem: Problem): boolean {
    return this.cards.refused(commandId, problem) || this.feedback.refused(commandId, problem);
  }
}
