import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { FakeServer } from "../../dev/fake-server";
import { createClient, type Client } from "../../src/core/client";
import { App } from "../../src/ui/App";
import { go } from "../../src/ui/route";
import type { ChatResponse } from "../../src/protocol/generated";
import { begun, ended, step } from "../core/events";

/** The whole page over the in-memory server, on a clock that only the test moves. */
export class Page {
  server = new FakeServer();
  /** The turn of the first question. */
  turn = "";
  private client: Client | null = null;

  constructor() {
    beforeEach(() => {
      vi.useFakeTimers();
      stubBrowser();
      window.sessionStorage.clear();
      window.localStorage.clear();
      outOfSight.value = false;
      this.server = new FakeServer();
      go(null, { replace: true });
    });
    afterEach(() => {
      this.client?.connection.stop();
      cleanup();
      vi.useRealTimers();
      vi.unstubAllGlobals();
    });
  }

  async show(auth = new FakeAuth()): Promise<void> {
    const { server } = this;
    const { sessionStorage: storage, localStorage: device } = window;
    this.client = createClient({ auth, api: server, openSocket: server.openSocket, storage, device });
    render(<App client={this.client} />);
    await this.settle();
  }

  /** Let the files of groups come: the page's own, then that of the rooms behind it. */
  async roomsLoaded(): Promise<void> {
    for (let part = 0; part < 2; part++) {
      await vi.dynamicImportSettled();
      await this.settle(300);
    }
  }

  /** Let everything that is due within this time happen, and be shown. */
  async settle(milliseconds = 0): Promise<void> {
    await act(() => vi.advanceTimersByTimeAsync(milliseconds));
  }

  async ask(text: string, keys: object = {}): Promise<void> {
    fireEvent.change(this.box, { target: { value: text } });
    fireEvent.keyDown(this.box, { key: "Enter", ...keys });
    await this.settle();
  }

  /** Ask, and have the coach begin. */
  async running(): Promise<void> {
    this.server.onQuery = (_query, sessionId, turnId) => {
      this.turn = turnId;
      this.server.append(sessionId, begun(turnId));
    };
    await this.show();
    await this.ask("How is Contoso?");
    this.server.onQuery = () => undefined;
  }

  /** End what runs. */
  async end(fields: Partial<ChatResponse> = {}): Promise<void> {
    this.server.append("s_1", ended(this.turn, fields));
    await this.settle();
  }

  /** Ask, and have the coach answer in one step. */
  async answered(fields: Partial<ChatResponse> = {}): Promise<void> {
    await this.running();
    this.server.append("s_1", step(this.turn, 0));
    await this.end(fields);
  }

  /** The id under which the last question went up. */
  lastAsked(): string {
    return this.server.received.findLast((command) => command.type === "query")?.client_message_id ?? "";
  }

  get box(): HTMLTextAreaElement {
    return screen.getByTestId("composer");
  }
}

/** The texts of all there are of these. */
export function texts(testId: string): (string | null)[] {
  return screen.queryAllByTestId(testId).map((found) => found.textContent);
}

/** Whether what is looked for on the page is scrolled away. */
export const outOfSight = { value: false };

/** What jsdom lacks. Nothing here depends on sizes; there is a keyboard, so that focus is moved. */
function stubBrowser(): void {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = vi.fn();
      unobserve = vi.fn();
      disconnect = vi.fn();
    },
  );
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(private readonly seen: (entries: { isIntersecting: boolean }[]) => void) {}
      observe = (): void => {
        this.seen([{ isIntersecting: !outOfSight.value }]);
      };
      disconnect = vi.fn();
    },
  );
  Element.prototype.scrollIntoView = vi.fn();
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: query === "(hover: hover)",
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  }));
}
