import { beginRecovery } from "./fold";
import type { Conversation } from "./state";

const MAX_KEPT = 20;

/**
 * Conversations shown a moment ago: going back to one shows it at once, and only what is new is fetched. Until
 * then it may be another by now, or gone.
 */
export class KeptConversations {
  private readonly kept = new Map<string, Conversation>();

  get(sessionId: string): Conversation | null {
    return this.kept.get(sessionId) ?? null;
  }

  /** It may be gone, or not theirs any more. */
  delete(sessionId: string | null): void {
    if (sessionId !== null) this.kept.delete(sessionId);
  }

  put(conversation: Conversation): void {
    this.kept.delete(conversation.sessionId);
    if (conversation.turns.length > 0) this.kept.set(conversation.sessionId, beginRecovery(conversation));
    const oldest = this.kept.keys().next();
    if (this.kept.size > MAX_KEPT && !oldest.done) this.kept.delete(oldest.value);
  }
}
