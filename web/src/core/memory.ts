import type { EntryWords, Memory, MemoryApi } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";
import { Line } from "./line";
import { Store } from "./store";

export interface MemoryView {
  /** Null until it was read. */
  readonly memory: Memory | null;
  readonly problem: Problem | null;
  /** A change is on its way. */
  readonly busy: boolean;
}

/** What was shown is not what is: it has to be looked at again before anything is changed. */
const OUTDATED: ReadonlySet<string> = new Set(["memory_changed", "memory_entry_not_found"]);

/** What the person lets the coach remember. A change tells whether it was made; if not, `problem` says why. */
export class PersonMemory {
  readonly view = new Store<MemoryView>({ memory: null, problem: null, busy: false });
  /** The last entry that may have been stored without our knowing; sent again, it goes under the same key. */
  private unsure: { readonly words: EntryWords; readonly key: string } | null = null;

  /** Each thing is done after the one before, so that nothing a person does is passed over. */
  private readonly line = new Line();

  constructor(
    private readonly api: MemoryApi,
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {}

  load(): Promise<boolean> {
    return this.attempt(() => Promise.resolve());
  }

  turn(on: boolean): Promise<boolean> {
    return this.attempt(() => this.api.switchMemory(on));
  }

  add(words: EntryWords): Promise<boolean> {
    return this.attempt(async (version) => {
      const again = this.unsure?.words.kind === words.kind && this.unsure.words.text === words.text;
      const key = again && this.unsure ? this.unsure.key : this.newId();
      this.unsure = { words, key };
      await this.api.addEntry(words, version, key);
      this.unsure = null;
    });
  }

  change(id: string, words: EntryWords): Promise<boolean> {
    return this.attempt((version) => this.api.changeEntry(id, words, version));
  }

  remove(id: string): Promise<boolean> {
    return this.attempt((version) => this.api.deleteEntry(id, version));
  }

  /** Do something to the memory as it is shown, and show what is so afterwards. */
  private attempt(work: (version: number) => Promise<void>): Promise<boolean> {
    this.begin();
    return this.line.do(() => this.attemptNow(work));
  }

  private begin(): void {
    this.view.update((view) => ({ ...view, busy: true }));
  }

  private async attemptNow(work: (version: number) => Promise<void>): Promise<boolean> {
    this.begin();
    try {
      await work(this.view.get().memory?.version ?? 0);
      const memory = await this.api.memory();
      this.view.set({ memory, problem: null, busy: false });
      return true;
    } catch (error) {
      await this.failed(error);
      return false;
    }
  }

  private async failed(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) {
      this.view.update((view) => ({ ...view, busy: false }));
      if (error instanceof SignedOutError) return;
      throw error;
    }
    const { problem } = error;
    const now = OUTDATED.has(problem.code) ? await this.api.memory().catch(() => null) : null;
    this.view.update(({ memory }) => ({ memory: now ?? memory, problem, busy: false }));
  }
}
