import { WebPubSubClient, type WebPubSubClientOptions } from "@azure/web-pubsub-client";
import type { Command, ServerEvent } from "../protocol/generated";
import { parseFrame } from "../protocol/frames";
import { listeningProtocol } from "./heartbeat";
import { newTraceparent } from "./trace";

/** What a socket tells its owner. After `onClosed` nothing more comes. */
export interface SocketListener {
  onOpen(): void;
  onEvent(event: ServerEvent): void;
  /** Any frame at all arrived, pings' answers included. */
  onHeard(): void;
  onClosed(): void;
}

/** One connection to the hub, short drops included. Built once per connection and never reused. */
export interface Socket {
  /** Rejects when the connection cannot be made. */
  start(): Promise<void>;
  /** Resolves when the service has handed the command to the app; rejects when that is unknown or refused. */
  send(command: Command): Promise<void>;
  close(): void;
}

export type OpenSocket = (url: string, listener: SocketListener) => Socket;

/** Often enough that `STALE_MS` in connection.ts means a lost connection, not a quiet one. */
const PING_MS = 3_000;

export const openPubSubSocket: OpenSocket = (url, listener) => {
  let closed = false;
  const heard = (): void => {
    if (closed) client.stop();
    else listener.onHeard();
  };
  const client = new WebPubSubClient(url, optionsFor(heard));
  const frame = (data: unknown): void => {
    const event = parseFrame(data);
    if (event && !closed) listener.onEvent(event);
  };
  client.on("connected", () => {
    if (!closed) listener.onOpen();
  });
  client.on("server-message", ({ message }) => {
    frame(message.data);
  });
  client.on("group-message", ({ message }) => {
    frame(message.data);
  });
  client.on("stopped", () => {
    if (!closed) listener.onClosed();
    closed = true;
  });
  return {
    start: () => client.start(),
    send: async (command) => {
      await client.sendEvent("command", { ...command, traceparent: newTraceparent() }, "json");
    },
    close: () => {
      closed = true;
      client.stop();
    },
  };
};

function optionsFor(heard: () => void): WebPubSubClientOptions {
  return {
    protocol: listeningProtocol(heard),
    autoReconnect: false,
    autoRejoinGroups: false,
    keepAliveIntervalInMs: PING_MS,
    // Commands carry their own ids and are repeated by their owner, who knows which are still wanted.
    messageRetryOptions: { maxRetries: 0 },
  };
}
