/** The hub of groups in memory, for tests and for looking at rooms without a backend: one log per room. */
import type { OpenSocket, SocketListener } from "../src/core/socket";
import type { GroupSearchPage, RoomPage, RoomsApi } from "../src/core/roomsApi";
import type {
  Command,
  GroupInfo,
  GroupMember,
  Participant,
  ServerEvent,
  Snapshot,
} from "../src/protocol/generated";
import type { DurableEvent } from "../src/protocol/frames";
import { accepted, ADA, asked, type Unnumbered } from "./said";

const PULSE_MS = 3_000;
export const ROOMS_URL = "ws://fake/rooms";
export const BEN: Participant = { kind: "person", id: "p2", name: "Ben Okafor" };
export const CHI: Participant = { kind: "person", id: "p3", name: "Chi Nguyen" };

export class FakeRooms implements RoomsApi {
  page: RoomPage = { rooms: [], more: false };
  archive: RoomPage = { rooms: [], more: false };
  onSearch: (words: string, before: string | null) => GroupSearchPage = () => ({ groups: [], next: null });
  readonly received: Command[] = [];
  readonly logs = new Map<string, DurableEvent[]>();
  readonly infos = new Map<string, GroupInfo>();
  readonly decided: [string, "accepted" | "declined"][] = [];
  readonly listeners = new Set<SocketListener>();
  /** Return an event to answer a command with instead of carrying it out; null to carry it out. */
  refuse: (command: Command) => ServerEvent | null = () => null;
  /** Answer nothing, as if frames were lost. */
  silent = false;
  /** Take nothing and say nothing, as a socket that is being recovered. */
  deaf = false;
  /** So many events at most in one snapshot. */
  limit = Number.POSITIVE_INFINITY;

  negotiate(): Promise<string> {
    return Promise.resolve(ROOMS_URL);
  }

  rooms(archived: boolean): Promise<RoomPage> {
    return Promise.resolve(archived ? this.archive : this.page);
  }

  search(words: string, before: string | null): Promise<GroupSearchPage> {
    return Promise.resolve(this.onSearch(words, before));
  }

  accept(groupId: string): Promise<void> {
    this.decided.push([groupId, "accepted"]);
    const rooms = this.page.rooms.map((room) =>
      room.groupId === groupId ? { ...room, invited: false } : room,
    );
    this.page = { ...this.page, rooms };
    return Promise.resolve();
  }

  decline(groupId: string): Promise<void> {
    this.decided.push([groupId, "declined"]);
    this.page = { ...this.page, rooms: this.page.rooms.filter((room) => room.groupId !== groupId) };
    return Promise.resolve();
  }

  /** Begin a room with these people; the first is the one at the page. */
  begin(groupId: string, title: string, fields: Partial<GroupInfo> = {}): void {
    const members = [member(ADA, "owner"), member(BEN, "member"), member(CHI, "member")];
    this.logs.set(groupId, []);
    this.infos.set(groupId, {
      title,
      description: "",
      settings: { follow_up: false, ambient: false, history: "all" },
      epoch: 1,
      role: "owner",
      members,
      archived: false,
      read_seq: 0,
      unread: 0,
      counted_seq: 0,
      ...fields,
    });
    const line = {
      groupId,
      title,
      role: fields.role ?? "owner",
      unread: fields.unread ?? 0,
      seq: fields.counted_seq ?? 0,
      readSeq: 0,
    } as const;
    this.page = { ...this.page, rooms: [...this.page.rooms, { ...line, invited: false, invitedBy: null }] };
  }

  readonly openSocket: OpenSocket = (_url, listener) => ({
    start: () => {
      this.listeners.add(listener);
      const pulse = setInterval(() => {
        if (this.listeners.has(listener) && !this.deaf) listener.onHeard();
        else clearInterval(pulse);
      }, PULSE_MS);
      queueMicrotask(() => {
        listener.onOpen();
      });
      return Promise.resolve();
    },
    send: (command) => {
      if (this.deaf || !this.listeners.has(listener)) return Promise.reject(new Error("closed"));
      this.received.push(command);
      listener.onHeard();
      if (!this.silent)
        queueMicrotask(() => {
          this.answer(command, listener);
        });
      return Promise.resolve();
    },
    close: () => {
      this.listeners.delete(listener);
    },
  });

  /** Drop every connection, as a restart of the service does. */
  drop(): void {
    for (const listener of [...this.listeners]) {
      this.listeners.delete(listener);
      listener.onClosed();
    }
  }

  send(event: ServerEvent): void {
    for (const listener of [...this.listeners]) listener.onEvent(event);
  }

  /** Number and store a durable event, and publish it unless told otherwise. */
  append(groupId: string, event: Unnumbered<DurableEvent>, { publish } = { publish: true }): DurableEvent {
    const log = this.logs.get(groupId) ?? [];
    const numbered: DurableEvent = { ...event, conversation_id: groupId, seq: log.length + 1 };
    log.push(numbered);
    if (publish) this.send(numbered);
    return numbered;
  }

  sent<T extends Command["type"]>(type: T): Extract<Command, { type: T }>[] {
    return this.received.filter((command): command is Extract<Command, { type: T }> => command.type === type);
  }

  private answer(command: Command, listener: SocketListener): void {
    const refusal = this.refuse(command);
    if (refusal) listener.onEvent(refusal);
    else if (command.type === "group.open")
      listener.onEvent(this.opened(command.group_id, command.after ?? 0));
    else if (command.type === "session.update")
      listener.onEvent(this.opened(command.session_id ?? "", command.after ?? 0));
    else if (command.type === "sync") listener.onEvent(this.snapshot(command.conversation_id, command.after));
    else if (command.type === "group.message") this.say(command, listener);
    else if ("conversation_id" in command) listener.onEvent(accepted(command, command.conversation_id, {}));
  }

  private opened(groupId: string, after: number): Snapshot {
    return { ...this.snapshot(groupId, after), group: this.infos.get(groupId) ?? null };
  }

  private say(command: Extract<Command, { type: "group.message" }>, listener: SocketListener): void {
    const { group_id: groupId, client_message_id: id, mentions = [], to = [] } = command;
    const known = this.logs.get(groupId)?.some((e) => "client_message_id" in e && e.client_message_id === id);
    listener.onEvent(accepted(command, groupId, { client_message_id: id, message_id: `t_${id}.q` }));
    if (known) return;
    const audience = to.length > 0 ? [ADA.id, ...to] : null;
    const said = {
      client_message_id: id,
      turn_id: null,
      mentions,
      reply_to: command.reply_to ?? null,
      audience,
    };
    this.append(groupId, asked(`t_${id}`, command.content, said));
  }

  private snapshot(groupId: string, wanted: number): Snapshot {
    const log = this.logs.get(groupId) ?? [];
    const after = Math.min(wanted, log.length);
    const events = log.filter(({ seq }) => seq > after).slice(0, this.limit);
    const through = events.at(-1)?.seq ?? after;
    return {
      type: "snapshot",
      conversation_id: groupId,
      at: "",
      from_seq: after + 1,
      through_seq: through,
      events,
      live: null,
      active_turn: null,
      queue: [],
      questions: [],
      parked: [],
      more: through < log.length,
      group: null,
      tools: [],
      unavailable: [],
    };
  }
}

function member(participant: Participant, role: GroupMember["role"]): GroupMember {
  return { participant, role, invited: false };
}
