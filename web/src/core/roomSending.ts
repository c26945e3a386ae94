import type { CommandAccepted, ErrorEvent } from "../protocol/generated";
import type { Problem } from "./codes";
import type { Delivery } from "./delivery";
import { groupMessage, type Wish } from "./roomCommands";
import type { RoomOutbox } from "./roomOutbox";

/** Carries what the person says up. One message keeps one id through every repetition, so it is said once. */
export class RoomSending {
  constructor(
    readonly outbox: RoomOutbox,
    private readonly delivery: Delivery,
  ) {}

  add(clientMessageId: string, groupId: string, wish: Wish): void {
    this.outbox.add({ ...wish, clientMessageId, groupId, state: "sending", problem: null });
  }

  again(clientMessageId: string): void {
    this.outbox.change(clientMessageId, { state: "sending", problem: null });
  }

  discard(clientMessageId: string): void {
    this.delivery.settle(clientMessageId);
    this.outbox.remove(clientMessageId);
  }

  /** Send whatever waits for this room. */
  sendAll(groupId: string): void {
    for (const { state, clientMessageId } of this.outbox.of(groupId))
      if (state !== "failed") this.send(clientMessageId);
  }

  send(clientMessageId: string): void {
    const entry = this.outbox.get(clientMessageId);
    if (!entry) return;
    const command = groupMessage(clientMessageId, entry.groupId, entry);
    this.delivery.deliver(
      clientMessageId,
      () => Promise.resolve(command),
      (problem) => {
        this.outbox.change(clientMessageId, { state: "failed", problem });
      },
    );
  }

  /** True when the event confirms a message that is still in the outbox. */
  accepted(event: CommandAccepted): boolean {
    const id = event.client_message_id ?? event.command_id;
    if (id === null || !this.outbox.get(id)) return false;
    this.outbox.change(id, { state: "accepted", problem: null });
    return true;
  }

  /** True when the error is about a message of the outbox, which then shows it. */
  refused(event: ErrorEvent, problem: Problem): boolean {
    const entry = this.outbox.get(event.client_message_id ?? event.command_id);
    if (!entry) return false;
    this.delivery.settle(entry.clientMessageId);
    this.outbox.change(entry.clientMessageId, { state: "failed", problem });
    return true;
  }
}
