import type { Command } from "../protocol/generated";
import type { Problem } from "./codes";
import type { Connection } from "./connection";
import { isTooLarge } from "./limits";

/** Time for an answer before the command is sent again. Milliseconds. */
const ANSWER_MS = 10_000;
/** First and longest pause after a send that failed at once. Milliseconds. */
const AGAIN_MS = 1_000;
const AGAIN_CAP_MS = 4_000;
/** A delivery may cost this much before it fails: a send that failed costs 1, an answer that did not come 2. */
const BUDGET = 6;

interface Delivering {
  readonly build: () => Promise<Command>;
  readonly failed: (problem: Problem) => void;
  tries: number;
  cost: number;
  timer: ReturnType<typeof setTimeout> | null;
  /** It could not even be sent. */
  stuck: boolean;
}

interface Next {
  readonly wait: number;
  readonly cost: number;
  readonly code: "timed_out" | "unreachable";
}

/**
 * Sends commands until they are answered, none before an earlier one that could not be sent. Repeating is safe
 * because every command carries its id. While there is no connection nothing fails; on a new one the owner clears
 * all and delivers anew what is still wanted, and on one that is heard again what could not be sent goes out.
 */
export class Delivery {
  private readonly open = new Map<string, Delivering>();

  constructor(private readonly connection: Connection) {
    connection.resumed.on(() => {
      this.sendStuck(null);
    });
  }

  /** Send until `settle(commandId)`; `failed` is called once if that does not happen in time. */
  deliver(commandId: string, build: () => Promise<Command>, failed: (problem: Problem) => void): void {
    this.settle(commandId);
    this.open.set(commandId, { build, failed, tries: 0, cost: 0, timer: null, stuck: false });
    void this.attempt(commandId);
  }

  /** The command was answered, one way or the other. */
  settle(commandId: string | null): void {
    if (commandId === null) return;
    const entry = this.open.get(commandId);
    if (entry?.timer) clearTimeout(entry.timer);
    this.open.delete(commandId);
  }

  clear(): void {
    for (const commandId of [...this.open.keys()]) this.settle(commandId);
  }

  private async attempt(commandId: string): Promise<void> {
    const entry = this.open.get(commandId);
    if (!entry) return;
    entry.tries += 1;
    entry.stuck = false;
    this.sendStuck(commandId);
    this.arm(commandId, entry, { wait: ANSWER_MS, cost: 2, code: "timed_out" });
    try {
      const command = await entry.build();
      if (isTooLarge(command)) this.fail(commandId, entry, { code: "frame_too_large", retryable: false });
      else await this.connection.send(command);
    } catch (error) {
      console.warn("A command could not be sent.", error);
      const wait = Math.min(AGAIN_CAP_MS, AGAIN_MS * 2 ** (entry.tries - 1));
      if (this.open.get(commandId) !== entry) return;
      entry.stuck = true;
      this.arm(commandId, entry, { wait, cost: 1, code: "unreachable" });
    }
  }

  /** Send what could not be sent, as far as it came before this one; with null all of it. */
  private sendStuck(before: string | null): void {
    for (const [commandId, { stuck }] of [...this.open]) {
      if (commandId === before) return;
      if (stuck) void this.attempt(commandId);
    }
  }

  private arm(commandId: string, entry: Delivering, next: Next): void {
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = setTimeout(() => {
      if (this.connection.status.get().state === "connected") entry.cost += next.cost;
      if (entry.cost < BUDGET) {
        void this.attempt(commandId);
        return;
      }
      this.fail(commandId, entry, { code: next.code, retryable: true });
    }, next.wait);
  }

  private fail(commandId: string, entry: Delivering, problem: Omit<Problem, "message">): void {
    if (this.open.get(commandId) !== entry) return;
    this.settle(commandId);
    entry.failed({ ...problem, message: "" });
  }
}
