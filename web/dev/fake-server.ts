/**
 * The server's side of the wire in memory, for tests and for looking at the page without a backend. It keeps one
 * log per session and answers the protocol's commands; what a coach says is up to the caller (`append`, `live`).
 * To extend: most often `onQuery` (what a question sets off), then `refuse` (errors), then `sockets` (drops).
 */
import type { Api, SessionChanges, SessionPage, ToolConnection } from "../src/core/api";
import type { OpenSocket, Socket, SocketListener } from "../src/core/socket";
import { ApiError } from "../src/core/codes";
import type {
  Command,
  LiveText,
  MessageEdit,
  MessageRegenerate,
  Query,
  ServerEvent,
  WhileBusy,
} from "../src/protocol/generated";
import type { DurableEvent } from "../src/protocol/frames";
import { FakeCards } from "./fake-cards";
import { FakeRequests } from "./fake-groups";
import { FakeMemory } from "./fake-memory";
import { FakeRooms, ROOMS_URL } from "./fake-rooms";
import { accepted, ADA, asked, type Unnumbered } from "./said";

const PULSE_MS = 3_000;

export class FakeServer extends FakeMemory implements Api {
  readonly received: Command[] = [];
  readonly listeners = new Set<SocketListener>();
  readonly logs = new Map<string, DurableEvent[]>();
  readonly titles = new Map<string, string>();
  live: LiveText | null = null;
  /** Called for each new question, after it was appended. */
  onQuery: (query: Query, sessionId: string, turnId: string) => void = () => undefined;
  /** Return an event to answer a command with instead of carrying it out; null to carry it out. */
  refuse: (command: Command) => ServerEvent | null = () => null;
  /** Answer nothing, as if frames were lost. */
  silent = false;
  /** `mute`: answer no ping, as if the network were gone; `deaf`: take nothing; `down`: let no connection be made. */
  mute = false;
  deaf = false;
  down = false;
  whileBusy: WhileBusy = "queue";
  connected: readonly ToolConnection[] = [];
  /** What was set of sessions, in order. */
  readonly changes: [string, SessionChanges | "deleted"][] = [];
  page: SessionPage = { sessions: [], next: null };
  readonly cards = new FakeCards(this);
  readonly rooms = new FakeRooms();
  readonly http = new FakeRequests();
  private readonly created = new Map<string, string>();
  private readonly pulses = new Map<SocketListener, ReturnType<typeof setInterval>>();

  negotiate(): Promise<string> {
    return this.down ? Promise.reject(new Error("down")) : Promise.resolve("ws://fake/client");
  }

  changeSession(sessionId: string, changes: SessionChanges): Promise<void> {
    if (this.down)
      return Promise.reject(
        new ApiError(503, { code: "store_unavailable", message: "Away.", retryable: true }),
      );
    this.changes.push([sessionId, changes]);
    const { while_busy: whileBusy } = changes;
    if (whileBusy) {
      this.whileBusy = whileBusy;
      this.append(sessionId, { type: "settings.updated", at: "", actor: ADA, while_busy: whileBusy });
    }
    return Promise.resolve();
  }

  deleteSession(sessionId: string): Promise<void> {
    this.changes.push([sessionId, "deleted"]);
    const sessions = this.page.sessions.filter((session) => session.sessionId !== sessionId);
    this.page = { ...this.page, sessions };
    return Promise.resolve();
  }

  connections(): Promise<readonly ToolConnection[]> {
    return Promise.resolve(this.connected);
  }

  disconnect(server: string): Promise<void> {
    this.connected = this.connected.filter((connection) => connection.server !== server);
    return Promise.resolve();
  }

  exportSession(sessionId: string): Promise<string> {
    return Promise.resolve(`# ${sessionId}\n`);
  }

  sessions(): Promise<SessionPage> {
    return Promise.resolve(this.page);
  }

  readonly openSocket: OpenSocket = (url, listener) =>
    url === ROOMS_URL ? this.rooms.openSocket(url, listener) : this.openChat(listener);

  private readonly openChat = (listener: SocketListener): Socket => ({
    start: () => {
      this.listeners.add(listener);
      this.pulses.set(
        listener,
        setInterval(() => {
          if (!this.mute) listener.onHeard();
        }, PULSE_MS),
      );
      queueMicrotask(() => {
        listener.onOpen();
      });
      return Promise.resolve();
    },
    send: (command) => {
      if (this.deaf || !this.listeners.has(listener)) return Promise.reject(new Error("closed"));
      this.received.push(command);
      if (this.silent) return Promise.resolve();
      return Promise.resolve().then(() => {
        this.answer(command, listener);
      });
    },
    close: () => {
      this.forget(listener);
    },
  });

  /** Drop every connection, as a restart of the service does. */
  drop(): void {
    for (const listener of [...this.listeners]) {
      this.forget(listener);
      listener.onClosed();
    }
  }

  /** Publish to everyone. */
  send(event: ServerEvent): void {
    for (const listener of [...this.listeners]) {
      listener.onHeard();
      listener.onEvent(event);
    }
  }

  /** Number and store a durable event, and publish it unless told otherwise. */
  append(sessionId: string, event: Unnumbered<DurableEvent>, { publish } = { publish: true }): DurableEvent {
    const log = this.log(sessionId);
    const numbered: DurableEvent = { ...event, conversation_id: sessionId, seq: log.length + 1 };
    log.push(numbered);
    if (publish) this.send(numbered);
    return numbered;
  }

  log(sessionId: string): DurableEvent[] {
    const log = this.logs.get(sessionId) ?? [];
    this.logs.set(sessionId, log);
    return log;
  }

  private forget(listener: SocketListener): void {
    this.listeners.delete(listener);
    clearInterval(this.pulses.get(listener));
    this.pulses.delete(listener);
  }

  private answer(command: Command, listener: SocketListener): void {
    const refusal = this.refuse(command);
    if (refusal) listener.onEvent(refusal);
    else if (command.type === "session.update") this.openSession(command, listener);
    else if (command.type === "sync") {
      const seen = this.snapshot(command.conversation_id, command.after);
      listener.onEvent({ type: "snapshot", group: null, tools: [], unavailable: [], ...seen });
    } else if (command.type === "query") this.question(command, listener);
    else if (command.type === "turn.stop") {
      listener.onEvent(accepted(command, command.conversation_id, { turn_id: command.turn_id }));
    } else if (command.type === "question.answer") this.cards.answer(command, listener);
    else if (command.type === "feedback.record") this.cards.record(command, listener);
    else if (command.type === "message.edit" || command.type === "message.regenerate") {
      this.revise(command, listener);
    } else throw new Error(`The fake server knows no ${command.type}.`);
  }

  private openSession(command: Command & { type: "session.update" }, listener: SocketListener): void {
    const key = command.command_id ?? "";
    const sessionId = command.session_id ?? this.created.get(key) ?? `s_${this.logs.size + 1}`;
    this.created.set(key, sessionId);
    listener.onEvent({
      type: "session.created",
      session_id: sessionId,
      title: this.titles.get(sessionId) ?? "",
      tools: [],
      unavailable: [],
      while_busy: this.whileBusy,
      ...this.snapshot(sessionId, command.after ?? 0),
    });
  }

  private snapshot(sessionId: string, after: number) {
    const events = this.log(sessionId).filter((event) => event.seq > after);
    return {
      conversation_id: sessionId,
      at: "",
      from_seq: after + 1,
      through_seq: this.log(sessionId).length,
      events,
      live: this.live,
      active_turn: null,
      queue: [],
      questions: this.cards.open(sessionId),
      parked: this.cards.parked(sessionId),
      more: false,
    };
  }

  /** The turn that runs, as the log tells. */
  running(sessionId: string): string | null {
    const log = this.log(sessionId);
    const begun = log.filter((event) => event.type === "turn.started").at(-1)?.turn_id ?? null;
    return log.some((event) => event.type === "chat_response" && event.turn_id === begun) ? null : begun;
  }

  private question(command: Query, listener: SocketListener): void {
    const sessionId = command.session_id ?? "";
    const id = command.client_message_id ?? "";
    const turnId = `t_${id}`;
    const steers = command.steer ? this.running(sessionId) : null;
    const known = this.log(sessionId).some(
      (event) => event.type === "message.created" && event.turn_id === turnId,
    );
    listener.onEvent(accepted(command, sessionId, { client_message_id: id, turn_id: turnId, steers }));
    if (known) return;
    this.append(sessionId, asked(turnId, command.content, { client_message_id: id, steers }));
    if (!steers) this.onQuery(command, sessionId, turnId);
  }

  /** A new turn in place of that of the message; what it says is up to `onQuery`. */
  private revise(command: MessageEdit | MessageRegenerate, listener: SocketListener): void {
    const sessionId = command.conversation_id;
    const turnId = `t_${command.command_id ?? ""}`;
    listener.onEvent(accepted(command, sessionId, { turn_id: turnId }));
    const replaces = command.message_id.split(".")[0] ?? "";
    const begun = { type: "turn.started", at: "", actor: ADA, turn_id: turnId, replaces } as const;
    if (command.type === "message.regenerate") {
      const before = this.log(sessionId).find((e) => e.type === "turn.started" && e.turn_id === replaces);
      const first = before?.type === "turn.started" ? before.question_id : null;
      this.append(sessionId, { ...begun, question_id: first ?? `${replaces}.q` });
      return;
    }
    const edited = { client_message_id: command.client_message_id ?? null, replaces: command.message_id };
    this.append(sessionId, asked(turnId, command.content, edited));
    this.append(sessionId, { ...begun, question_id: null });
  }
}
