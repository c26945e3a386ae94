import { beginRoomRecovery } from "./roomFold";
import type { Room } from "./roomState";

const MAX_KEPT = 20;

/**
 * Rooms shown a moment ago: going back to one shows it at once, and only what is new is fetched. Until then
 * it may be another by now, or gone.
 */
export class KeptRooms {
  private readonly kept = new Map<string, Room>();

  get(groupId: string | null): Room | null {
    return groupId === null ? null : (this.kept.get(groupId) ?? null);
  }

  put(room: Room): void {
    this.kept.delete(room.groupId);
    this.kept.set(room.groupId, beginRoomRecovery(room));
    const oldest = this.kept.keys().next();
    if (this.kept.size > MAX_KEPT && !oldest.done) this.kept.delete(oldest.value);
  }

  /** It may not be theirs any more. */
  delete(groupId: string | null): void {
    if (groupId !== null) this.kept.delete(groupId);
  }
}
