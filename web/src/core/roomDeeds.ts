import type { Command } from "../protocol/generated";
import type { Problem } from "./codes";
import { messageEdit } from "./commands";
import type { Delivery } from "./delivery";
import { messageDelete, messageShare, reactionSet, steerTake } from "./roomCommands";
import { TargetCommands } from "./targetCommands";

export type Deed = "edit" | "delete" | "share" | "react" | "take";

/** What a person does with what others and they themselves said; `fates` tells how the last one of each kind fares. */
export class RoomDeeds {
  private readonly commands: TargetCommands;

  constructor(
    delivery: Delivery,
    private readonly groupId: () => string | null,
    private readonly newId: () => string,
    private readonly failed: (problem: Problem) => void,
  ) {
    this.commands = new TargetCommands(delivery);
  }

  get fates() {
    return this.commands.fates;
  }

  react(messageId: string, emoji: string, on: boolean): void {
    this.send(deedKey("react", `${messageId} ${emoji}`), (id, groupId) =>
      reactionSet(id, groupId, messageId, emoji, on),
    );
  }

  edit(messageId: string, text: string): void {
    this.send(deedKey("edit", messageId), (id, groupId) =>
      messageEdit({ id, sessionId: groupId, text }, messageId),
    );
  }

  takeBack(messageId: string): void {
    this.send(deedKey("delete", messageId), (id, groupId) => messageDelete(id, groupId, messageId));
  }

  share(messageId: string): void {
    this.send(deedKey("share", messageId), (id, groupId) => messageShare(id, groupId, messageId));
  }

  /** Have a question that waits answered in one's own running turn. */
  take(turnId: string): void {
    this.send(deedKey("take", turnId), (id, groupId) => steerTake(id, groupId, turnId));
  }

  sendAll(): void {
    this.commands.sendAll();
  }

  accepted(commandId: string | null): boolean {
    return this.commands.accepted(commandId);
  }

  /** True when it was one of these; what no editor shows is told as a problem. */
  refused(commandId: string | null, problem: Problem): boolean {
    const before = this.commands.fates.get();
    if (!this.commands.refused(commandId, problem)) return false;
    const after = this.commands.fates.get();
    const key = [...after.keys()].find((name) => after.get(name) !== before.get(name));
    if (!key?.startsWith("edit ")) this.failed(problem);
    return true;
  }

  private send(target: string, build: (id: string, groupId: string) => Command): void {
    const groupId = this.groupId();
    if (groupId === null) return;
    const id = this.newId();
    this.commands.send(id, target, build(id, groupId));
  }
}

/** The name of a deed among the fates: what was done, and to which message or turn. */
export function deedKey(deed: Deed, targetId: string): string {
  return `${deed} ${targetId}`;
}
