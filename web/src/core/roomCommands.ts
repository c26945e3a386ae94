import type { Command } from "../protocol/generated";

/** Higher than any `seq`: with it one hears what comes, and is told nothing of what was. */
const ONLY_WHAT_COMES = Number.MAX_SAFE_INTEGER;

/** Commands that nobody waits for: their refusal is told to nobody. */
const QUIET = "quiet.";

export function quietId(id: string): string {
  return `${QUIET}${id}`;
}

export function isQuiet(commandId: string | null): boolean {
  return commandId?.startsWith(QUIET) === true;
}

interface Opening {
  readonly commandId: string;
  readonly groupId: string;
  /** The `seq` through which one has everything. */
  readonly after: number;
  /** A fresh token where the server no longer takes the sign-in; the answer is the same. */
  readonly accessToken: string | null;
}

/** Read and write in a group. */
export function groupOpen({ commandId, groupId, after, accessToken }: Opening): Command {
  const common = {
    command_id: commandId,
    after,
    capabilities: ["streaming", "suggestions"],
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  return accessToken === null
    ? { type: "group.open", group_id: groupId, ...common }
    : { type: "session.update", session_id: groupId, accessToken, ...common };
}

/** Hear what happens in a group that is not shown, without the text that streams. */
export function groupWatch(commandId: string, groupId: string): Command {
  return {
    type: "group.open",
    command_id: commandId,
    group_id: groupId,
    after: ONLY_WHAT_COMES,
    capabilities: [],
  };
}

/** What somebody wants to say. */
export interface Wish {
  readonly text: string;
  /** Principals, or `coach`. */
  readonly mentions: readonly string[];
  readonly replyTo: string | null;
  /** Who alone is to hear it; empty for everyone. */
  readonly to: readonly string[];
}

/** One message keeps one id through every repetition. */
export function groupMessage(id: string, groupId: string, { text, mentions, replyTo, to }: Wish): Command {
  return {
    type: "group.message",
    command_id: id,
    group_id: groupId,
    content: text,
    client_message_id: id,
    mentions: [...mentions],
    to: [...to],
    ...(replyTo === null ? {} : { reply_to: replyTo }),
  };
}

export function reactionSet(
  commandId: string,
  groupId: string,
  messageId: string,
  emoji: string,
  on: boolean,
): Command {
  return {
    type: "reaction.set",
    command_id: commandId,
    conversation_id: groupId,
    message_id: messageId,
    emoji,
    on,
  };
}

export function messageDelete(commandId: string, groupId: string, messageId: string): Command {
  return { type: "message.delete", command_id: commandId, conversation_id: groupId, message_id: messageId };
}

export function messageShare(commandId: string, groupId: string, messageId: string): Command {
  return { type: "message.share", command_id: commandId, conversation_id: groupId, message_id: messageId };
}

/** Put a question of somebody else that waits into one's own running turn. */
export function steerTake(commandId: string, groupId: string, turnId: string): Command {
  return { type: "steer.take", command_id: commandId, conversation_id: groupId, turn_id: turnId };
}

export function readUpTo(commandId: string, groupId: string, seq: number): Command {
  return { type: "read", command_id: commandId, conversation_id: groupId, seq };
}

export function typing(commandId: string, groupId: string, on: boolean): Command {
  return { type: "typing", command_id: commandId, conversation_id: groupId, on };
}

export function presence(commandId: string, groupId: string, state: "here" | "away"): Command {
  return { type: "presence", command_id: commandId, conversation_id: groupId, state };
}
