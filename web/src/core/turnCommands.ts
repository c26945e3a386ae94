import type { Command } from "../protocol/generated";
import type { Problem } from "./codes";
import { messageRegenerate, turnStop } from "./commands";
import type { Delivery } from "./delivery";
import { latestAnswer, type Conversation } from "./state";
import { Store } from "./store";

interface Open {
  readonly turnId: string;
  readonly command: Command;
}

/** What the person wants of a turn that is already there. Sent until answered, over a lost connection too. */
export class TurnCommands {
  /** Turns for which a command is unanswered: at most one each. */
  readonly pending = new Store<ReadonlySet<string>>(new Set());
  private readonly open = new Map<string, Open>();

  constructor(
    private readonly delivery: Delivery,
    private readonly conversation: () => Conversation | null,
    private readonly newId: () => string,
    private readonly failed: (problem: Problem) => void,
  ) {}

  /** Stop a turn, or take one that waits out of the line; with a steer's own id, take the steer back. */
  stop(turnId: string): void {
    const conversation = this.conversation();
    if (!conversation) return;
    const id = this.newId();
    this.add(id, { turnId, command: turnStop(id, conversation.sessionId, turnId) });
  }

  /** Have the latest answer given again; nothing happens while a turn is open. */
  regenerate(): void {
    const conversation = this.conversation();
    const turn = conversation && latestAnswer(conversation);
    if (!turn) return;
    const id = this.newId();
    const messageId = turn.steps.at(-1)?.messageId ?? turn.turnId;
    const command = messageRegenerate(id, conversation.sessionId, messageId);
    this.add(id, { turnId: turn.turnId, command });
  }

  /** Send what a lost connection left unanswered. */
  sendAll(): void {
    for (const [id, { command }] of this.open) this.deliver(id, command);
  }

  /** The command was answered, one way or the other. */
  settle(commandId: string | null): void {
    if (commandId !== null && this.open.delete(commandId)) this.show();
  }

  private add(id: string, entry: Open): void {
    if (this.pending.get().has(entry.turnId)) return;
    this.open.set(id, entry);
    this.show();
    this.deliver(id, entry.command);
  }

  private deliver(id: string, command: Command): void {
    this.delivery.deliver(
      id,
      () => Promise.resolve(command),
      (problem) => {
        this.settle(id);
        this.failed(problem);
      },
    );
  }

  private show(): void {
    this.pending.set(new Set([...this.open.values()].map(({ turnId }) => turnId)));
  }
}
