import { ApiError, SignedOutError, type Problem } from "./codes";
import { Store } from "./store";

export interface Loaded<T> {
  /** What was read last; null until something was. */
  readonly value: T | null;
  /** Why the last reading failed. */
  readonly problem: Problem | null;
  readonly busy: boolean;
}

/** Something that is read, and read anew when what is wished for changes; what was read stays until then. */
export class Loading<T> {
  readonly view = new Store<Loaded<T>>({ value: null, problem: null, busy: false });
  private latest = 0;
  /** What was read last is not what is wished for now. */
  private overtaken = false;

  /** Read something else: where that fails, what was read before is not what was wished for. Null: there is nothing. */
  async turn(read: () => Promise<T> | null): Promise<void> {
    const reading = read();
    this.overtaken = true;
    if (reading) {
      await this.run(() => reading);
      return;
    }
    this.latest++;
    this.view.set({ value: null, problem: null, busy: false });
  }

  /** Read; an answer that a later reading has overtaken is dropped. */
  async run(read: () => Promise<T>): Promise<void> {
    const ticket = ++this.latest;
    this.view.update((view) => ({ ...view, busy: true }));
    try {
      const value = await read();
      if (ticket !== this.latest) return;
      this.overtaken = false;
      this.view.set({ value, problem: null, busy: false });
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof SignedOutError)) throw error;
      const problem = error instanceof ApiError ? error.problem : null;
      if (ticket !== this.latest) return;
      this.view.update(({ value }) => ({ value: this.overtaken ? null : value, problem, busy: false }));
    }
  }
}
