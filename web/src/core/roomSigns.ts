import type { Command } from "../protocol/generated";
import type { Connection } from "./connection";
import { groupWatch, presence, quietId, readUpTo, typing } from "./roomCommands";

/** How often one says that one types, and that one is here. Milliseconds. */
const TYPING_EVERY_MS = 3_000;
const HERE_EVERY_MS = 20_000;
/** In a small room a newcomer is greeted, so that they need not wait to see who is here. Milliseconds. */
const GREET_MS = 1_000;

/** What is said of the person in passing: that they type, are here, have read. Lost, it is said again or forgotten. */
export class RoomSigns {
  private groupId: string | null = null;
  private typedAt = Number.NEGATIVE_INFINITY;
  private readSeq = 0;
  private beat: ReturnType<typeof setInterval> | null = null;
  private greeting: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly newId: () => string,
  ) {}

  /** The person is in this room now, as long as they look at it. */
  enter(groupId: string): void {
    this.stop();
    this.groupId = groupId;
    this.readSeq = 0;
    if (!document.hidden) this.here();
    this.beat = setInterval(() => {
      if (!document.hidden) this.here();
    }, HERE_EVERY_MS);
    document.addEventListener("visibilitychange", this.looked);
  }

  /** The person went elsewhere: of this room they only want to know what comes. */
  leave(): void {
    this.send((id, groupId) => presence(id, groupId, "away"));
    this.send(groupWatch);
    this.stop();
  }

  stop(): void {
    if (this.beat) clearInterval(this.beat);
    if (this.greeting) clearTimeout(this.greeting);
    this.beat = null;
    this.greeting = null;
    document.removeEventListener("visibilitychange", this.looked);
    this.groupId = null;
    this.typedAt = Number.NEGATIVE_INFINITY;
  }

  /** Tell somebody who just came that one is here, too. */
  greet(): void {
    this.greeting ??= setTimeout(() => {
      this.greeting = null;
      if (!document.hidden) this.here();
    }, GREET_MS * Math.random());
  }

  /** The person changed what they write; `empty`: there is nothing of it any more. */
  types(empty: boolean): void {
    const now = Date.now();
    if (empty) {
      if (now - this.typedAt < 2 * TYPING_EVERY_MS) this.send((id, groupId) => typing(id, groupId, false));
      this.typedAt = Number.NEGATIVE_INFINITY;
    } else if (now - this.typedAt >= TYPING_EVERY_MS) {
      this.typedAt = now;
      this.send((id, groupId) => typing(id, groupId, true));
    }
  }

  /** What was written went off: the message itself ends the typing. */
  said(): void {
    this.typedAt = Number.NEGATIVE_INFINITY;
  }

  /** The person has seen everything up to there. */
  read(seq: number): void {
    if (seq <= this.readSeq) return;
    this.readSeq = seq;
    this.send((id, groupId) => readUpTo(id, groupId, seq));
  }

  private readonly looked = (): void => {
    if (document.hidden) this.send((id, groupId) => presence(id, groupId, "away"));
    else this.here();
  };

  private here(): void {
    this.send((id, groupId) => presence(id, groupId, "here"));
  }

  private send(build: (id: string, groupId: string) => Command): void {
    if (!this.groupId || !this.connection.isOpen) return;
    this.connection.send(build(quietId(this.newId()), this.groupId)).catch((error: unknown) => {
      console.warn("A sign of life could not be sent.", error);
    });
  }
}
