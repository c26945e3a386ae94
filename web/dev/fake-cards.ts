import type { SocketListener } from "../src/core/socket";
import type { CardClosed, CardOpened, FeedbackRecord, QuestionAnswer } from "../src/protocol/generated";
import type { FakeServer } from "./fake-server";
import { accepted, ADA, COACH, TO_ALL } from "./said";

const OUTCOME: Record<QuestionAnswer["answer"], CardClosed["outcome"]> = {
  approve: "approved",
  deny: "denied",
  accept: "accepted",
  decline: "declined",
  cancel: "cancelled",
};

/** The cards of the in-memory server: they are opened by whoever plays the coach, and closed by a person's answer. */
export class FakeCards {
  /** Called after a card was closed by an answer; its turn has gone on if nothing else of it is open. */
  onClosed: (card: CardOpened, answer: QuestionAnswer) => void = () => undefined;

  constructor(private readonly server: FakeServer) {}

  /** Open a card, and park its turn unless it is parked already. */
  ask(sessionId: string, card: Partial<CardOpened> & Pick<CardOpened, "turn_id" | "call_id">): CardOpened {
    const before = this.parked(sessionId);
    const opened = this.server.append(sessionId, {
      type: "question.opened",
      at: new Date().toISOString(),
      actor: COACH,
      question_id: `${card.call_id}.q0`,
      kind: "approval",
      owner: ADA.id,
      server: "mail",
      tool: "send_mail",
      message: "Send this mail?",
      arguments: null,
      schema: null,
      url: null,
      fence: `fence of ${card.call_id}`,
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      because: null,
      ...TO_ALL,
      ...card,
    }) as CardOpened;
    if (!before.includes(card.turn_id)) {
      const parked = { type: "turn.parked", at: "", actor: COACH, next_turn_id: null } as const;
      this.server.append(sessionId, { ...parked, turn_id: card.turn_id });
    }
    return opened;
  }

  open(sessionId: string): CardOpened[] {
    const log = this.server.log(sessionId);
    const closed = new Set(
      log.flatMap((event) => (event.type === "question.closed" ? [event.question_id] : [])),
    );
    return log.flatMap((event) =>
      event.type === "question.opened" && !closed.has(event.question_id) ? [event] : [],
    );
  }

  parked(sessionId: string): string[] {
    return [...new Set(this.open(sessionId).map((card) => card.turn_id))];
  }

  /** Close a card, and let its turn go on when it was the last. */
  close(sessionId: string, card: CardOpened, closing: Partial<CardClosed>): void {
    const { question_id, turn_id, call_id } = card;
    this.server.append(sessionId, {
      type: "question.closed",
      at: new Date().toISOString(),
      actor: ADA,
      question_id,
      turn_id,
      call_id,
      outcome: "approved",
      arguments: null,
      note: null,
      ...TO_ALL,
      ...closing,
    });
    if (this.parked(sessionId).includes(turn_id)) return;
    this.server.append(sessionId, { type: "turn.resumed", at: "", actor: ADA, turn_id });
  }

  answer(command: QuestionAnswer, listener: SocketListener): void {
    const sessionId = command.conversation_id;
    const card = this.open(sessionId).find((open) => open.question_id === command.question_id);
    listener.onEvent(accepted(command, sessionId, {}));
    if (!card) return;
    const edited = command.arguments ? JSON.stringify(command.arguments) : null;
    this.close(sessionId, card, {
      outcome: OUTCOME[command.answer],
      arguments: edited,
      note: command.note ?? null,
    });
    this.onClosed(card, command);
  }

  record(command: FeedbackRecord, listener: SocketListener): void {
    listener.onEvent(accepted(command, command.conversation_id, {}));
    this.server.append(command.conversation_id, {
      type: "feedback.recorded",
      at: new Date().toISOString(),
      actor: ADA,
      call_id: command.call_id ?? null,
      message_id: command.message_id ?? null,
      vote: command.vote,
      note: command.note ?? null,
      server: null,
      tool: null,
      ...TO_ALL,
    });
  }
}
