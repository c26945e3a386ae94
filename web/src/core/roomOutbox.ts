import type { Problem } from "./codes";
import type { Wish } from "./roomCommands";
import type { Room } from "./roomState";
import { Store } from "./store";

/** A message that the room does not show yet. */
export interface RoomOutgoing extends Wish {
  readonly clientMessageId: string;
  readonly groupId: string;
  /** `accepted`: the app has it, its event is on the way. */
  readonly state: "sending" | "accepted" | "failed";
  readonly problem: Problem | null;
}

const KEY = "salescoach.rooms.outbox";

/** Messages on their way up. Kept in session storage, so that a reload sends them again instead of losing them. */
export class RoomOutbox {
  readonly entries: Store<readonly RoomOutgoing[]>;

  constructor(storage: Storage) {
    this.entries = new Store(read(storage));
    this.entries.subscribe(() => {
      storage.setItem(KEY, JSON.stringify(this.entries.get()));
    });
  }

  of(groupId: string): readonly RoomOutgoing[] {
    return this.entries.get().filter((entry) => entry.groupId === groupId);
  }

  get(clientMessageId: string | null): RoomOutgoing | null {
    return this.entries.get().find((entry) => entry.clientMessageId === clientMessageId) ?? null;
  }

  add(entry: RoomOutgoing): void {
    this.entries.update((entries) => [...entries, entry]);
  }

  change(clientMessageId: string, change: Pick<RoomOutgoing, "state" | "problem">): void {
    this.entries.update((entries) =>
      entries.map((entry) => (entry.clientMessageId === clientMessageId ? { ...entry, ...change } : entry)),
    );
  }

  remove(clientMessageId: string): void {
    this.entries.update((entries) => entries.filter((entry) => entry.clientMessageId !== clientMessageId));
  }

  /** Drop what the room now shows itself. */
  reconcile(room: Room): void {
    const pending = new Set(this.of(room.groupId).map(({ clientMessageId }) => clientMessageId));
    if (pending.size === 0) return;
    for (const entry of room.entries) {
      if (entry.kind !== "message" || entry.author.id !== room.me || entry.clientMessageId === null) continue;
      if (pending.has(entry.clientMessageId)) this.remove(entry.clientMessageId);
    }
  }

  clear(): void {
    this.entries.set([]);
  }
}

function read(storage: Storage): readonly RoomOutgoing[] {
  try {
    const raw: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(raw) ? (raw as RoomOutgoing[]) : [];
  } catch (error) {
    console.warn("Unsent messages could not be read back.", error);
    return [];
  }
}
