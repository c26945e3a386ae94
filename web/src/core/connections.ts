import type { Api, ToolConnection } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";
import { Store } from "./store";

export interface ConnectionList {
  /** Null until they were read. */
  readonly connections: readonly ToolConnection[] | null;
  readonly problem: Problem | null;
}

/** The tool servers that act for the person with a credential of theirs. */
export class Connections {
  readonly list = new Store<ConnectionList>({ connections: null, problem: null });

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    await this.attempt(() => Promise.resolve());
  }

  async disconnect(server: string): Promise<void> {
    await this.attempt(() => this.api.disconnect(server));
  }

  /** Do something, and show what is so afterwards. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.list.set({ connections: await this.api.connections(), problem: null });
    } catch (error) {
      if (error instanceof SignedOutError) return;
      if (!(error instanceof ApiError)) throw error;
      const { problem } = error;
      this.list.update((list) => ({ ...list, problem }));
    }
  }
}
