import type { Command, CommandAccepted, ErrorEvent } from "../protocol/generated";
import type { Problem } from "./codes";
import { messageEdit, query } from "./commands";
import type { Delivery } from "./delivery";
import type { Outbox, Outgoing } from "./outbox";
import { Signal } from "./store";

export type Asked = Pick<Outgoing, "clientMessageId" | "sessionId" | "text" | "steer" | "replaces">;

/** A question that was not taken because the coach is answering; its text goes back to where it was written. */
export interface Returned {
  /** Null: the session did not exist yet. */
  readonly sessionId: string | null;
  readonly text: string;
  readonly problem: Problem;
}

/** Carries the person's questions up. One question keeps one id through every repetition, so it is asked once. */
export class Questions {
  readonly returned = new Signal<Returned>();

  constructor(
    readonly outbox: Outbox,
    private readonly delivery: Delivery,
  ) {}

  add(asked: Asked): void {
    this.outbox.add({ ...asked, state: "sending", problem: null });
  }

  again(clientMessageId: string): void {
    this.outbox.change(clientMessageId, { state: "sending", problem: null });
  }

  discard(clientMessageId: string): void {
    this.delivery.settle(clientMessageId);
    this.outbox.remove(clientMessageId);
  }

  /** Send whatever waits for this session; true if anything of it, failed ones included, is in the outbox. */
  sendAll(sessionId: string): boolean {
    const waiting = this.outbox.of(sessionId);
    for (const entry of waiting) if (entry.state !== "failed") this.send(entry.clientMessageId);
    return waiting.length > 0;
  }

  send(clientMessageId: string): void {
    const entry = this.outbox.get(clientMessageId);
    if (!entry?.sessionId) return;
    const command = commandOf(entry, entry.sessionId);
    this.delivery.deliver(
      clientMessageId,
      () => Promise.resolve(command),
      (problem) => {
        this.outbox.change(clientMessageId, { state: "failed", problem });
      },
    );
  }

  /** True when the event confirms a question that is still in the outbox. */
  accepted(event: CommandAccepted): boolean {
    const id = event.client_message_id ?? event.command_id;
    if (id === null || !this.outbox.get(id)) return false;
    this.delivery.settle(id);
    this.outbox.change(id, { state: "accepted", problem: null });
    return true;
  }

  /** True when the error is about a question of the outbox, which then shows it or gives the text back. */
  refused(event: ErrorEvent, problem: Problem): boolean {
    const id = event.client_message_id ?? event.command_id;
    const entry = id === null ? null : this.outbox.get(id);
    if (!entry) return false;
    this.delivery.settle(entry.clientMessageId);
    if (problem.code === "turn_running" && entry.replaces === null) {
      this.outbox.remove(entry.clientMessageId);
      this.returned.emit({ sessionId: entry.sessionId, text: entry.text, problem });
    } else this.outbox.change(entry.clientMessageId, { state: "failed", problem });
    return true;
  }
}

function commandOf(entry: Outgoing, sessionId: string): Command {
  const asking = { id: entry.clientMessageId, sessionId, text: entry.text };
  return entry.replaces === null ? query(asking, entry.steer) : messageEdit(asking, entry.replaces);
}
