import { badAnswer, type Requests } from "./http";
import type { Conversation } from "./state";

/** One thing to know, and the messages it rests on. */
export interface SummaryLine {
  readonly text: string;
  readonly messages: readonly string[];
}

export const SUMMARY_TOPICS = ["points", "commitments", "open_questions", "numbers", "names"] as const;
export type SummaryTopic = (typeof SUMMARY_TOPICS)[number];

/** `earlier` messages were too many to be read; `written` is false when it could not be told. */
export interface Summary extends Readonly<Record<SummaryTopic, readonly SummaryLine[]>> {
  readonly messages: number;
  readonly earlier: number;
  readonly written: boolean;
}

/** A place a summary may begin at. */
export interface Beginning {
  /** The number of the event. */
  readonly seq: number;
  readonly text: string;
}

/** A coach that reads a lot before it answers. Milliseconds. */
const SUMMARY_MS = 45_000;

/** Sum up a conversation from the event numbered `from` to its end. Throws as `Http` does. */
export async function summarise(http: Requests, conversationId: string, from: number): Promise<Summary> {
  const kind = conversationId.startsWith("g_") ? "groups" : "sessions";
  const told = await http.json("POST", `/${kind}/${encodeURIComponent(conversationId)}/summary`, {
    content: { from_seq: from },
    timeoutMs: SUMMARY_MS,
  });
  if (typeof told.messages !== "number") throw badAnswer();
  return told as unknown as Summary;
}

/** The questions of a session, the newest first, as far as they fit into a choice. */
export function beginningsOf(conversation: Conversation, most: number): readonly Beginning[] {
  const asked = conversation.turns.flatMap(({ question, supersededBy }) =>
    question && supersededBy === null ? [{ seq: question.seq, text: question.text }] : [],
  );
  return asked.slice(-most).reverse();
}
