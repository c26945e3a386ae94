import type { Api, FoundSession, SearchPage } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";
import type { FoundGroup, GroupSearchPage } from "./roomsApi";
import { Store } from "./store";

/** `idle`: there is too little to look for. */
export type SearchState = "idle" | "searching" | "done" | "failed";

/** One of the person's own conversations, or a group. */
export type Found = FoundSession | FoundGroup;

/** Where sessions and groups go on that were not looked through yet: empty at the beginning, null at the end. */
export interface Place {
  readonly sessions: string | null;
  readonly groups: string | null;
}

export interface SearchView {
  /** As typed. */
  readonly words: string;
  readonly state: SearchState;
  readonly found: readonly Found[];
  /** Null when there are no older ones. */
  readonly next: Place | null;
  readonly problem: Problem | null;
}

export const MIN_WORDS = 2;
export const MAX_WORDS = 100;
/** Who types is not searched for at every key. Milliseconds. */
export const SETTLE_MS = 300;
/** The server looks through a few conversations for each request; so many requests are made before asking. */
export const PAGES_AT_ONCE = 4;

const NOTHING: SearchView = { words: "", state: "idle", found: [], next: null, problem: null };
const BEGINNING: Place = { sessions: "", groups: "" };

/** Looking for words in one's own conversations and groups. What comes late for other words is not shown. */
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
    this.timer = setTimeout(() => void this.run(BEGINNING), SETTLE_MS);
  }

  /** Look now: typing is done, or the last try failed. */
  async now(): Promise<void> {
    clearTimeout(this.timer);
    if (this.view.get().state !== "idle") await this.run(BEGINNING);
  }

  /** Look through older conversations. */
  async more(): Promise<void> {
    const { next } = this.view.get();
    if (next) await this.run(next);
  }

  clear(): void {
    this.type("");
  }

  private async run(before: Place): Promise<void> {
    const request = ++this.latest;
    const words = this.view.get().words.trim();
    let found: readonly Found[] = before === BEGINNING ? [] : this.view.get().found;
    const known = found.length;
    let from: Place | null = before;
    this.view.update((view) => ({ ...view, state: "searching", problem: null }));
    try {
      for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
        const page = await this.page(words, from);
        if (request !== this.latest) return;
        found = joined(found, page.found);
        from = page.next;
        if (found.length > known || from === null) break;
      }
      this.view.update((view) => ({ ...view, state: "done", found, next: from }));
    } catch (error) {
      if (request === this.latest) this.failed(error, found);
    }
  }

  /** A few conversations of each kind, the last used first. */
  private async page(
    words: string,
    { sessions, groups }: Place,
  ): Promise<Pick<SearchView, "found" | "next">> {
    const [own, shared] = await Promise.all([this.sessions(words, sessions), this.groups(words, groups)]);
    const found: Found[] = [...own.sessions, ...shared.groups];
    const atEnd = own.next === null && shared.next === null;
    return {
      found: found.toSorted((a, b) => b.updated_at.localeCompare(a.updated_at)),
      next: atEnd ? null : { sessions: own.next, groups: shared.next },
    };
  }

  private async sessions(words: string, from: string | null): Promise<SearchPage> {
    return from === null ? { sessions: [], next: null } : this.api.searchSessions(words, from || null);
  }

  private async groups(words: string, from: string | null): Promise<GroupSearchPage> {
    return from === null ? { groups: [], next: null } : this.api.rooms.search(words, from || null);
  }

  /** What was found for other words goes. */
  private failed(error: unknown, found: readonly Found[]): void {
    if (!(error instanceof ApiError)) {
      this.view.update((view) => ({ ...view, state: "done", found }));
      if (error instanceof SignedOutError) return;
      throw error;
    }
    const { problem } = error;
    this.view.update((view) => ({ ...view, state: "failed", found, problem }));
  }
}

/** A conversation that was used between two pages is on both. */
function joined(before: readonly Found[], page: readonly Found[]): readonly Found[] {
  const known = new Set(before.map(idOf));
  return [...before, ...page.filter((each) => !known.has(idOf(each)))];
}

export function idOf(found: Found): string {
  return "group_id" in found ? found.group_id : found.session_id;
}
