import type { Api, SessionSummary } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";
import { Store } from "./store";

export interface SessionList {
  readonly sessions: readonly SessionSummary[];
  readonly next: string | null;
  readonly loaded: boolean;
  /** It is the list of those put aside. */
  readonly archived: boolean;
  readonly problem: Problem | null;
}

/** Changes come in bursts (a title right after an answer); one request shows them all. Milliseconds. */
const SETTLE_MS = 250;

const EMPTY: SessionList = { sessions: [], next: null, loaded: false, archived: false, problem: null };

/** The person's sessions, newest first, as far as they were scrolled to. */
export class Sessions {
  readonly list = new Store<SessionList>(EMPTY);
  private timer: ReturnType<typeof setTimeout> | null = null;
  private latest = 0;

  constructor(private readonly api: Api) {}

  refreshSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.load(null);
    }, SETTLE_MS);
  }

  async more(): Promise<void> {
    const { next } = this.list.get();
    if (next) await this.load(next);
  }

  /** Show those put aside, or the others again. */
  async showArchived(archived: boolean): Promise<void> {
    this.list.set({ ...EMPTY, archived });
    await this.load(null);
  }

  /** One is gone: older pages that stay on the list must not go on showing it. */
  forget(sessionId: string): void {
    this.list.update((list) => ({
      ...list,
      sessions: list.sessions.filter((session) => session.sessionId !== sessionId),
    }));
  }

  private async load(before: string | null): Promise<void> {
    const request = ++this.latest;
    try {
      const page = await this.api.sessions(before, this.list.get().archived);
      if (request !== this.latest) return;
      this.list.update(({ sessions, next, archived }) => {
        const fresh = new Set(page.sessions.map((session) => session.sessionId));
        const others = sessions.filter((session) => !fresh.has(session.sessionId));
        if (before)
          return {
            sessions: [...others, ...page.sessions],
            next: page.next,
            loaded: true,
            archived,
            problem: null,
          };
        // Older pages that were already loaded stay behind the renewed first one.
        const older =
          page.next === null ? [] : others.filter((session) => session.updatedAt < oldest(page.sessions));
        return {
          sessions: [...page.sessions, ...older],
          next: older.length > 0 ? next : page.next,
          loaded: true,
          archived,
          problem: null,
        };
      });
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (error instanceof SignedOutError) return;
    if (!(error instanceof ApiError)) console.error("The session list could not be read.", error);
    const problem: Problem =
      error instanceof ApiError ? error.problem : { code: "bad_answer", message: "", retryable: true };
    this.list.update((list) => ({ ...list, loaded: true, problem }));
  }
}

function oldest(sessions: readonly SessionSummary[]): string {
  return sessions.at(-1)?.updatedAt ?? "";
}
