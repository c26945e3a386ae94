import { shownTurns, type Conversation, type Step, type Turn } from "../core/state";
import { TextReader } from "./textReader";

/** Decides what of a conversation is read aloud: answers that begin while somebody listens, from where they stood then. */
export class AnswerReader {
  private sessionId: string | null = null;
  /** Of each turn seen: its steps' readers, or null for one that is not read. */
  private readonly turns = new Map<string, Map<string, TextReader> | null>();

  /** The sentences that have come since the last time. */
  follow(conversation: Conversation, language: string): readonly string[] {
    this.enter(conversation);
    return shownTurns(conversation, null).flatMap((turn) => this.read(turn, language));
  }

  /** Take all there is as read. */
  skip(conversation: Conversation, language: string): void {
    this.turns.clear();
    this.follow(conversation, language);
  }

  /** Read no more of what is being answered; what waits in line is read when its turn comes. */
  mute(conversation: Conversation): void {
    for (const turn of conversation.turns) if (turn.steps.length > 0) this.turns.set(turn.turnId, null);
  }

  private enter({ sessionId }: Conversation): void {
    if (sessionId === this.sessionId) return;
    this.sessionId = sessionId;
    this.turns.clear();
  }

  private read(turn: Turn, language: string): readonly string[] {
    const known = this.turns.get(turn.turnId);
    if (known === null) return [];
    if (known === undefined) {
      this.meet(turn, language);
      return [];
    }
    const sentences = turn.steps.flatMap((step) => readStep(known, step, turn, language));
    if (turn.phase === "ended") this.turns.set(turn.turnId, null);
    return sentences;
  }

  /** What is over when it is first seen is old. */
  private meet(turn: Turn, language: string): void {
    const steps = new Map<string, TextReader>();
    for (const { messageId, text } of turn.steps) {
      const reader = new TextReader();
      reader.skip(text, language);
      steps.set(messageId, reader);
    }
    this.turns.set(turn.turnId, turn.phase === "ended" ? null : steps);
  }
}

function readStep(
  steps: Map<string, TextReader>,
  { messageId, text, complete }: Step,
  { phase }: Turn,
  language: string,
): readonly string[] {
  const reader = steps.get(messageId) ?? new TextReader();
  steps.set(messageId, reader);
  return reader.next(text, { complete: complete || phase === "ended", language });
}
