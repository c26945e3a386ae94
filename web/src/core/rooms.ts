import type { GroupInfo, ServerEvent } from "../protocol/generated";
import { ApiError, SignedOutError, type Problem } from "./codes";
import { sync } from "./commands";
import { Connection } from "./connection";
import type { Drafts } from "./drafts";
import { askForOffers } from "./offeredAnew";
import { groupWatch, quietId } from "./roomCommands";
import { RoomChat } from "./roomChat";
import { RoomOutbox } from "./roomOutbox";
import type { RoomSummary } from "./roomsApi";
import type { RoomsParts } from "./roomsEntry";
import { NO_ROOM } from "./roomView";
import { asCounted, badgeOf, counted, NOTHING, type Badge, type Tally } from "./roomUnread";
import { Store } from "./store";

export interface RoomList {
  readonly rooms: readonly RoomSummary[];
  readonly loaded: boolean;
  readonly problem: Problem | null;
}

const NOT_LOADED: RoomList = { rooms: [], loaded: false, problem: null };

/** Changes come in bursts; one request shows them all. Milliseconds. */
const SETTLE_MS = 250;
/** So many rooms are listened to while they are not shown; of others the list tells what is unread. */
const WATCHED = 20;

/** The person's rooms: the list of them, what is unread in each, and the one that is shown. */
export class Rooms {
  readonly list = new Store<RoomList>(NOT_LOADED);
  /** Those that are archived, while they are looked at. */
  readonly archive = new Store<RoomList>(NOT_LOADED);
  readonly badges = new Store<ReadonlyMap<string, Badge>>(new Map());
  readonly connection: Connection;
  readonly chat: RoomChat;
  /** What was begun to be written, by group. */
  readonly drafts: Drafts;
  private readonly tallies = new Map<string, Tally>();
  private readonly watched = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private archiveShown = false;
  private readonly outbox: RoomOutbox;
  private readonly newId = (): string => crypto.randomUUID();

  constructor(private readonly parts: RoomsParts) {
    const { api, http, auth, openSocket, storage, drafts, chat, failed, noticed } = parts;
    this.drafts = drafts;
    this.connection = new Connection(api, openSocket);
    this.outbox = new RoomOutbox(storage);
    this.connection.opened.on(() => {
      this.watched.clear();
      this.watch();
    });
    this.connection.events.on((event) => {
      this.count(event);
    });
    const { connection, outbox, newId } = this;
    this.chat = new RoomChat({ connection, auth, outbox, failed, noticed, newId });
    askForOffers(this.chat.view, ({ room }) => room?.conversation ?? null, {
      http,
      events: connection.events,
    });
    this.chat.view.subscribe(() => {
      const { groupId, problem } = this.chat.view.get();
      if (groupId !== null && problem?.code === "conversation_not_found") drafts.delete(groupId);
    });
    chat.opened.on(() => {
      this.refreshSoon();
    });
    chat.events.on((event) => {
      if (event.type === "list.updated") this.listUpdated(event.conversation_id);
    });
    this.refreshSoon();
  }

  /** Show a group, or with null none. */
  open(groupId: string | null): void {
    this.chat.open(groupId);
    if (groupId === null) return;
    this.watched.delete(groupId);
    this.connection.start();
  }

  refreshSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.load();
    }, SETTLE_MS);
  }

  showArchive(shown: boolean): void {
    this.archiveShown = shown;
    if (shown) void this.read(this.archive, shown);
    else this.archive.set(NOT_LOADED);
  }

  /** Tells whether the person belongs to it now. */
  async accept(groupId: string): Promise<boolean> {
    const accepted = await this.attempt(this.parts.api.accept(groupId));
    if (accepted) this.chat.reopen(groupId);
    return accepted;
  }

  /** Tells whether it is declined now. */
  decline(groupId: string): Promise<boolean> {
    return this.attempt(this.parts.api.decline(groupId));
  }

  /** Do what ends the person's part in a group; tells whether it did. */
  async end(groupId: string, work: () => Promise<boolean>): Promise<boolean> {
    this.chat.ending = groupId;
    const ended = await work().finally(() => {
      this.chat.ending = null;
    });
    if (!ended) this.chat.reopen(groupId);
    else {
      this.drafts.delete(groupId);
      // What is shown is kept for a later look, but not of a group that is theirs no more.
      this.chat.view.update((view) => (view.groupId === groupId ? { ...NO_ROOM, groupId } : view));
    }
    return ended;
  }

  signOut(): void {
    this.connection.stop();
    this.outbox.clear();
  }

  private listUpdated(conversationId: string): void {
    this.refreshSoon();
    this.chat.reopen(conversationId);
  }

  private async load(): Promise<void> {
    if (this.archiveShown) void this.read(this.archive, true);
    await this.read(this.list, false);
    if (this.list.get().rooms.some(({ invited }) => !invited)) this.connection.start();
    this.watch();
  }

  private async read(list: Store<RoomList>, archived: boolean): Promise<void> {
    try {
      const { rooms } = await this.parts.api.rooms(archived);
      list.set({ rooms, loaded: true, problem: null });
      for (const room of rooms) this.told(room);
      this.show();
    } catch (error) {
      this.failedToLoad(list, error);
    }
  }

  private failedToLoad(list: Store<RoomList>, error: unknown): void {
    if (error instanceof SignedOutError) return;
    if (!(error instanceof ApiError)) console.error("The list of rooms could not be read.", error);
    const problem: Problem =
      error instanceof ApiError ? error.problem : { code: "bad_answer", message: "", retryable: true };
    list.update((known) => ({ ...known, loaded: true, problem }));
  }

  /** The list counts, too: of rooms that are not listened to, it alone. */
  private told({ groupId, readSeq, unread, seq }: RoomSummary): void {
    const before = this.tallies.get(groupId) ?? NOTHING;
    this.tallies.set(groupId, asCounted(before, { seq: readSeq, unread, through_seq: seq }));
  }

  /** Hear what happens in the rooms that are not shown. */
  private watch(): void {
    if (!this.connection.isOpen) return;
    const shown = this.chat.view.get().groupId;
    const mine = this.list.get().rooms.filter(({ invited }) => !invited);
    for (const { groupId } of mine.slice(0, WATCHED)) {
      if (groupId === shown || this.watched.has(groupId)) continue;
      this.watched.add(groupId);
      this.send(groupWatch(quietId(this.newId()), groupId));
    }
  }

  private count(event: ServerEvent): void {
    const groupId = event.conversation_id;
    const me = this.parts.auth.person.get()?.id;
    if (me === undefined || groupId === "") return;
    const before = this.tallies.get(groupId) ?? NOTHING;
    const after = counted(before, event, me);
    if (event.type === "snapshot" && event.group) this.lookInto(groupId, event.group);
    if (after === before) return;
    this.tallies.set(groupId, after);
    this.show();
  }

  /** Whether what is unread speaks to the person, only the messages themselves tell. */
  private lookInto(groupId: string, { unread, read_seq: after }: GroupInfo): void {
    if (unread === 0 || groupId === this.chat.view.get().groupId) return;
    this.send(sync(quietId(this.newId()), groupId, after));
  }

  private show(): void {
    const badges = [...this.tallies].map(([groupId, tally]): [string, Badge] => [groupId, badgeOf(tally)]);
    this.badges.set(new Map(badges));
  }

  private send(command: Parameters<Connection["send"]>[0]): void {
    this.connection.send(command).catch((error: unknown) => {
      console.warn("A room is not listened to.", error);
    });
  }

  private async attempt(change: Promise<void>): Promise<boolean> {
    let done = true;
    try {
      await change;
    } catch (error) {
      if (error instanceof SignedOutError) return false;
      if (!(error instanceof ApiError)) throw error;
      this.parts.failed(error.problem);
      done = false;
    }
    await this.load();
    return done;
  }
}
