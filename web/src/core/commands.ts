import type { Command } from "../protocol/generated";

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
    capabilities: ["streaming"],
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: navigator.language,
    accessToken,
  };
}

export function turnStop(commandId: string, conversationId: string, turnId: string): Command {
  return { type: "turn.stop", command_id: commandId, conversation_id: conversationId, turn_id: turnId };
}

export function sync(commandId: string, conversationId: string, after: number): Command {
  return { type: "sync", command_id: commandId, conversation_id: conversationId, after };
}
