import type { Problem } from "./codes";
import type { Room } from "./roomState";

export interface RoomView {
  /** The group the page is about; null when it is about none. */
  readonly groupId: string | null;
  /** What is known of it; null until the server first answered. */
  readonly room: Room | null;
  /** The group cannot be opened, and why. */
  readonly problem: Problem | null;
  /** What others said above this `seq` is new to the person; null when nothing is. */
  readonly newAfter: number | null;
}

export const NO_ROOM: RoomView = { groupId: null, room: null, problem: null, newAfter: null };
