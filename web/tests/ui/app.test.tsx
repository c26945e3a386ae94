import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { COACH, FakeAuth, FakeServer } from "../../dev/fake-server";
import { appendAnswer } from "../../dev/script";
import { createClient, type Client } from "../../src/core/client";
import { App } from "../../src/ui/App";
import { go } from "../../src/ui/route";

let server: FakeServer;
let client: Client;

beforeEach(() => {
  vi.useFakeTimers();
  // What jsdom lacks, and no test here depends on.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = vi.fn();
      disconnect = vi.fn();
    },
  );
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  }));
  window.sessionStorage.clear();
  server = new FakeServer();
  go(null, { replace: true });
});

afterEach(() => {
  client.connection.stop();
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settle(milliseconds = 0): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(milliseconds));
}

async function show(auth = new FakeAuth()): Promise<void> {
  client = createClient({ auth, api: server, openSocket: server.openSocket, storage: window.sessionStorage });
  render(<App client={client} />);
  await settle();
}

async function ask(text: string): Promise<void> {
  fireEvent.change(screen.getByTestId("composer"), { target: { value: text } });
  fireEvent.keyDown(screen.getByTestId("composer"), { key: "Enter" });
  await settle();
}

it("asks a stranger to sign in, and shows nothing else", async () => {
  await show(new FakeAuth(null));
  expect(screen.getByTestId("sign-in").textContent).toBe("Sign in");
  expect(screen.queryByTestId("composer")).toBeNull();
});

it("shows who is signed in and that the connection stands", async () => {
  await show();
  expect(screen.getByTestId("signed-in-as").textContent).toContain("Ada Lovelace");
  expect(screen.getByTestId("connection-state").dataset.state).toBe("connected");
});

it("asks the suggested question by one click and gives the conversation its address", async () => {
  await show();
  fireEvent.click(screen.getByText("How is my pipeline for Contoso, and what should I say about price?"));
  await settle();
  expect(screen.getByTestId("message-person").textContent).toContain("How is my pipeline for Contoso");
  expect(window.location.pathname).toBe("/s/s_1");
});

it("sends with Enter, and neither with Shift+Enter nor while a character is composed", async () => {
  await show();
  const box = screen.getByTestId("composer");
  fireEvent.change(box, { target: { value: "Hello" } });
  fireEvent.keyDown(box, { key: "Enter", shiftKey: true });
  fireEvent.keyDown(box, { key: "Enter", isComposing: true });
  expect(screen.queryByTestId("message-person")).toBeNull();
  fireEvent.keyDown(box, { key: "Enter" });
  await settle();
  expect(screen.getByTestId("message-person").textContent).toContain("Hello");
  expect((box as HTMLTextAreaElement).value).toBe("");
});

it("shows a past conversation with its tool steps, their outcome and the answer's table", async () => {
  appendAnswer(server, "s_9", "t_9");
  go("s_9", { replace: true });
  await show();
  const answer = screen.getByTestId("message-coach");
  expect(answer.dataset.status).toBe("completed");
  expect(answer.getAttribute("aria-busy")).toBe("false");
  const steps = within(answer).getAllByTestId("tool-step");
  expect(steps.map((step) => step.dataset.status)).toEqual(["completed", "completed"]);
  expect(steps[0]?.textContent).toContain("Get pipeline");
  expect(steps[1]?.textContent).toContain("1.2 s");
  expect(within(answer).getByRole("table").textContent).toContain("€240,000");
});

it("never turns text of the coach or of a tool into HTML", async () => {
  server.onQuery = (_query, sessionId, turnId) => {
    const base = { at: "", actor: COACH, turn_id: turnId } as const;
    const text =
      'Hi <img src=x onerror="alert(1)"><script>alert(2)</script> [go](javascript:alert(3)) ![p](http://evil.example/p.png)';
    const call = {
      type: "tool_call",
      call_id: `${turnId}.0.0`,
      server: "<b>crm</b>",
      tool: "<i>x</i>",
      arguments: "<u>",
    } as const;
    server.append(sessionId, {
      ...base,
      type: "message.completed",
      message_id: `${turnId}.0`,
      step: 0,
      author: COACH,
      parts: [{ type: "text", text }, call],
      finish: "tools",
      usage: null,
    });
  };
  await show();
  await ask('<img src=y onerror="alert(4)">');
  const page = screen.getByRole("log");
  expect(page.querySelectorAll("script, b, i, u, [onerror]")).toHaveLength(0);
  expect(
    [...page.querySelectorAll("img")].every((image) => image.getAttribute("src") === "/favicon.svg"),
  ).toBe(true);
  expect([...page.querySelectorAll("a")].some((link) => link.href.startsWith("javascript:"))).toBe(false);
  expect(screen.getByTestId("message-person").textContent).toContain("<img src=y");
});

it("offers to stop while the coach works, and not before or after", async () => {
  server.onQuery = (_query, sessionId, turnId) => {
    server.append(sessionId, { type: "turn.started", at: "", actor: COACH, turn_id: turnId });
  };
  await show();
  expect(screen.queryByTestId("stop")).toBeNull();
  await ask("Work");
  fireEvent.click(screen.getByTestId("stop"));
  await settle();
  const stop = server.received.find((command) => command.type === "turn.stop");
  expect(stop).toMatchObject({ conversation_id: "s_1" });
  server.append("s_1", {
    type: "chat_response",
    at: "",
    actor: COACH,
    turn_id: stop?.turn_id ?? "",
    status: "stopped",
    message_id: null,
    response: "",
    tool_feedback: [],
    charts: [],
    suggestions: [],
    usage: { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0 },
    error: null,
    next_turn_id: null,
  });
  await settle();
  expect(screen.queryByTestId("stop")).toBeNull();
  expect(screen.getByTestId("message-coach").dataset.status).toBe("stopped");
  expect(screen.getByTestId("message-coach").textContent).toContain("You stopped this answer.");
});

it("lists conversations by period and opens one in place", async () => {
  server.page = {
    sessions: [
      { sessionId: "s_7", title: "Fabrikam", updatedAt: new Date().toISOString() },
      { sessionId: "s_8", title: "", updatedAt: "2020-01-01T00:00:00Z" },
    ],
    next: null,
  };
  await show();
  await settle(300);
  const items = within(screen.getByTestId("session-list")).getAllByTestId("session-item");
  expect(items.map((item) => item.textContent)).toEqual(["Fabrikam", "New conversation"]);
  const [first] = items;
  if (first) fireEvent.click(first);
  await settle();
  expect(window.location.pathname).toBe("/s/s_7");
  expect(first?.getAttribute("aria-current")).toBe("page");
  fireEvent.click(screen.getByTestId("new-chat"));
  await settle();
  expect(window.location.pathname).toBe("/");
  expect(screen.getByText("What are we working on, Ada?")).toBeTruthy();
});
