import type { Auth } from "./auth";
import { AUTH_CODES, SignedOutError, type ProblemCode } from "./codes";

const AGAIN_MS = 30_000;

/** Renews a token that the server refuses, but not over and over. */
export class Reauthorization {
  private renewedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly auth: Auth) {}

  /** The refusal is about the token, and a new one was not asked for just now. */
  helps(code: ProblemCode): boolean {
    return AUTH_CODES.has(code) && Date.now() - this.renewedAt > AGAIN_MS;
  }

  async renew(): Promise<"renewed" | "signed_out" | "failed"> {
    this.renewedAt = Date.now();
    try {
      await this.auth.token({ fresh: true });
      return "renewed";
    } catch (error) {
      if (error instanceof SignedOutError) return "signed_out";
      console.warn("The sign-in could not be renewed.", error);
      return "failed";
    }
  }
}
