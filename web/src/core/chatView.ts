import type { Problem } from "./codes";
import type { Conversation } from "./state";

export interface ChatView {
  /** The session the page is about; null for a new chat in which nothing was asked yet. */
  readonly sessionId: string | null;
  /** What is known of it; null until the server first answered. */
  readonly conversation: Conversation | null;
  /** The session cannot be opened, and why. */
  readonly problem: Problem | null;
}

/** The session cannot be opened; where that is for good, nothing of it stays. */
export function unopened(view: ChatView, problem: Problem): ChatView {
  return { ...view, problem, conversation: problem.retryable ? view.conversation : null };
}
