import type { EntryWords, Memory, MemoryApi, MemoryEntry, SearchPage } from "../src/core/api";
import { ApiError } from "../src/core/codes";
import type { ErrorCode } from "../src/protocol/generated";
import { FakeReports } from "./fake-reports";

/** A person's memory as the server keeps it, and a search that finds what it is told to. */
export class FakeMemory extends FakeReports implements MemoryApi {
  kept: Memory = { enabled: false, version: 0, entries: [], limits: { entries: 50, characters: 500 } };
  /** What was looked for, and from where. */
  readonly searched: [string, string | null][] = [];
  onSearch: (words: string, before: string | null) => SearchPage | Promise<SearchPage> = () => ({
    sessions: [],
    next: null,
  });
  private readonly keys = new Set<string>();

  /** Change it as another device does. */
  changeElsewhere(changes: Partial<Memory>): void {
    this.kept = { ...this.kept, ...changes, version: this.kept.version + 1 };
  }

  memory(): Promise<Memory> {
    return Promise.resolve(this.kept);
  }

  switchMemory(enabled: boolean): Promise<void> {
    if (enabled !== this.kept.enabled) this.changeElsewhere({ enabled });
    return Promise.resolve();
  }

  addEntry(words: EntryWords, version: number, key: string): Promise<void> {
    return this.attempt(version, () => {
      if (this.keys.has(key)) return;
      if (this.kept.entries.length >= this.kept.limits.entries)
        throw refusal(409, "memory_full", "The memory is full: 50 entries at most.");
      this.keys.add(key);
      const entry = memoryEntry(`me_new_${this.kept.version + 1}`, words);
      this.changeElsewhere({ entries: [...this.kept.entries, entry] });
    });
  }

  changeEntry(id: string, words: EntryWords, version: number): Promise<void> {
    return this.attempt(version, () => {
      if (!this.kept.entries.some((entry) => entry.id === id))
        throw refusal(404, "memory_entry_not_found", "There is no such entry.");
      const entries = this.kept.entries.map((entry) =>
        entry.id === id ? { ...entry, ...words, by: "person" as const } : entry,
      );
      this.changeElsewhere({ entries });
    });
  }

  deleteEntry(id: string, version: number): Promise<void> {
    return this.attempt(version, () => {
      this.changeElsewhere({ entries: this.kept.entries.filter((entry) => entry.id !== id) });
    });
  }

  searchSessions(words: string, before: string | null): Promise<SearchPage> {
    this.searched.push([words, before]);
    return Promise.resolve(this.onSearch(words, before));
  }

  private attempt(version: number, work: () => void): Promise<void> {
    return new Promise((done) => {
      if (version !== this.kept.version) throw refusal(412, "memory_changed", "It has changed.");
      work();
      done();
    });
  }
}

export function memoryEntry(id: string, words: EntryWords, by: MemoryEntry["by"] = "person"): MemoryEntry {
  return { id, ...words, changedAt: "2026-01-02T10:00:00Z", by };
}

function refusal(status: number, code: ErrorCode, message: string): ApiError {
  return new ApiError(status, { code, message, retryable: false });
}
