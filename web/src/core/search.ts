import type { Api, FoundSession } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";
import { Store } from "./store";

/** `idle`: there is too little to look for. */
export type SearchState = "idle" | "searching" | "done" | "failed";

export interface SearchView {
  /** As typed. */
  readonly words: string;
  readonly state: SearchState;
  readonly sessions: readonly FoundSession[];
  /** Where older conversations go on that were not looked through yet; null at the end. */
  readonly next: string | null;
  readonly problem: Problem | null;
}

export const MIN_WORDS = 2;
export const MAX_WORDS = 100;
/** Who types is not searched for at every key. Milliseconds. */
export const SETTLE_MS = 300;
/** The server looks through a few conversations for each request; so many requests are made before asking. */
export const PAGES_AT_ONCE = 4;

const NOTHING: SearchView = { words: "", state: "idle", sessions: [], next: null, problem: null };

/** Looking for words in one's own conversations. What comes late for other words is not shown. */
export class ConversationSearch {
  readonly view = new Store<SearchView>(NOTHING);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private latest = 0;

  constructor(private readonly api: Api) {}

  /** Look for these words as soon as typing pauses. */
  type(words: string): void {
    if (words.trim() === this.view.get().words.trim()) {
      this.view.update((view) => ({ ...view, words }));
      return;
    }
    this.latest++;
    clearTimeout(this.timer);
    if (words.trim().length < MIN_WORDS) {
      this.view.set({ ...NOTHING, words });
      return;
    }
    this.view.update((view) => ({ ...view, words, state: "searching", problem: null }));
    this.timer = setTimeout(() => void this.run(null), SETTLE_MS);
  }

  /** Look now: typing is done, or the last try failed. */
  async now(): Promise<void> {
    clearTimeout(this.timer);
    if (this.view.get().state !== "idle") await this.run(null);
  }

  /** Look through older conversations. */
  async more(): Promise<void> {
    const { next } = this.view.get();
    if (next) await this.run(next);
  }

  clear(): void {
    this.type("");
  }

  private async run(before: string | null): Promise<void> {
    const request = ++this.latest;
    const words = this.view.get().words.trim();
    let found: readonly FoundSession[] = before === null ? [] : this.view.get().sessions;
    const known = found.length;
    let from = before;
    this.view.update((view) => ({ ...view, state: "searching", problem: null }));
    try {
      for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
        const page = await this.api.searchSessions(words, from);
        if (request !== this.latest) return;
        found = joined(found, page.sessions);
        from = page.next;
        if (found.length > known || from === null) break;
      }
      this.view.update((view) => ({ ...view, state: "done", sessions: found, next: from }));
    } catch (error) {
      if (request === this.latest) this.failed(error, found);
    }
  }

  /** What was found for other words goes. */
  private failed(error: unknown, sessions: readonly FoundSession[]): void {
    if (!(error instanceof ApiError)) {
      this.view.update((view) => ({ ...view, state: "done", sessions }));
      if (error instanceof SignedOutError) return;
      throw error;
    }
    const { problem } = error;
    this.view.update((view) => ({ ...view, state: "failed", sessions, problem }));
  }
}

/** A conversation that was used between two pages is on both. */
function joined(before: readonly FoundSession[], page: readonly FoundSession[]): readonly FoundSession[] {
  const known = new Set(before.map((session) => session.session_id));
  return [...before, ...page.filter((session) => !known.has(session.session_id))];
}
