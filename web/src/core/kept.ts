import type { Conversation } from "./state";

const MAX_KEPT = 20;

/** Conversations shown a moment ago: going back to one shows it at once, and only what is new is fetched. */
export class KeptConversations {
  private readonly kept = new Map<string, Conversation>();

  get(sessionId: string): Conversation | null {
    return this.kept.get(sessionId) ?? null;
  }

  put(conversation: Conversation): void {
    this.kept.delete(conversation.sessionId);
    if (conversation.turns.length > 0) this.kept.set(conversation.sessionId, conversation);
    const oldest = this.kept.keys().next();
    if (this.kept.size > MAX_KEPT && !oldest.done) this.kept.delete(oldest.value);
  }
}
