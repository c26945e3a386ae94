export interface BackoffPolicy {
  /** Milliseconds: the upper bound of the first wait. */
  readonly base: number;
  /** Milliseconds: no wait is longer. */
  readonly cap: number;
}

export const RECONNECT: BackoffPolicy = { base: 500, cap: 15_000 };

/** Full jitter: anything from nothing to the exponential bound, so that many clients do not return at once. */
export function backoffDelay(
  policy: BackoffPolicy,
  attempt: number,
  random: () => number = Math.random,
): number {
  const bound = Math.min(policy.cap, policy.base * 2 ** Math.min(attempt, 30));
  return Math.round(random() * bound);
}
