import type { Person } from "./auth";
import type { ChatView } from "./chatView";
import { LIMITS } from "../protocol/generated";
import { Store } from "./store";

/** The draft of a chat that is no session yet. */
export const NEW_CHAT = "new";

const PREFIX = "salescoach.draft.";
/** The newest are kept. */
const MOST = 50;
/** A longer text could not be sent either. */
const MOST_CHARACTERS = LIMITS.content_characters;
const KEPT_MS = 30 * 24 * 3_600_000;

export interface Draft {
  readonly text: string;
  /** Who alone is to see it; empty for everyone. */
  readonly to: readonly string[];
  /** The message that is replied to. */
  readonly replyTo: string | null;
}

interface Stored extends Draft {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const NONE: Draft = { text: "", to: [], replyTo: null };

/**
 * What was begun to be written, and for whom, by conversation. It is the signed-in person's: kept on the device, so that it
 * survives a reload, until it is sent or they sign out; whoever signs in next erases what others left.
 */
export class Drafts {
  /** Counts the changes. */
  readonly changes = new Store(0);
  /** What is shown is this; the device may refuse to keep it. */
  private readonly kept = new Map<string, Draft>();

  constructor(
    private readonly device: Storage,
    private readonly person: Store<Person | null>,
  ) {
    this.belong();
    person.subscribe(() => {
      this.belong();
    });
  }

  get(conversationId: string): string | undefined {
    return this.find(this.key(conversationId))?.text;
  }

  /** The same object until it changes. */
  of(conversationId: string): Draft {
    return this.find(this.key(conversationId)) ?? NONE;
  }

  /** An empty text is none: whom it would have been for is known to this page only. */
  set(conversationId: string, text: string): void {
    this.change(conversationId, { text });
  }

  change(conversationId: string, change: Partial<Draft>): void {
    const key = this.key(conversationId);
    const draft = { ...this.of(conversationId), ...change };
    this.kept.set(key, draft);
    if (draft.text.trim() === "" || draft.text.length > MOST_CHARACTERS) this.device.removeItem(key);
    else this.write(key, draft);
    this.changes.update((count) => count + 1);
  }

  delete(conversationId: string): void {
    this.change(conversationId, NONE);
  }

  /** Put a text that was not taken in front of what has been begun since, or with all that was to it where nothing was. */
  giveBack(conversationId: string, text: string, meant: Omit<Draft, "text"> | null = null): void {
    const begun = this.of(conversationId);
    if (begun.text.trim() === "") this.change(conversationId, { ...meant, text });
    else this.set(conversationId, `${text}\n\n${begun.text}`);
  }

  /** The chat is a session now. */
  move(from: string, to: string): void {
    const text = this.get(from) ?? "";
    this.delete(from);
    if (text !== "") this.giveBack(to, text);
  }

  clear(): void {
    for (const key of this.keys()) this.device.removeItem(key);
    this.kept.clear();
    this.changes.update((count) => count + 1);
  }

  private find(key: string): Draft | undefined {
    const known = this.kept.get(key);
    if (known) return known;
    const stored = read(this.device, key);
    if (!stored) return undefined;
    const { text, to, replyTo } = stored;
    const draft = { text, to, replyTo };
    this.kept.set(key, draft);
    return draft;
  }

  private key(conversationId: string): string {
    return `${this.mine()}${conversationId}`;
  }

  private mine(): string {
    return `${PREFIX}${this.person.get()?.id ?? ""}/`;
  }

  /** Erase what others left here, and what nobody came back to. */
  private belong(): void {
    if (!this.person.get()) return;
    const mine = this.mine();
    for (const key of this.keys()) {
      const isOld = Date.now() - (read(this.device, key)?.at ?? 0) > KEPT_MS;
      if (isOld || !key.startsWith(mine)) this.device.removeItem(key);
    }
    for (const key of this.kept.keys()) if (!key.startsWith(mine)) this.kept.delete(key);
  }

  private write(key: string, draft: Draft): void {
    if (this.device.getItem(key) === null) this.makeRoom();
    const stored: Stored = { ...draft, at: Date.now() };
    try {
      this.device.setItem(key, JSON.stringify(stored));
    } catch (error) {
      console.warn("A draft could not be kept on this device.", error);
    }
  }

  private makeRoom(): void {
    const kept = this.keys().sort(
      (a, b) => (read(this.device, a)?.at ?? 0) - (read(this.device, b)?.at ?? 0),
    );
    for (const key of kept.slice(0, Math.max(0, kept.length - MOST + 1))) this.device.removeItem(key);
  }

  private keys(): string[] {
    const all = Array.from({ length: this.device.length }, (_, index) => this.device.key(index));
    return all.filter((key) => key !== null).filter((key) => key.startsWith(PREFIX));
  }
}

function read(device: Storage, key: string): Stored | null {
  try {
    // What an older page stored has the text alone.
    const { text, at, to = [], replyTo = null } = JSON.parse(device.getItem(key) ?? "{}") as Partial<Stored>;
    return typeof text === "string" && typeof at === "number" ? { text, to, replyTo, at } : null;
  } catch (error) {
    console.warn("A draft could not be read back.", error);
    return null;
  }
}

/** Let a draft go with its chat when that becomes a session, and be erased with a session that is no more. */
export function keepDraftsWith(view: Store<ChatView>, drafts: Drafts): void {
  let before = view.get();
  view.subscribe(() => {
    const now = view.get();
    const named = before.sessionId === null && now.sessionId !== null;
    // A chat that was named stays what it is; another one that is opened does not.
    if (named && now.sessionId === now.conversation?.sessionId && now.conversation === before.conversation)
      drafts.move(NEW_CHAT, now.sessionId);
    if (now.sessionId !== null && now.problem?.code === "conversation_not_found")
      drafts.delete(now.sessionId);
    before = now;
  });
}
