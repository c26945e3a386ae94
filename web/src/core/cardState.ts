import type { CardClosed, CardOpened, Participant } from "../protocol/generated";

/** How a card was decided; `by` is the system when its time was up. */
export interface Decision {
  readonly outcome: CardClosed["outcome"];
  readonly by: Participant;
  readonly at: string;
  /** The arguments the call was approved with, when they were edited: JSON text. */
  readonly arguments: string | null;
  readonly note: string | null;
}

/** Something a tool call needs of a person before it can go on. */
export interface Card {
  readonly questionId: string;
  readonly turnId: string;
  readonly callId: string;
  readonly kind: CardOpened["kind"];
  /** The id of the only person who may answer. */
  readonly owner: string;
  readonly server: string;
  readonly tool: string;
  /** In the server's English, or in the words of a tool's server. */
  readonly message: string;
  /** Whose text, which strangers may have written, is why an approval is asked for; null where nobody noted that. */
  readonly because: readonly string[] | null;
  /** What is to be approved: JSON text. */
  readonly arguments: string | null;
  /** JSON Schema as JSON text: of a form's values, or of arguments that may be edited. */
  readonly schema: string | null;
  readonly url: string | null;
  /** Goes back with the answer, so that no answer is given to another card than was seen. */
  readonly fence: string;
  /** UTC, ISO 8601. */
  readonly expiresAt: string;
  /** Null while it is open. */
  readonly decision: Decision | null;
}

export type Named = Pick<Card, "server" | "tool">;

/** The coach itself asks to remember something: no server's tool has no server. */
export function isForMemory({ server, tool }: Named): boolean {
  return server === "" && tool === "remember";
}
