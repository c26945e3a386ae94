import { problemIn } from "./attempt";
import type { Problem } from "./codes";
import { Store } from "./store";

export interface AskedView<T> {
  /** The last answer; null before the first. */
  readonly value: T | null;
  readonly problem: Problem | null;
  readonly busy: boolean;
}

/** Something that is asked for when a person wants to see it. What comes late for an earlier asking is not shown. */
export class Asked<T> {
  readonly view = new Store<AskedView<T>>({ value: null, problem: null, busy: false });
  private latest = 0;

  /** The answer; null when there is none, or something else was asked for meanwhile. */
  async ask(work: () => Promise<T>): Promise<T | null> {
    const request = ++this.latest;
    this.view.update((view) => ({ ...view, busy: true, problem: null }));
    try {
      const value = await work();
      if (request !== this.latest) return null;
      this.view.set({ value, problem: null, busy: false });
      return value;
    } catch (error) {
      if (request === this.latest) this.view.update((view) => ({ ...view, busy: false }));
      const problem = problemIn(error);
      if (request === this.latest) this.view.update((view) => ({ ...view, problem }));
      return null;
    }
  }

  clear(): void {
    this.latest++;
    this.view.set({ value: null, problem: null, busy: false });
  }
}
