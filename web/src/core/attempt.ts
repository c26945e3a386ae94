import { ApiError, SignedOutError, type Problem } from "./codes";

const SIGNED_OUT: Problem = { code: "token_expired", message: "", retryable: false };

/** What a person should hear of a request that failed. Anything else than that is thrown on. */
export function problemIn(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof SignedOutError) return SIGNED_OUT;
  throw error;
}
