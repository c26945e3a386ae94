import type { CommandAccepted, ErrorEvent, Notice, ServerEvent, Snapshot } from "../protocol/generated";
import type { Auth } from "./auth";
import type { Problem } from "./codes";
import { sync } from "./commands";
import type { Connection } from "./connection";
import { Delivery } from "./delivery";
import { GapWatch } from "./gaps";
import { Reauthorization } from "./reauthorization";
import { Requests } from "./requests";
import { groupOpen, isQuiet, quietId, type Wish } from "./roomCommands";
import { RoomDeeds } from "./roomDeeds";
import { beginRoomRecovery, receiveInRoom, roomHasGap } from "./roomFold";
import { RoomLeases } from "./roomLeases";
import { KeptRooms } from "./roomsKept";
import type { RoomOutbox } from "./roomOutbox";
import { RoomSending } from "./roomSending";
import { RoomSigns } from "./roomSigns";
import { emptyRoom, type Room } from "./roomState";
import { NO_ROOM, type RoomView } from "./roomView";
import { openTurn } from "./state";
import { Store } from "./store";

/** In rooms with more people nobody is greeted. */
const SMALL = 12;

export interface RoomChatParts {
  readonly connection: Connection;
  readonly auth: Auth;
  readonly outbox: RoomOutbox;
  readonly failed: (problem: Problem) => void;
  /** The server has words for the person about what they just did. */
  readonly noticed: (notice: Notice) => void;
  readonly newId: () => string;
}

/** The open room: keeps it in step with the server, and carries what the person does in it up. */
export class RoomChat {
  readonly view = new Store<RoomView>(NO_ROOM);
  readonly leases = new RoomLeases();
  readonly sending: RoomSending;
  /** Stopping, answering cards, and feedback, as in a session. */
  readonly requests: Requests;
  readonly deeds: RoomDeeds;
  readonly signs: RoomSigns;
  private readonly delivery: Delivery;
  private readonly gaps = new GapWatch(() => {
    this.sync();
  });
  private readonly kept = new KeptRooms();
  private readonly reauthorization: Reauthorization;
  /** The command that opens the room of the page, until it is answered. */
  private opening: string | null = null;
  /** The group the person is about to leave or delete: that it cannot be opened any more is no news to them. */
  ending: string | null = null;
  /** The person came to the room and has not seen it since. */
  private arriving = false;

  constructor(private readonly parts: RoomChatParts) {
    const { connection, auth, outbox, newId, failed } = parts;
    this.delivery = new Delivery(connection);
    this.sending = new RoomSending(outbox, this.delivery);
    this.requests = new Requests(
      this.delivery,
      () => this.view.get().room?.conversation ?? null,
      newId,
      failed,
    );
    this.deeds = new RoomDeeds(this.delivery, () => this.view.get().groupId, newId, failed);
    this.signs = new RoomSigns(connection, newId);
    this.reauthorization = new Reauthorization(auth);
    connection.opened.on(() => {
      this.delivery.clear();
      this.openRoom();
    });
    connection.events.on((event) => {
      this.handle(event);
    });
  }

  /** Show a group, or with null none. */
  open(groupId: string | null): void {
    const { groupId: shown, room, problem } = this.view.get();
    if (groupId === shown && !problem) return;
    if (room) this.kept.put(room);
    this.gaps.stop();
    this.signs.leave();
    this.leases.clear();
    if (this.opening) this.delivery.settle(this.opening);
    this.opening = null;
    this.arriving = true;
    this.view.set({ ...NO_ROOM, groupId, room: this.kept.get(groupId) });
    if (this.parts.connection.isOpen) this.openRoom();
  }

  /** The group or one's place in it may be another now. */
  reopen(groupId: string): void {
    if (this.view.get().groupId === groupId && this.parts.connection.isOpen) this.openRoom();
  }

  say(wish: Wish): void {
    const { groupId, room } = this.view.get();
    if (groupId === null) return;
    const id = this.parts.newId();
    this.sending.add(id, groupId, wish);
    this.signs.said();
    this.view.update((view) => ({ ...view, newAfter: null }));
    if (room?.conversation.folded && this.parts.connection.isOpen) this.sending.send(id);
  }

  retry(clientMessageId: string): void {
    this.sending.again(clientMessageId);
    if (this.parts.connection.isOpen) this.sending.send(clientMessageId);
  }

  /** The person looks away: what comes from here on is new to them. */
  lookedAway(): void {
    this.view.update((view) =>
      view.room ? { ...view, newAfter: view.newAfter ?? view.room.conversation.lastSeq } : view,
    );
  }

  private handle(event: ServerEvent): void {
    const { groupId } = this.view.get();
    if (event.type === "command.accepted") this.accepted(event);
    else if (event.type === "error") this.refused(event);
    else if (event.type === "notice") this.parts.noticed(event);
    else if (groupId === null || event.conversation_id !== groupId) return;
    else if (event.type === "typing" || event.type === "presence") this.hear(event);
    else if (event.type === "snapshot" && event.group) this.opened(event);
    else this.fold(event);
  }

  private hear(event: Extract<ServerEvent, { type: "typing" | "presence" }>): void {
    const { room } = this.view.get();
    const isNew = !this.leases.view.get().here.has(event.participant.id);
    this.leases.take(event);
    const comes = event.type === "presence" && event.state === "here";
    if (comes && isNew && room && room.members.size <= SMALL) this.signs.greet();
  }

  private accepted(event: CommandAccepted): void {
    this.delivery.settle(event.command_id);
    this.delivery.settle(event.client_message_id);
    const asked = this.requests.accepted(event.command_id);
    const done = this.deeds.accepted(event.command_id);
    const said = this.sending.accepted(event);
    if (asked || done || said) this.gaps.expect();
  }

  private openRoom(accessToken: string | null = null): void {
    const { groupId, room } = this.view.get();
    if (groupId === null) return;
    if (room) this.show(beginRoomRecovery(room));
    if (this.opening) this.delivery.settle(this.opening);
    // Quiet: once another room is open, nobody waits for it.
    const commandId = (this.opening = quietId(this.parts.newId()));
    const after = room?.conversation.lastSeq ?? 0;
    const command = groupOpen({ commandId, groupId, after, accessToken });
    this.delivery.deliver(
      commandId,
      () => Promise.resolve(command),
      (problem) => {
        this.openFailed(problem);
      },
    );
  }

  private opened(event: Snapshot): void {
    const groupId = event.conversation_id;
    // What answers a look from afar begins behind what is known here.
    if (event.from_seq > (this.view.get().room?.conversation.lastSeq ?? 0) + 1) return;
    this.delivery.settle(this.opening);
    this.opening = null;
    const me = this.parts.auth.person.get()?.id ?? "";
    if (!this.view.get().room) this.show(emptyRoom(groupId, me));
    if (this.arriving && event.group) {
      this.arriving = false;
      const newAfter = event.group.unread > 0 ? event.group.read_seq : null;
      this.view.update((view) => ({ ...view, newAfter }));
    }
    this.fold(event);
    this.signs.enter(groupId);
    this.requests.sendAll();
    this.deeds.sendAll();
    this.sending.sendAll(groupId);
  }

  private fold(event: ServerEvent): void {
    const { room } = this.view.get();
    if (!room) return;
    const next = receiveInRoom(room, event);
    this.sending.outbox.reconcile(next);
    this.show(next);
    if (event.type === "message.created") this.leases.spoke(event.author);
    if ("more" in event && event.more) this.sync();
    this.gaps.observe(roomHasGap(next), openTurn(next.conversation) !== null);
  }

  private sync(): void {
    const { room } = this.view.get();
    if (!room || !this.parts.connection.isOpen) return;
    const { groupId, conversation } = room;
    const command = sync(quietId(this.parts.newId()), groupId, conversation.lastSeq);
    this.parts.connection.send(command).catch((error: unknown) => {
      console.warn("Missing events could not be asked for.", error);
      this.gaps.expect();
    });
  }

  private refused(event: ErrorEvent): void {
    this.delivery.settle(event.command_id);
    this.requests.turns.settle(event.command_id);
    if (this.reauthorization.helps(event.code)) void this.reauthorize(event);
    else this.refusedFor(event, { code: event.code, message: event.message, retryable: event.retryable });
  }

  /** Show a command's failure where the command is shown. */
  private refusedFor(event: ErrorEvent, problem: Problem): void {
    const { command_id: id } = event;
    if (id !== null && id === this.opening) this.openFailed(problem);
    else if (this.requests.refused(id, problem)) this.gaps.expect();
    else if (this.deeds.refused(id, problem) || this.sending.refused(event, problem)) return;
    else if (!isQuiet(id)) this.parts.failed(problem);
  }

  private async reauthorize(refusal: ErrorEvent): Promise<void> {
    const outcome = await this.reauthorization.renew();
    if (outcome === "renewed") this.openRoom(await this.parts.auth.token());
    else if (outcome === "failed")
      this.refusedFor(refusal, { code: "sign_in_unavailable", message: "", retryable: true });
  }

  private openFailed(problem: Problem): void {
    this.opening = null;
    const { groupId } = this.view.get();
    if (groupId === this.ending) return;
    this.signs.stop();
    this.kept.delete(groupId);
    this.view.set({ ...NO_ROOM, groupId, problem });
  }

  private show(room: Room): void {
    this.view.update((view) => ({ ...view, room, problem: null }));
  }
}
