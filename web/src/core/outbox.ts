import type { Problem } from "./codes";
import type { Conversation } from "./state";
import { Store } from "./store";

/** A question that is not yet part of the conversation. */
export interface Outgoing {
  readonly clientMessageId: string;
  /** Null until its session exists. */
  readonly sessionId: string | null;
  readonly text: string;
  /** To be put into the running turn rather than behind it. */
  readonly steer: boolean;
  /** The message this is a new version of. */
  readonly replaces: string | null;
  /** `accepted`: the app has it, its event is on the way. */
  readonly state: "sending" | "accepted" | "failed";
  readonly problem: Problem | null;
}

const KEY = "salescoach.outbox";
const ORDINARY = { steer: false, replaces: null } as const;

/** Questions on their way up. Kept in session storage, so that a reload sends them again instead of losing them. */
export class Outbox {
  readonly entries: Store<readonly Outgoing[]>;

  constructor(storage: Storage) {
    this.entries = new Store(read(storage));
    this.entries.subscribe(() => {
      storage.setItem(KEY, JSON.stringify(this.entries.get()));
    });
  }

  of(sessionId: string | null): readonly Outgoing[] {
    return this.entries.get().filter((entry) => entry.sessionId === sessionId);
  }

  get(clientMessageId: string): Outgoing | null {
    return this.entries.get().find((entry) => entry.clientMessageId === clientMessageId) ?? null;
  }

  add(entry: Outgoing): void {
    this.entries.update((entries) => [...entries, entry]);
  }

  change(clientMessageId: string, change: Partial<Omit<Outgoing, "clientMessageId">>): void {
    this.entries.update((entries) =>
      entries.map((entry) => (entry.clientMessageId === clientMessageId ? { ...entry, ...change } : entry)),
    );
  }

  remove(clientMessageId: string): void {
    this.entries.update((entries) => entries.filter((entry) => entry.clientMessageId !== clientMessageId));
  }

  /** Questions asked before there was a session belong to the one that now exists. */
  adopt(sessionId: string): void {
    if (this.of(null).length === 0) return;
    this.entries.update((entries) =>
      entries.map((entry) => (entry.sessionId === null ? { ...entry, sessionId } : entry)),
    );
  }

  /** Drop what the conversation now shows itself. */
  reconcile(conversation: Conversation): void {
    const pending = this.of(conversation.sessionId);
    if (pending.length === 0) return;
    const shown = new Set(
      conversation.turns.flatMap(({ question, steers }) => [
        question?.clientMessageId,
        ...steers.map((steer) => steer.question.clientMessageId),
      ]),
    );
    for (const entry of pending) if (shown.has(entry.clientMessageId)) this.remove(entry.clientMessageId);
  }

  clear(): void {
    this.entries.set([]);
  }
}

function read(storage: Storage): readonly Outgoing[] {
  try {
    const raw: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    // What an older page stored may lack fields.
    return Array.isArray(raw) ? (raw as Outgoing[]).map((entry) => ({ ...ORDINARY, ...entry })) : [];
  } catch (error) {
    console.warn("Unsent messages could not be read back.", error);
    return [];
  }
}
