import type { Command, CommandAccepted, ErrorEvent } from "../protocol/generated";
import type { Problem } from "./codes";
import type { Delivery } from "./delivery";
import type { Outbox } from "./outbox";

/** Carries the person's questions up. One question keeps one id through every repetition, so it is asked once. */
export class Questions {
  constructor(
    readonly outbox: Outbox,
    private readonly delivery: Delivery,
  ) {}

  add(clientMessageId: string, sessionId: string | null, text: string): void {
    this.outbox.add({ clientMessageId, sessionId, text, state: "sending", problem: null });
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
    const command: Command = {
      type: "query",
      command_id: clientMessageId,
      session_id: entry.sessionId,
      content: entry.text,
      client_message_id: clientMessageId,
    };
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

  /** True when the error is about a question of the outbox, which then shows it. */
  refused(event: ErrorEvent, problem: Problem): boolean {
    const id = event.client_message_id ?? event.command_id;
    if (id === null || !this.outbox.get(id)) return false;
    this.delivery.settle(id);
    this.outbox.change(id, { state: "failed", problem });
    return true;
  }
}
