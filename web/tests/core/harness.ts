import { afterEach, beforeEach, vi } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { FakeServer } from "../../dev/fake-server";
import { createClient, type Client } from "../../src/core/client";
import type { Command, ErrorEvent, Participant } from "../../src/protocol/generated";

export const SYSTEM: Participant = { kind: "system", id: "system", name: "SalesCoach" };

/** A client over the in-memory server, on a clock that only the test moves. */
export class Harness {
  server = new FakeServer();
  auth = new FakeAuth();
  client: Client = this.build();

  constructor() {
    beforeEach(() => {
      vi.useFakeTimers();
      vi.spyOn(console, "warn").mockReturnValue();
      window.sessionStorage.clear();
      window.localStorage.clear();
      this.server = new FakeServer();
      this.auth = new FakeAuth();
      this.client = this.build();
    });
    afterEach(() => {
      this.client.connection.stop();
      vi.useRealTimers();
    });
  }

  /** A client as after a reload: what the tab stored is there, what was in memory is not. */
  reload(): void {
    this.client.connection.stop();
    this.client = this.build();
  }

  /** Connect, and let the session open. */
  async start(): Promise<void> {
    this.client.start();
    await settle();
  }

  sent<T extends Command["type"]>(type: T): Extract<Command, { type: T }>[] {
    return this.server.received.filter(
      (command): command is Extract<Command, { type: T }> => command.type === type,
    );
  }

  outbox() {
    return this.client.chat.questions.outbox.entries.get();
  }

  questions() {
    return this.client.chat.view.get().conversation?.turns.map((turn) => turn.question?.text);
  }

  private build(): Client {
    const { auth, server } = this;
    const { sessionStorage: storage, localStorage: device } = window;
    return createClient({ auth, api: server, openSocket: server.openSocket, storage, device });
  }
}

/** Let everything that is due within this time happen. */
export async function settle(milliseconds = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/** The server's no to a command. */
export function refusal(command: Command, code: ErrorEvent["code"]): ErrorEvent {
  return {
    type: "error",
    conversation_id: "",
    at: "",
    code,
    fault: "user",
    message: `refused: ${code}`,
    retryable: false,
    after_ms: null,
    command_id: command.command_id ?? null,
    client_message_id: "client_message_id" in command ? (command.client_message_id ?? null) : null,
    trace_id: null,
  };
}
