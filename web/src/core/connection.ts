import type { Command, ServerEvent } from "../protocol/generated";
import type { Api } from "./api";
import { backoffDelay, RECONNECT } from "./backoff";
import { ApiError, SignedOutError, type ConnectionState } from "./codes";
import type { OpenSocket, Socket } from "./socket";
import { Signal, Store } from "./store";

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** Milliseconds since the epoch of the next attempt, when one is waited for. */
  readonly retryAt: number | null;
}

/** Silence after which the connection is shown as lost, and after which it is given up for a new one. */
const STALE_MS = 7_000;
const GIVE_UP_MS = 14_000;
const OPEN_TIMEOUT_MS = 10_000;
const OFFLINE_AFTER_FAILURES = 4;
/** A connection that lived this long was a success; a shorter one counts as one more failure. */
const STEADY_MS = 5_000;

/** Keeps one connection to the hub alive. `status` changes once per transition. */
export class Connection {
  readonly status = new Store<ConnectionStatus>({ state: "connecting", retryAt: null });
  /** A new connection is open and knows nothing of any session. Recovered drops do not come here. */
  readonly opened = new Signal<void>();
  /** The open connection is heard again, after it was shown as lost. */
  readonly resumed = new Signal<void>();
  readonly events = new Signal<ServerEvent>();
  private socket: Socket | null = null;
  private running = false;
  private wasConnected = false;
  private failures = 0;
  private heardAt = 0;
  private wake: (() => void) | null = null;
  private lost: (() => void) | null = null;
  private monitor: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly api: Pick<Api, "negotiate">,
    private readonly openSocket: OpenSocket,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    window.addEventListener("online", this.retryNow);
    window.addEventListener("offline", this.networkLost);
    this.monitor = setInterval(this.checkSilence, 1_000);
    void this.run();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener("online", this.retryNow);
    window.removeEventListener("offline", this.networkLost);
    if (this.monitor) clearInterval(this.monitor);
    this.lost?.();
    this.wake?.();
  }

  /** Do not wait for the next attempt. */
  readonly retryNow = (): void => {
    this.wake?.();
  };

  /** Commands may be sent. What is shown may be less: a socket often outlives a short loss of the network. */
  get isOpen(): boolean {
    return this.socket !== null;
  }

  /** @throws Error when there is no connection, or when it is unknown whether the command arrived. */
  async send(command: Command): Promise<void> {
    if (!this.socket) throw new Error("not connected");
    await this.socket.send(command);
  }

  private async run(): Promise<void> {
    while (this.running) {
      try {
        const since = await this.connectOnce();
        this.failures = Date.now() - since >= STEADY_MS ? 0 : this.failures + 1;
      } catch (error) {
        if (error instanceof SignedOutError) {
          this.show("signed_out");
          this.stop();
          return;
        }
        this.failures += 1;
        if (!(error instanceof ApiError)) console.warn("The connection could not be opened.", error);
      }
      if (this.isRunning()) await this.pause();
    }
  }

  /** Open a connection and wait until it is lost; returns when it was opened. */
  private async connectOnce(): Promise<number> {
    const url = await this.api.negotiate();
    const lost = deferred();
    const open = deferred();
    this.lost = () => {
      lost.resolve();
      open.reject(new Error("closed before it was open"));
    };
    const socket = this.openSocket(url, {
      onOpen: () => {
        open.resolve();
      },
      onEvent: (event) => {
        this.events.emit(event);
      },
      onHeard: this.heard,
      onClosed: () => this.lost?.(),
    });
    const timeout = setTimeout(() => this.lost?.(), OPEN_TIMEOUT_MS);
    try {
      await Promise.all([socket.start(), open.promise]);
      clearTimeout(timeout);
      const since = Date.now();
      this.nowOpen(socket);
      await lost.promise;
      return since;
    } finally {
      clearTimeout(timeout);
      this.socket = null;
      this.lost = null;
      socket.close();
    }
  }

  private nowOpen(socket: Socket): void {
    this.socket = socket;
    this.wasConnected = true;
    this.heardAt = Date.now();
    this.show("connected");
    this.opened.emit();
  }

  private async pause(): Promise<void> {
    const delay = backoffDelay(RECONNECT, this.failures);
    const resting = this.failures >= OFFLINE_AFTER_FAILURES || !navigator.onLine;
    this.show(resting ? "offline" : this.trying(), Date.now() + delay);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }

  private trying(): ConnectionState {
    return this.wasConnected ? "reconnecting" : "connecting";
  }

  private isRunning(): boolean {
    return this.running;
  }

  private readonly heard = (): void => {
    this.heardAt = Date.now();
    if (!this.socket || this.status.get().state === "connected") return;
    this.show("connected");
    this.resumed.emit();
  };

  private readonly networkLost = (): void => {
    if (this.socket) this.show("offline");
  };

  /** A hidden page's timers are slowed by the browser, its pings too: silence says nothing there. */
  private readonly checkSilence = (): void => {
    if (document.hidden) this.heardAt = Date.now();
    if (!this.socket) return;
    const silence = Date.now() - this.heardAt;
    if (silence > GIVE_UP_MS) this.lost?.();
    else if (silence > STALE_MS && navigator.onLine) this.show("reconnecting");
  };

  private show(state: ConnectionState, retryAt: number | null = null): void {
    const now = this.status.get();
    if (now.state !== state || now.retryAt !== retryAt) this.status.set({ state, retryAt });
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(reason: Error): void;
}

function deferred(): Deferred {
  let resolve!: () => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
