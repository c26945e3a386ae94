import { ADA, COACH, TO_ALL, type Unnumbered } from "../../dev/said";
import type { DurableEvent } from "../../src/protocol/frames";
import type {
  CardClosed,
  CardOpened,
  FeedbackRecorded,
  ToolCallCompleted,
  ToolCallStarted,
} from "../../src/protocol/generated";
import { step } from "./events";

type Loose = Unnumbered<DurableEvent>;

const CALL = { server: "mail", tool: "send_mail", arguments: '{"to":"jan"}' } as const;

/** A step that asks for so many calls, `<turn>.0.0` and on. */
export const calling = (turnId: string, count = 1): Loose =>
  step(turnId, 0, {
    finish: "tools",
    parts: Array.from({ length: count }, (_, at) => ({
      type: "tool_call" as const,
      call_id: `${turnId}.0.${at}`,
      ...CALL,
    })),
  });

export const card = (turnId: string, call = 0, fields: Partial<CardOpened> = {}): Unnumbered<CardOpened> => ({
  type: "question.opened",
  at: "",
  actor: COACH,
  question_id: `${turnId}.0.${call}.q1`,
  turn_id: turnId,
  call_id: `${turnId}.0.${call}`,
  kind: "approval",
  owner: ADA.id,
  server: CALL.server,
  tool: CALL.tool,
  message: "Send this?",
  arguments: CALL.arguments,
  schema: null,
  url: null,
  fence: "f1",
  expires_at: "2030-01-01T00:00:00Z",
  because: null,
  ...TO_ALL,
  ...fields,
});

export const closed = (turnId: string, call = 0, fields: Partial<CardClosed> = {}): Loose => ({
  type: "question.closed",
  at: "2026-01-01T10:00:00Z",
  actor: ADA,
  question_id: `${turnId}.0.${call}.q1`,
  turn_id: turnId,
  call_id: `${turnId}.0.${call}`,
  outcome: "approved",
  arguments: null,
  note: null,
  ...TO_ALL,
  ...fields,
});

export const parked = (turnId: string, next: string | null = null): Loose => ({
  type: "turn.parked",
  at: "",
  actor: COACH,
  turn_id: turnId,
  next_turn_id: next,
});

export const resumed = (turnId: string): Loose => ({
  type: "turn.resumed",
  at: "",
  actor: COACH,
  turn_id: turnId,
});

export const called = (turnId: string, call = 0, fields: Partial<ToolCallStarted> = {}): Loose => ({
  type: "tool_call.started",
  at: "",
  actor: COACH,
  call_id: `${turnId}.0.${call}`,
  turn_id: turnId,
  ...CALL,
  lease_until: "",
  idempotent: false,
  round: 0,
  ...TO_ALL,
  ...fields,
});

export const returned = (turnId: string, call = 0, fields: Partial<ToolCallCompleted> = {}): Loose => ({
  type: "tool_call.completed",
  at: "",
  actor: COACH,
  call_id: `${turnId}.0.${call}`,
  turn_id: turnId,
  server: CALL.server,
  tool: CALL.tool,
  status: "completed",
  preview: "sent",
  result_ref: null,
  ms: 5,
  readers: "everyone",
  trust: "trusted",
  ...TO_ALL,
  ...fields,
});

export const said = (fields: Partial<FeedbackRecorded>): Loose => ({
  type: "feedback.recorded",
  at: "",
  actor: ADA,
  call_id: null,
  message_id: null,
  vote: "useful",
  note: null,
  server: null,
  tool: null,
  ...TO_ALL,
  ...fields,
});
