import type { WhileBusy } from "../protocol/generated";
import type { Api } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";

/** Changes what a person may set for a session; that it changed comes back as an event. */
export class SessionSettings {
  constructor(
    private readonly api: Api,
    private readonly failed: (problem: Problem) => void,
  ) {}

  async setWhileBusy(sessionId: string, whileBusy: WhileBusy): Promise<void> {
    try {
      await this.api.setWhileBusy(sessionId, whileBusy);
    } catch (error) {
      if (error instanceof SignedOutError) return;
      if (!(error instanceof ApiError)) throw error;
      this.failed(error.problem);
    }
  }
}
