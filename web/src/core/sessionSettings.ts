import type { WhileBusy } from "../protocol/generated";
import type { Api, ExportFormat, SessionChanges } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";

/** Changes what a person may set for a session, and what becomes of it. What fails is told to `failed`. */
export class SessionSettings {
  constructor(
    private readonly api: Api,
    private readonly failed: (problem: Problem) => void,
    /** The list of sessions has to be read anew. */
    private readonly changed: () => void,
    private readonly removed: (sessionId: string) => void,
  ) {}

  async setWhileBusy(sessionId: string, whileBusy: WhileBusy): Promise<void> {
    await this.attempt(this.api.changeSession(sessionId, { while_busy: whileBusy }));
  }

  /** True when it is so now. */
  async change(sessionId: string, changes: SessionChanges): Promise<boolean> {
    const done = await this.attempt(this.api.changeSession(sessionId, changes).then(() => true));
    this.changed();
    return done === true;
  }

  /** True when it is gone. */
  async remove(sessionId: string): Promise<boolean> {
    const gone = await this.attempt(this.api.deleteSession(sessionId).then(() => true));
    if (gone) this.removed(sessionId);
    this.changed();
    return gone === true;
  }

  /** The session as text; null when it could not be had. */
  async export(sessionId: string, format: ExportFormat): Promise<string | null> {
    return this.attempt(this.api.exportSession(sessionId, format));
  }

  private async attempt<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof SignedOutError) return null;
      if (!(error instanceof ApiError)) throw error;
      this.failed(error.problem);
      return null;
    }
  }
}
