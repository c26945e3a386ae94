import type { Command, FeedbackRecord, QuestionAnswer } from "../protocol/generated";
import type { Card } from "./cardState";

interface Opening {
  readonly commandId: string;
  /** Null makes a new session. */
  readonly sessionId: string | null;
  /** The `seq` through which this client has everything. */
  readonly after: number;
  readonly accessToken: string;
}

export function sessionUpdate({ commandId, sessionId, after, accessToken }: Opening): Command {
  return {
    type: "session.update",
    command_id: commandId,
    ...(sessionId === null ? {} : { session_id: sessionId }),
    after,
    capabilities: ["streaming", "suggestions"],
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: navigator.language,
    accessToken,
  };
}

interface Asking {
  /** The command's id and the message's: one question keeps one id through every repetition. */
  readonly id: string;
  readonly sessionId: string;
  readonly text: string;
}

export function query({ id, sessionId, text }: Asking, steer: boolean): Command {
  return {
    type: "query",
    command_id: id,
    session_id: sessionId,
    content: text,
    client_message_id: id,
    ...(steer ? { steer } : {}),
  };
}

export function messageEdit({ id, sessionId, text }: Asking, messageId: string): Command {
  return {
    type: "message.edit",
    command_id: id,
    conversation_id: sessionId,
    message_id: messageId,
    content: text,
    client_message_id: id,
  };
}

/** `messageId`: any message of the turn that is to be answered again. */
export function messageRegenerate(commandId: string, conversationId: string, messageId: string): Command {
  return {
    type: "message.regenerate",
    command_id: commandId,
    conversation_id: conversationId,
    message_id: messageId,
  };
}

export function turnStop(commandId: string, conversationId: string, turnId: string): Command {
  return { type: "turn.stop", command_id: commandId, conversation_id: conversationId, turn_id: turnId };
}

export function sync(commandId: string, conversationId: string, after: number): Command {
  return { type: "sync", command_id: commandId, conversation_id: conversationId, after };
}

export type Answer = Pick<QuestionAnswer, "answer" | "arguments" | "values" | "note">;

/** The fence says which card the person saw. */
export function questionAnswer(
  commandId: string,
  conversationId: string,
  { questionId, fence }: Card,
  answer: Answer,
): Command {
  return {
    type: "question.answer",
    command_id: commandId,
    conversation_id: conversationId,
    question_id: questionId,
    fence,
    ...answer,
  };
}

/** What is said, of a call or of a message: exactly one of the two. */
export type Said = Pick<FeedbackRecord, "vote" | "note"> &
  ({ readonly call_id: string } | { readonly message_id: string });

export function feedbackRecord(commandId: string, conversationId: string, said: Said): Command {
  return { type: "feedback.record", command_id: commandId, conversation_id: conversationId, ...said };
}
