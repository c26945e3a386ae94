// Generated from docs/protocol.schema.json by `npm run generate`; never edit by hand.

/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ServerEvent".
 */
export type ServerEvent = StoredEvent | EphemeralEvent;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "StoredEvent".
 */
export type StoredEvent =
  | MessageCreated
  | MessageCompleted
  | ToolCallStarted
  | ToolCallCompleted
  | ChatResponse
  | TurnQueued
  | TurnStarted
  | TurnStopping
  | TitleUpdated
  | SettingsUpdated
  | FeedbackRecorded
  | CardOpened
  | CardClosed
  | TurnParked
  | TurnResumed
  | GroupUpdated
  | ParticipantInvited
  | ParticipantJoined
  | ParticipantLeft
  | ParticipantRemoved
  | ParticipantRole
  | MessageEdited
  | MessageDeleted
  | MessageShared
  | SteerTaken
  | ReactionSet
  | ChartCreated
  | AnswerChecked
  | Withheld;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "OthersSee".
 */
export type OthersSee = "nothing" | "outline";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Part".
 */
export type Part = TextPart | ToolCallPart;
/**
 * Every code a person or client can receive in `error` or in `chat_response.error`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ErrorCode".
 */
export type ErrorCode =
  | "malformed_frame"
  | "unknown_command"
  | "invalid_command"
  | "frame_too_large"
  | "content_empty"
  | "content_too_long"
  | "media_type_unsupported"
  | "message_conflict"
  | "key_conflict"
  | "rate_limited"
  | "queue_full"
  | "turn_running"
  | "no_session"
  | "conversation_not_found"
  | "turn_not_found"
  | "memory_entry_not_found"
  | "memory_full"
  | "memory_changed"
  | "cluster_not_found"
  | "approved_answer_changed"
  | "message_not_found"
  | "question_not_found"
  | "question_closed"
  | "question_changed"
  | "answer_invalid"
  | "member_not_found"
  | "invitation_invalid"
  | "group_full"
  | "last_owner"
  | "group_archived"
  | "token_missing"
  | "token_invalid"
  | "token_expired"
  | "signature_invalid"
  | "sign_in_stale"
  | "forbidden"
  | "model_busy"
  | "model_unavailable"
  | "model_refused_request"
  | "content_filtered"
  | "context_too_long"
  | "tool_unavailable"
  | "limit_steps"
  | "limit_calls"
  | "limit_tokens"
  | "limit_time"
  | "limit_length"
  | "budget_exhausted"
  | "store_unavailable"
  | "publish_failed"
  | "prompt_unavailable"
  | "sign_in_unavailable"
  | "settings_invalid"
  | "internal";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolStatus".
 */
export type ToolStatus = "completed" | "failed" | "denied" | "cancelled" | "unknown";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Readers".
 */
export type Readers = "everyone" | "asker";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Trust".
 */
export type Trust = "trusted" | "untrusted";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TurnStatus".
 */
export type TurnStatus = "completed" | "stopped" | "failed" | "expired" | "exhausted";
/**
 * Where the cause lies, so that a client can say who has to act.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Fault".
 */
export type Fault = "user" | "auth" | "model" | "tool" | "platform" | "budget" | "app";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TitleSource".
 */
export type TitleSource = "first_words" | "model" | "person";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "WhileBusy".
 */
export type WhileBusy = "queue" | "reject";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "CallVote".
 */
export type CallVote = "useful" | "wrong" | "slow" | "unsafe";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageVote".
 */
export type MessageVote = "up" | "down";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "CardKind".
 */
export type CardKind = "approval" | "form" | "url" | "sign_in";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "CardOutcome".
 */
export type CardOutcome = "approved" | "denied" | "accepted" | "declined" | "cancelled" | "expired";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "History".
 */
export type History = "all" | "from_joining";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupRole".
 */
export type GroupRole = "owner" | "facilitator" | "member" | "observer";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ChartCell".
 */
export type ChartCell = string | number;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Bucket".
 */
export type Bucket = "none" | "day" | "week" | "month" | "quarter" | "year";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Aggregate".
 */
export type Aggregate = "none" | "sum" | "mean" | "count";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "EphemeralEvent".
 */
export type EphemeralEvent =
  | ConnectionAck
  | CommandAccepted
  | Snapshot
  | SessionCreated
  | MessageStarted
  | MessageDelta
  | SteerReturned
  | SteerOffered
  | Notice
  | AiState
  | ToolCallProgress
  | BudgetWarning
  | AnswerOffered
  | ListUpdated
  | ToolsUpdated
  | Typing
  | Presence
  | ReadUpdated
  | SuggestionsOffered
  | ErrorEvent;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Capability".
 */
export type Capability = "streaming" | "suggestions";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VisibleEvent".
 */
export type VisibleEvent = StoredEvent | Withheld;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PresenceState".
 */
export type PresenceState = "here" | "away";
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Command".
 */
export type Command =
  | SessionUpdate
  | Query
  | TurnStop
  | MessageEdit
  | MessageRegenerate
  | FeedbackRecord
  | QuestionAnswer
  | Sync
  | MessageDelete
  | MessageShare
  | SteerTake
  | ReactionSetCommand
  | GroupOpen
  | GroupLeave
  | GroupMessage
  | TypingCommand
  | PresenceCommand
  | Read;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ClientMessageId".
 */
export type ClientMessageId = string;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ShortId".
 */
export type ShortId = string;
/**
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Seq".
 */
export type Seq = number;

export interface Protocol {
  ServerEvent: ServerEvent;
  VisibleEvent: VisibleEvent;
  Command: Command;
}
/**
 * A person's message.
 *
 * `steers` is the running turn it was put into; `replaces` the message it is a new version of. In a group it may be a
 * reply to another message and mention people (principals) or the `coach`. `said_at` is when it was said in a private
 * conversation the actor copied it from; the author may be the coach then.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageCreated".
 */
export interface MessageCreated {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "message.created";
  message_id: string;
  turn_id: string | null;
  author: Participant;
  parts: Part[];
  client_message_id: string | null;
  steers: string | null;
  replaces: string | null;
  reply_to: string | null;
  mentions: string[];
  said_at: string | null;
}
/**
 * Who wrote or did something. `id` is a principal for people, `coach` or `system` otherwise.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Participant".
 */
export interface Participant {
  kind: "person" | "coach" | "system";
  id: string;
  name: string;
}
/**
 * Markdown written by a person or by the coach.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TextPart".
 */
export interface TextPart {
  type: "text";
  text: string;
}
/**
 * A tool call the model asked for. `arguments` is the JSON text exactly as the model wrote it.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolCallPart".
 */
export interface ToolCallPart {
  type: "tool_call";
  call_id: string;
  server: string;
  tool: string;
  arguments: string;
}
/**
 * One model step of the coach, complete: replaces everything streamed for `message_id`.
 *
 * `finish` tells why the model ended: `stop`, `tools` (it asked for tools), `length` (cut by the token
 * limit), `stopped` (by a person), `failed` (what was written before a failure). `attempt` is the one whose deltas
 * spelled this text; `steered_by` are the messages put into the turn before this step; `limit` is the limit of a turn
 * that made this its last step; `manifest_id` is what the coach knew and could use; `memory_version` is the version of
 * the person's memory it was told, absent when it was told none; `untrusted_from` are the tool servers whose text,
 * which strangers may have written, it was told in this step, also in words made of it.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageCompleted".
 */
export interface MessageCompleted {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "message.completed";
  message_id: string;
  turn_id: string;
  step: number;
  author: Participant;
  parts: Part[];
  finish: "stop" | "tools" | "length" | "stopped" | "failed";
  usage: Usage | null;
  attempt: number;
  steered_by: string[];
  limit: ErrorCode | null;
  manifest_id: string | null;
  memory_version: number | null;
  untrusted_from: string[];
}
/**
 * Tokens as the model service counted them, or estimated of a call that was cut off.
 *
 * `cached_input_tokens` is part of `input_tokens`. `cost_micros` is their price in millionths of the price list's
 * currency, 0 when there is no price for the model.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Usage".
 */
export interface Usage {
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
  cost_micros: number;
}
/**
 * A tool call began. `lease_until` (UTC) is when it is given up as lost; an `idempotent` one may be repeated.
 *
 * A call that needed something from a person begins again with the answer, as `round` 1 and so on.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolCallStarted".
 */
export interface ToolCallStarted {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "tool_call.started";
  call_id: string;
  turn_id: string;
  server: string;
  tool: string;
  arguments: string;
  lease_until: string;
  idempotent: boolean;
  round: number;
}
/**
 * A tool call ended. `preview` is the start of its text; `result_ref` points to all of it.
 *
 * `readers` may see it; what is `untrusted` may come from strangers.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolCallCompleted".
 */
export interface ToolCallCompleted {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "tool_call.completed";
  call_id: string;
  turn_id: string;
  server: string;
  tool: string;
  status: ToolStatus;
  preview: string;
  result_ref: string | null;
  ms: number;
  readers: Readers;
  trust: Trust;
}
/**
 * The turn's only terminal event, whatever its status. `response` is filled when it is sent.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ChatResponse".
 */
export interface ChatResponse {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "chat_response";
  turn_id: string;
  status: TurnStatus;
  message_id: string | null;
  response: string;
  tool_feedback: ToolFeedback[];
  charts: string[];
  suggestions: string[];
  usage: Usage;
  error: ErrorInfo | null;
  next_turn_id: string | null;
}
/**
 * How one tool call of a turn went; `ms` is its duration, `outcome` one short line for people.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolFeedback".
 */
export interface ToolFeedback {
  call_id: string;
  server: string;
  tool: string;
  status: ToolStatus;
  ms: number;
  outcome: string;
}
/**
 * What went wrong, who has to act, and whether trying again may help (after `after_ms` milliseconds).
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ErrorInfo".
 */
export interface ErrorInfo {
  code: ErrorCode;
  fault: Fault;
  message: string;
  retryable: boolean;
  after_ms: number | null;
  trace_id: string | null;
}
/**
 * A turn waits for the floor; `position` counts from 1. Of a whispered one the actor does not tell whose it is.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TurnQueued".
 */
export interface TurnQueued {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "turn.queued";
  turn_id: string;
  position: number;
}
/**
 * A turn took the floor. Of a whispered one the actor does not tell whose it is.
 *
 * `replaces` is the turn it takes the place of: that one and every turn begun since are superseded. They stay in the
 * log and are told to nobody again. `question_id` is the message it answers when that is not its own.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TurnStarted".
 */
export interface TurnStarted {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "turn.started";
  turn_id: string;
  replaces: string | null;
  question_id: string | null;
}
/**
 * Somebody asked the turn to stop; of a whispered one others are not told who.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TurnStopping".
 */
export interface TurnStopping {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "turn.stopping";
  turn_id: string;
}
/**
 * The conversation has a new title: its question's first words, the utility model's words, or a person's.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TitleUpdated".
 */
export interface TitleUpdated {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "title.updated";
  title: string;
  source: TitleSource;
}
/**
 * What the conversation does with a question asked while a turn runs: `queue` it, or `reject` it.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SettingsUpdated".
 */
export interface SettingsUpdated {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "settings.updated";
  while_busy: WhileBusy;
}
/**
 * How a person (the actor) found a tool call, of which `server` and `tool` are told, or a message of the coach.
 *
 * The actor's latest on a thing counts.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FeedbackRecorded".
 */
export interface FeedbackRecorded {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "feedback.recorded";
  call_id: string | null;
  message_id: string | null;
  vote: CallVote | MessageVote;
  note: string | null;
  server: string | null;
  tool: string | null;
}
/**
 * A tool call waits for `owner` (a principal; nobody else may answer) until `expires_at` (UTC).
 *
 * `arguments` is JSON text, what an approval is about. `schema` is JSON Schema text: of the arguments where the
 * approval may change them, of the values where a form is to be filled in. `fence` has to come back with the answer.
 * `server` is empty where the coach itself asks to `remember` something: `arguments` are the entry to be stored.
 * `message` says in English what is asked. Where it is ours, an approval's or a sign-in's, the other fields say it
 * all: `because` are the servers whose text, which strangers may have written, is why an approval is asked for; null
 * where nobody noted that.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "CardOpened".
 */
export interface CardOpened {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "question.opened";
  question_id: string;
  turn_id: string;
  call_id: string;
  kind: CardKind;
  owner: string;
  server: string;
  tool: string;
  message: string;
  arguments: string | null;
  schema: string | null;
  url: string | null;
  fence: string;
  expires_at: string;
  because: string[] | null;
}
/**
 * A card was answered, or closed without an answer; `actor` is who did. `arguments` are those the person changed.
 *
 * `cancelled`: the person walked away, or the turn was stopped; `expired`: nobody answered in time.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "CardClosed".
 */
export interface CardClosed {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "question.closed";
  question_id: string;
  turn_id: string;
  call_id: string;
  outcome: CardOutcome;
  arguments: string | null;
  note: string | null;
}
/**
 * A turn waits for a person and left the floor, which `next_turn_id` has now.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TurnParked".
 */
export interface TurnParked {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "turn.parked";
  turn_id: string;
  next_turn_id: string | null;
}
/**
 * A parked turn got its answers and the floor, and goes on.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TurnResumed".
 */
export interface TurnResumed {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "turn.resumed";
  turn_id: string;
}
/**
 * The group's description, settings or state is this now; a new title is told by `title.updated`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupUpdated".
 */
export interface GroupUpdated {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "group.updated";
  description: string;
  settings: GroupSettings;
  archived: boolean;
}
/**
 * How the coach behaves in the group, and what newcomers see.
 *
 * `follow_up`: it goes on answering somebody it just answered, for two minutes, unless somebody else speaks.
 * `ambient`: it may speak without being addressed, rarely. `history`: whether newcomers see what was before them.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupSettings".
 */
export interface GroupSettings {
  follow_up: boolean;
  ambient: boolean;
  history: History;
}
/**
 * Somebody was invited, to have `role` when they accept.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ParticipantInvited".
 */
export interface ParticipantInvited {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  participant: Participant;
  epoch: number;
  type: "participant.invited";
  role: GroupRole;
}
/**
 * Somebody joined: they accepted, followed a link, or began the group.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ParticipantJoined".
 */
export interface ParticipantJoined {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  participant: Participant;
  epoch: number;
  type: "participant.joined";
  role: GroupRole;
}
/**
 * Somebody left of their own accord, or declined.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ParticipantLeft".
 */
export interface ParticipantLeft {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  participant: Participant;
  epoch: number;
  type: "participant.left";
}
/**
 * Somebody was removed by the actor, or their invitation taken back.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ParticipantRemoved".
 */
export interface ParticipantRemoved {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  participant: Participant;
  epoch: number;
  type: "participant.removed";
}
/**
 * Somebody has another role now.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ParticipantRole".
 */
export interface ParticipantRole {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  participant: Participant;
  epoch: number;
  type: "participant.role";
  role: GroupRole;
}
/**
 * A person's message reads otherwise now; `parts` take the place of what it said. Nothing is answered anew.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageEdited".
 */
export interface MessageEdited {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "message.edited";
  message_id: string;
  parts: Part[];
}
/**
 * A message was taken back; its text is gone everywhere.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageDeleted".
 */
export interface MessageDeleted {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "message.deleted";
  message_id: string;
}
/**
 * What the coach told the actor alone, shared with the group by them: `parts` is what `message_id` says.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageShared".
 */
export interface MessageShared {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "message.shared";
  message_id: string;
  turn_id: string;
  parts: Part[];
}
/**
 * Who asks `steers`, the running turn, took a question that waited into it: `turn_id` waits no longer.
 *
 * From here on its message counts as put into `steers`; if that ends without having read it, it waits again.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SteerTaken".
 */
export interface SteerTaken {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  type: "steer.taken";
  turn_id: string;
  message_id: string;
  steers: string;
}
/**
 * The actor reacted to a message with `emoji`, or took that back.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ReactionSet".
 */
export interface ReactionSet {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "reaction.set";
  message_id: string;
  emoji: string;
  on: boolean;
}
/**
 * A chart of the answer `message_id`, computed from the result of `call_id`: the table at `pointer` (JSON pointer).
 *
 * `rows` are its data in the order of `columns`: place, series if there are any, value; `alt` says in English what it
 * shows, and `measure`, absent in old charts, what the columns are. `spec` is Vega-Lite (JSON text) over the data
 * `rows`, whose fields are `c0`, `c1` and so on. `result_digest` names the result it was made of. What is `untrusted`
 * may come from strangers.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ChartCreated".
 */
export interface ChartCreated {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "chart.created";
  chart_id: string;
  turn_id: string;
  message_id: string;
  call_id: string;
  server: string;
  tool: string;
  pointer: string;
  title: string;
  alt: string;
  spec: string;
  columns: string[];
  rows: ChartCell[][];
  result_digest: string;
  trust: Trust;
  measure: ChartMeasure | null;
}
/**
 * What a chart's `columns` are made of, for who says it in other words.
 *
 * The first is the result's column `place`, by `bucket`; the last the `aggregate` of its column `value` (null: of its
 * rows), in `unit` if that is the same for all of them.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ChartMeasure".
 */
export interface ChartMeasure {
  place: string;
  bucket: Bucket;
  aggregate: Aggregate;
  value: string | null;
  unit: string | null;
}
/**
 * Of the answer `message_id`: figures in no result (`unmatched`), links in one (`sources`), in none (`unsourced`).
 *
 * Of `figures` that were looked at, the unmatched are told as written. `sources` stand in the order in which http(s)
 * links lead to them; `unsourced` are the links that are in no result of the turn's tools.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AnswerChecked".
 */
export interface AnswerChecked {
  conversation_id: string;
  at: string;
  seq: number;
  actor: Participant;
  audience: string[] | null;
  others_see: OthersSee;
  type: "answer.checked";
  turn_id: string;
  message_id: string;
  figures: number;
  unmatched: string[];
  sources: AnswerSource[];
  unsourced: string[];
}
/**
 * An address that `links` of an answer, as written, lead to, and that the result of `call_id` holds.
 *
 * `title` is the result's word for it, empty where it has none. What is `untrusted` may come from strangers.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AnswerSource".
 */
export interface AnswerSource {
  links: string[];
  title: string;
  call_id: string;
  server: string;
  tool: string;
  trust: Trust;
}
/**
 * Stands for a durable event this reader may not see, so that `seq` has no gaps for anyone.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Withheld".
 */
export interface Withheld {
  conversation_id: string;
  at: string;
  type: "withheld";
  seq: number;
}
/**
 * First event on a connection. Costs are told in `currency` (ISO 4217; XXX: nothing has a price).
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ConnectionAck".
 */
export interface ConnectionAck {
  conversation_id: string;
  at: string;
  type: "connection.ack";
  connection_id: string;
  protocol_version: number;
  capabilities: Capability[];
  currency: string;
}
/**
 * Answers a state-changing command once it is stored and started.
 *
 * `position` 0 means running; `steers` is the running turn the message was put into, which then has no position.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "CommandAccepted".
 */
export interface CommandAccepted {
  conversation_id: string;
  at: string;
  type: "command.accepted";
  command_id: string | null;
  client_message_id: string | null;
  message_id: string | null;
  turn_id: string | null;
  position: number | null;
  steers: string | null;
  seq: number | null;
}
/**
 * Answers `sync`, and `group.open` with the `group` and what the coach may use for its reader.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Snapshot".
 */
export interface Snapshot {
  conversation_id: string;
  at: string;
  from_seq: number;
  through_seq: number;
  events: VisibleEvent[];
  live: LiveText | null;
  active_turn: ActiveTurn | null;
  queue: QueuedTurn[];
  questions: CardOpened[];
  parked: string[];
  more: boolean;
  type: "snapshot";
  group: GroupInfo | null;
  tools: ToolInfo[];
  unavailable: string[];
}
/**
 * Text of the running model step as far as it was checkpointed; `offset` is its length in characters.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "LiveText".
 */
export interface LiveText {
  message_id: string;
  turn_id: string;
  step: number;
  attempt: number;
  offset: number;
  text: string;
}
/**
 * The turn that holds the floor. `asker` is empty where somebody else whispered the question to the coach.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ActiveTurn".
 */
export interface ActiveTurn {
  turn_id: string;
  asker: string;
  stopping: boolean;
}
/**
 * A turn that waits for the floor; `position` counts from 1, `asker` is as in `ActiveTurn`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "QueuedTurn".
 */
export interface QueuedTurn {
  turn_id: string;
  asker: string;
  position: number;
}
/**
 * The group as its reader knows it.
 *
 * `read_seq` is the reader's own mark, `unread` what counts beyond it and up to `counted_seq`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupInfo".
 */
export interface GroupInfo {
  title: string;
  description: string;
  settings: GroupSettings;
  epoch: number;
  role: GroupRole;
  members: GroupMember[];
  archived: boolean;
  read_seq: number;
  unread: number;
  counted_seq: number;
}
/**
 * Somebody who belongs to the group, or is `invited` and has not accepted yet.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupMember".
 */
export interface GroupMember {
  participant: Participant;
  role: GroupRole;
  invited: boolean;
}
/**
 * One tool the coach may use in this session.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolInfo".
 */
export interface ToolInfo {
  server: string;
  tool: string;
  description: string;
}
/**
 * Answers `session.update`: the session, what the coach may use, and a snapshot.
 *
 * `unavailable` names tool servers that could not be reached while the tools were listed.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SessionCreated".
 */
export interface SessionCreated {
  conversation_id: string;
  at: string;
  from_seq: number;
  through_seq: number;
  events: VisibleEvent[];
  live: LiveText | null;
  active_turn: ActiveTurn | null;
  queue: QueuedTurn[];
  questions: CardOpened[];
  parked: string[];
  more: boolean;
  type: "session.created";
  session_id: string;
  title: string;
  tools: ToolInfo[];
  unavailable: string[];
  while_busy: WhileBusy;
}
/**
 * An attempt at a model step began; resets the bubble of `message_id`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageStarted".
 */
export interface MessageStarted {
  conversation_id: string;
  at: string;
  type: "message.started";
  message_id: string;
  turn_id: string;
  step: number;
  attempt: number;
}
/**
 * Text that belongs at `offset` (characters) of the attempt's text.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageDelta".
 */
export interface MessageDelta {
  conversation_id: string;
  at: string;
  type: "message.delta";
  message_id: string;
  turn_id: string;
  step: number;
  attempt: number;
  offset: number;
  text: string;
}
/**
 * A message put into `turn_id` came too late for it and is answered by a turn of its own, `becomes`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SteerReturned".
 */
export interface SteerReturned {
  conversation_id: string;
  at: string;
  type: "steer.returned";
  turn_id: string;
  message_id: string;
  becomes: string;
}
/**
 * Somebody wrote "@coach also ..." while the turn `steers` of the person told runs; sent to them alone.
 *
 * It waits as the turn `turn_id` of its author, unless they take it into theirs with `steer.take`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SteerOffered".
 */
export interface SteerOffered {
  conversation_id: string;
  at: string;
  type: "steer.offered";
  turn_id: string;
  message_id: string;
  author: Participant;
  steers: string;
}
/**
 * What somebody should know of what they just did, in words; sent to the connection that did it.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Notice".
 */
export interface Notice {
  conversation_id: string;
  at: string;
  type: "notice";
  message: string;
  message_id: string | null;
}
/**
 * What the coach is doing when that takes long: it waits for the model, about `after_ms` milliseconds.
 *
 * Or what it does that others in a room do not see: it answers somebody privately.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AiState".
 */
export interface AiState {
  conversation_id: string;
  at: string;
  type: "ai.state";
  turn_id: string;
  state: "waiting_for_model" | "answering_privately";
  message: string;
  after_ms: number | null;
}
/**
 * How far a running call is, as its server tells it: `progress` of `total`, in units of its own.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolCallProgress".
 */
export interface ToolCallProgress {
  conversation_id: string;
  at: string;
  type: "tool_call.progress";
  turn_id: string;
  call_id: string;
  progress: number;
  total: number | null;
  message: string | null;
}
/**
 * A person or their team has used much of what may be used until `resets_at`; sent to the person alone.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "BudgetWarning".
 */
export interface BudgetWarning {
  conversation_id: string;
  at: string;
  type: "budget.warning";
  scope: "person" | "team";
  message: string;
  used_percent: number;
  resets_at: string;
}
/**
 * Somebody approved an answer for questions like that of `turn_id`, whose own answer goes on; sent in sessions.
 *
 * `similarity` (0 to 1) says how like; `version` which wording of the approved answer `text` is.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AnswerOffered".
 */
export interface AnswerOffered {
  conversation_id: string;
  at: string;
  type: "answer.offered";
  turn_id: string;
  cluster_id: string;
  version: number;
  text: string;
  approved_at: string;
  similarity: number;
}
/**
 * One of the person's conversations was begun, changed in the list, or deleted; sent to the person alone.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ListUpdated".
 */
export interface ListUpdated {
  conversation_id: string;
  at: string;
  type: "list.updated";
  change: "created" | "changed" | "deleted";
}
/**
 * What the coach may use in this session has changed: takes the place of what `session.created` told.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ToolsUpdated".
 */
export interface ToolsUpdated {
  conversation_id: string;
  at: string;
  type: "tools.updated";
  tools: ToolInfo[];
  unavailable: string[];
}
/**
 * Somebody types; over when `on` is false, when their message comes, or six seconds after the last of these.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Typing".
 */
export interface Typing {
  conversation_id: string;
  at: string;
  type: "typing";
  participant: Participant;
  on: boolean;
}
/**
 * Somebody is here, or no longer; said again every 20 s, over 60 s after the last time.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Presence".
 */
export interface Presence {
  conversation_id: string;
  at: string;
  type: "presence";
  participant: Participant;
  state: PresenceState;
}
/**
 * How far one has read; sent to one's own connections alone. `unread` is counted up to `through_seq`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ReadUpdated".
 */
export interface ReadUpdated {
  conversation_id: string;
  at: string;
  type: "read.updated";
  seq: number;
  unread: number;
  through_seq: number;
}
/**
 * What its asker may want to ask next, after this turn's answer; told again by `GET .../turns/{turn_id}/offers`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SuggestionsOffered".
 */
export interface SuggestionsOffered {
  conversation_id: string;
  at: string;
  type: "suggestions.offered";
  turn_id: string;
  suggestions: string[];
}
/**
 * A command failed. Nothing was changed unless the message says so.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ErrorEvent".
 */
export interface ErrorEvent {
  conversation_id: string;
  at: string;
  type: "error";
  code: ErrorCode;
  fault: Fault;
  message: string;
  retryable: boolean;
  after_ms: number | null;
  command_id: string | null;
  client_message_id: string | null;
  trace_id: string | null;
}
/**
 * Open a session (a new one without `session_id`) on this connection.
 *
 * `email_id` and `role` can only narrow what the token grants. `after` is the last `seq` the client
 * already has. `accessToken` refreshes the sign-in over a long-lived socket.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SessionUpdate".
 */
export interface SessionUpdate {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "session.update";
  session_id?: ShortId | null;
  after?: Seq;
  email_id?: string | null;
  role?: string | null;
  accessToken?: string | null;
  capabilities?: (Capability | string)[];
  time_zone?: string | null;
  locale?: string | null;
}
/**
 * Ask the coach. `session_id` defaults to the session this connection opened.
 *
 * With `steer`, a question asked while a turn runs is put into that turn at its next tool boundary; unused, it becomes
 * a turn of its own. With no turn running it is an ordinary question.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Query".
 */
export interface Query {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "query";
  content: string;
  session_id?: ShortId | null;
  client_message_id?: ClientMessageId | null;
  steer?: boolean;
}
/**
 * Stop a running or queued turn. Text written so far stays; repeating the command changes nothing.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TurnStop".
 */
export interface TurnStop {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "turn.stop";
  conversation_id: ShortId;
  turn_id: ShortId;
}
/**
 * Ask an earlier question of one's own in other words: a new turn replaces its turn and all that followed.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageEdit".
 */
export interface MessageEdit {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "message.edit";
  conversation_id: ShortId;
  message_id: ShortId;
  content: string;
  client_message_id?: ClientMessageId | null;
}
/**
 * Have the latest question answered again by a new turn; `message_id` is any message of the turn it replaces.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageRegenerate".
 */
export interface MessageRegenerate {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "message.regenerate";
  conversation_id: ShortId;
  message_id: ShortId;
}
/**
 * Say how a tool call (`useful`, `wrong`, `slow`, `unsafe`) or a message of the coach (`up`, `down`) was.
 *
 * Exactly one of `call_id` and `message_id` names it. A person's latest vote on it takes the place of an earlier one.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FeedbackRecord".
 */
export interface FeedbackRecord {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "feedback.record";
  conversation_id: ShortId;
  call_id?: ShortId | null;
  message_id?: ShortId | null;
  vote: CallVote | MessageVote;
  note?: string | null;
}
/**
 * Answer a card of one's own; the first answer counts. `fence` is the card's.
 *
 * `arguments` (a whole object) take the place of the proposed ones, with `approve`; `values` fill in a form, with
 * `accept`; `note` is told to the coach.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "QuestionAnswer".
 */
export interface QuestionAnswer {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "question.answer";
  conversation_id: ShortId;
  question_id: ShortId;
  fence: ShortId;
  answer: "approve" | "deny" | "accept" | "decline" | "cancel";
  arguments?: {
    [k: string]: unknown;
  } | null;
  values?: {
    [k: string]: unknown;
  } | null;
  note?: string | null;
}
/**
 * Ask for the events after `after`; answered by `snapshot`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Sync".
 */
export interface Sync {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "sync";
  conversation_id: ShortId;
  after: Seq;
}
/**
 * Take a message of one's own back; its text is erased.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageDelete".
 */
export interface MessageDelete {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "message.delete";
  conversation_id: ShortId;
  message_id: ShortId;
}
/**
 * Share with the group what the coach told the sender alone; once, and not to be taken back.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MessageShare".
 */
export interface MessageShare {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "message.share";
  conversation_id: ShortId;
  message_id: ShortId;
}
/**
 * Take a question of somebody else that waits ("@coach also ...") into one's own running turn.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SteerTake".
 */
export interface SteerTake {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "steer.take";
  conversation_id: ShortId;
  turn_id: ShortId;
}
/**
 * React to a message, or take that back (`on` false).
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ReactionSetCommand".
 */
export interface ReactionSetCommand {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "reaction.set";
  conversation_id: ShortId;
  message_id: ShortId;
  emoji: string;
  on?: boolean;
}
/**
 * Read and write in a group over this connection; answered by `snapshot`. `after` is the last `seq` one has.
 *
 * `time_zone` (IANA) is for what the coach is asked over this connection: what day it is for who asks.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupOpen".
 */
export interface GroupOpen {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "group.open";
  group_id: ShortId;
  after?: Seq;
  time_zone?: string | null;
  capabilities?: (Capability | string)[];
}
/**
 * Leave a group for good.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupLeave".
 */
export interface GroupLeave {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "group.leave";
  group_id: ShortId;
}
/**
 * Say something in a group. `mentions` and `to` are principals or `coach`; with `to` it is a whisper.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "GroupMessage".
 */
export interface GroupMessage {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "group.message";
  group_id: ShortId;
  content: string;
  client_message_id: ClientMessageId;
  /**
   * @maxItems 50
   */
  mentions?: ShortId[];
  reply_to?: ShortId | null;
  /**
   * @maxItems 50
   */
  to?: ShortId[];
}
/**
 * Say that one types, every three seconds at most, or (`on` false) no longer.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TypingCommand".
 */
export interface TypingCommand {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "typing";
  conversation_id: ShortId;
  on?: boolean;
}
/**
 * Say that one is here, every 20 s, or `away`.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PresenceCommand".
 */
export interface PresenceCommand {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "presence";
  conversation_id: ShortId;
  state?: PresenceState;
}
/**
 * Say how far one has read; a mark never goes back.
 *
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Read".
 */
export interface Read {
  command_id?: ClientMessageId | null;
  traceparent?: string | null;
  type: "read";
  conversation_id: ShortId;
  seq: Seq;
}

/** The most a command, what is said in one, and a note in one may have. */
export const LIMITS = {
  frame_bytes: 65536,
  content_characters: 32000,
  note_characters: 2000,
} as const;
