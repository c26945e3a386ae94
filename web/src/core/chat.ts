import type {
  BudgetWarning,
  Command,
  CommandAccepted,
  ErrorEvent,
  Notice,
  ServerEvent,
  SessionCreated,
} from "../protocol/generated";
import type { Auth } from "./auth";
import { unopened, type ChatView } from "./chatView";
import type { Problem } from "./codes";
import { sessionUpdate, sync } from "./commands";
import type { Connection } from "./connection";
import { Delivery } from "./delivery";
import { beginRecovery, hasGap, receive } from "./fold";
import { GapWatch } from "./gaps";
import { KeptConversations } from "./kept";
import type { Outbox } from "./outbox";
import { Questions, type Asked } from "./questions";
import { Reauthorization } from "./reauthorization";
import { Requests } from "./requests";
import { emptyConversation, openTurn, type Conversation } from "./state";
import { Signal, Store } from "./store";

/** What changes the session list: its titles, and which is the newest. */
const LISTED: ReadonlySet<ServerEvent["type"]> = new Set([
  "title.updated",
  "message.created",
  "chat_response",
]);

/** The open conversation: keeps it in step with the server, and carries what the person does up to it. */
export class Chat {
  readonly view = new Store<ChatView>({ sessionId: null, conversation: null, problem: null });
  /** Problems of commands that no message on the page stands for. */
  readonly problems = new Signal<Problem>();
  /** What the server says of the person's budget, or of what they just did. */
  readonly warnings = new Signal<BudgetWarning | Notice>();
  /** Something the session list shows may have changed. */
  readonly listChanged = new Signal<void>();
  readonly questions: Questions;
  readonly requests: Requests;
  private readonly delivery: Delivery;
  private readonly gaps = new GapWatch(() => {
    this.sync();
  });
  private readonly kept = new KeptConversations();
  /** The command that opens the session of the page, until it is answered. */
  private opening: string | null = null;
  /** The command that makes a new session, until that session is shown: repeating it must not make a second one. */
  private creating: string | null = null;
  /** Sessions whose `session.update` is unanswered: tells a late answer from that for a new chat. */
  private readonly asked = new Set<string>();
  private readonly reauthorization: Reauthorization;

  constructor(
    private readonly connection: Connection,
    private readonly auth: Auth,
    outbox: Outbox,
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {
    this.delivery = new Delivery(connection);
    this.questions = new Questions(outbox, this.delivery);
    const failed = (problem: Problem): void => {
      this.problems.emit(problem);
    };
    this.requests = new Requests(this.delivery, () => this.view.get().conversation, newId, failed);
    this.questions.returned.on(({ problem }) => {
      failed(problem);
    });
    this.reauthorization = new Reauthorization(auth);
    connection.opened.on(() => {
      this.delivery.clear();
      this.asked.clear();
      this.openSession();
    });
    connection.events.on((event) => {
      this.handle(event);
    });
    auth.renewed.on(() => {
      if (connection.isOpen && !this.opening) this.openSession();
    });
  }

  /** Show a session, or with null a new chat. */
  open(sessionId: string | null): void {
    const { sessionId: shown, conversation, problem } = this.view.get();
    if (sessionId === shown && !problem) return;
    if (conversation) this.kept.put(conversation);
    this.gaps.stop();
    if (this.opening) this.delivery.settle(this.opening);
    this.opening = null;
    const known = sessionId === null ? null : this.kept.get(sessionId);
    this.view.set({ sessionId, conversation: known, problem: null });
    if (this.connection.isOpen) this.openSession();
  }

  /** Ask; `steer` puts it into the turn that runs, `replaces` in place of an earlier message and all that followed. */
  ask(text: string, how: Partial<Pick<Asked, "steer" | "replaces">> = {}): void {
    const { steer = false, replaces = null } = how;
    const { sessionId, conversation } = this.view.get();
    const target = conversation?.sessionId ?? sessionId;
    const clientMessageId = this.newId();
    this.questions.add({ clientMessageId, sessionId: target, text, steer, replaces });
    if (target) this.nameSession(target);
    if (this.isOpen()) this.questions.send(clientMessageId);
  }

  retry(clientMessageId: string): void {
    this.questions.again(clientMessageId);
    if (this.isOpen()) this.questions.send(clientMessageId);
  }

  private handle(event: ServerEvent): void {
    switch (event.type) {
      case "connection.ack":
        return;
      case "session.created":
        this.sessionOpened(event);
        return;
      case "command.accepted":
        this.accepted(event);
        return;
      case "budget.warning":
        this.warnings.emit(event);
        return;
      case "error":
        this.refused(event);
        return;
      default:
        if (this.isShown(event.conversation_id)) this.fold(event);
    }
  }

  private accepted(event: CommandAccepted): void {
    this.delivery.settle(event.command_id);
    const expected = this.requests.accepted(event.command_id);
    const asked = this.questions.accepted(event);
    if (expected || asked) this.gaps.expect();
    if (asked) this.listChanged.emit();
  }

  /** The session of the page is open on the connection, so commands may go up. */
  private isOpen(): boolean {
    return this.view.get().conversation?.folded === true && this.connection.isOpen;
  }

  private isShown(conversationId: string): boolean {
    const { conversation } = this.view.get();
    return conversation !== null && (conversationId === "" || conversationId === conversation.sessionId);
  }

  private openSession(): void {
    const { sessionId, conversation } = this.view.get();
    const target = conversation?.sessionId ?? sessionId;
    if (conversation) this.show(beginRecovery(conversation));
    if (target) this.asked.add(target);
    const commandId = target ? this.newId() : (this.creating ??= this.newId());
    if (this.opening) this.delivery.settle(this.opening);
    this.opening = commandId;
    const after = conversation?.lastSeq ?? 0;
    const build = async (): Promise<Command> =>
      sessionUpdate({ commandId, sessionId: target, after, accessToken: await this.auth.token() });
    this.delivery.deliver(commandId, build, (problem) => {
      this.openFailed(problem);
    });
  }

  private sessionOpened(event: SessionCreated): void {
    const { sessionId, conversation } = this.view.get();
    const target = conversation?.sessionId ?? sessionId;
    const late = this.asked.delete(event.session_id) && target !== event.session_id;
    if (late || (target !== null && target !== event.session_id)) return;
    this.delivery.settle(this.opening);
    this.opening = null;
    if (target === null) {
      this.creating = null;
      this.questions.outbox.adopt(event.session_id);
    }
    this.show(conversation ?? emptyConversation(event.session_id));
    this.fold(event);
    this.requests.sendAll();
    if (this.questions.sendAll(event.session_id)) this.nameSession(event.session_id);
  }

  private fold(event: ServerEvent): void {
    const { conversation } = this.view.get();
    if (!conversation) return;
    const next = receive(conversation, event);
    this.questions.outbox.reconcile(next);
    this.show(next);
    if ("more" in event && event.more) this.sync();
    this.gaps.observe(hasGap(next), openTurn(next) !== null);
    if (LISTED.has(event.type)) this.listChanged.emit();
  }

  private sync(): void {
    const { conversation } = this.view.get();
    if (!conversation || !this.connection.isOpen) return;
    const command = sync(this.newId(), conversation.sessionId, conversation.lastSeq);
    this.connection.send(command).catch((error: unknown) => {
      console.warn("Missing events could not be asked for.", error);
      this.gaps.expect();
    });
  }

  private refused(event: ErrorEvent): void {
    this.delivery.settle(event.command_id);
    this.requests.turns.settle(event.command_id);
    if (this.reauthorization.helps(event.code)) {
      void this.reauthorize(event);
      return;
    }
    this.failed(event, { code: event.code, message: event.message, retryable: event.retryable });
  }

  /** Show a command's failure where the command is shown. */
  private failed(event: ErrorEvent, problem: Problem): void {
    if (event.command_id !== null && event.command_id === this.opening) this.openFailed(problem);
    else if (this.requests.refused(event.command_id, problem)) this.gaps.expect();
    else if (!this.questions.refused(event, problem)) this.problems.emit(problem);
  }

  private openFailed(problem: Problem): void {
    this.opening = null;
    if (!problem.retryable) this.kept.delete(this.view.get().sessionId);
    this.view.update((view) => unopened(view, problem));
  }

  /** The token is refused: get a new one and open the session with it, which also sends what waits. */
  private async reauthorize(refusal: ErrorEvent): Promise<void> {
    // With no opening under way, the renewal itself opens the session anew.
    const reopen = this.opening !== null;
    const outcome = await this.reauthorization.renew();
    if (outcome === "renewed" && reopen) this.openSession();
    else if (outcome === "failed")
      this.failed(refusal, { code: "sign_in_unavailable", message: "", retryable: true });
  }

  private nameSession(sessionId: string): void {
    this.view.update((view) => (view.sessionId === sessionId ? view : { ...view, sessionId }));
  }

  private show(conversation: Conversation): void {
    this.view.update((view) => ({ ...view, conversation, problem: null }));
  }
}
