import type { ErrorCode } from "../protocol/generated";

/**
 * - `connecting`: the first connection of this page is being made.
 * - `connected`: frames flow.
 * - `reconnecting`: there was a connection, and it is being restored.
 * - `offline`: the device has no network, or several attempts failed; attempts go on, more slowly.
 * - `signed_out`: the sign-in is gone and only a person can renew it; nothing is tried until then.
 */
export type ConnectionState = "connecting" | "connected" | "reconnecting" | "offline" | "signed_out";

/** Problems that arise in the browser, beside the codes of the wire. */
export type LocalCode = "unreachable" | "timed_out" | "bad_answer";

export type ProblemCode = ErrorCode | LocalCode;

/** A problem a person should hear about. `message` is the server's own sentence, empty for local codes. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** Refusals that say nothing of the words: at another time they may be taken. */
const PASSING: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "rate_limited",
  "queue_full",
  "turn_running",
  "budget_exhausted",
  "group_archived",
  "forbidden",
  "internal",
]);

/** The same may be sent again with another outcome. */
export function mayHelpAgain({ code, retryable }: Problem): boolean {
  return retryable || PASSING.has(code) || AUTH_CODES.has(code);
}

/** An HTTP answer that is not a success; `status` 0 means there was no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.message || problem.code);
  }
}

/** The sign-in cannot be renewed without the person. */
export class SignedOutError extends Error {
  constructor() {
    super("signed out");
  }
}

/** Codes of the wire that say: the token, not the command, is at fault. */
export const AUTH_CODES: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "token_missing",
  "token_invalid",
  "token_expired",
  "signature_invalid",
  "sign_in_stale",
]);
