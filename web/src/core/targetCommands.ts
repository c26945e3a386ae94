import type { Command } from "../protocol/generated";
import type { Problem } from "./codes";
import type { Delivery } from "./delivery";
import { Store } from "./store";

/** How the last command about one thing fares; a problem means that nothing came of it. */
export type Fate =
  | { readonly state: "sending" | "accepted"; readonly problem: null }
  | { readonly state: "failed"; readonly problem: Problem };

interface Open {
  readonly target: string;
  readonly command: Command;
}

/** Commands about things of the page, at most one under way for each. Sent until answered, over a lost connection too. */
export class TargetCommands {
  /** By the thing's id. What is accepted stays until the next command: its event may still be on the way. */
  readonly fates = new Store<ReadonlyMap<string, Fate>>(new Map());
  private readonly open = new Map<string, Open>();

  constructor(private readonly delivery: Delivery) {}

  send(commandId: string, target: string, command: Command): void {
    if (this.fates.get().get(target)?.state === "sending") return;
    this.open.set(commandId, { target, command });
    this.show(target, { state: "sending", problem: null });
    this.deliver(commandId, command);
  }

  /** Send what a lost connection left unanswered. */
  sendAll(): void {
    for (const [id, { command }] of this.open) this.deliver(id, command);
  }

  /** True when it was a command of these. */
  accepted(commandId: string | null): boolean {
    return this.settle(commandId, { state: "accepted", problem: null });
  }

  /** True when it was a command of these, whose thing then shows the problem. */
  refused(commandId: string | null, problem: Problem): boolean {
    return this.settle(commandId, { state: "failed", problem });
  }

  private deliver(commandId: string, command: Command): void {
    this.delivery.deliver(
      commandId,
      () => Promise.resolve(command),
      (problem) => {
        this.refused(commandId, problem);
      },
    );
  }

  private settle(commandId: string | null, fate: Fate): boolean {
    const entry = commandId === null ? undefined : this.open.get(commandId);
    if (commandId === null || !entry) return false;
    this.open.delete(commandId);
    this.show(entry.target, fate);
    return true;
  }

  private show(target: string, fate: Fate): void {
    this.fates.update((fates) => new Map(fates).set(target, fate));
  }
}
