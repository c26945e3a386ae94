import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { COACH, TO_ALL } from "../../dev/said";
import { appendAnswer } from "../../dev/script";
import { go, goToQuestions } from "../../src/ui/route";
import { Page } from "./page";

const page = new Page();

it("asks a stranger to sign in, and shows nothing else", async () => {
  await page.show(new FakeAuth(null));
  expect(screen.getByTestId("sign-in").textContent).toBe("Sign in");
  expect(screen.queryByTestId("composer")).toBeNull();
});

it("shows who is signed in and that the connection stands", async () => {
  await page.show();
  expect(screen.getByTestId("signed-in-as").textContent).toContain("Ada Lovelace");
  expect(screen.getByTestId("connection-state").dataset.state).toBe("connected");
});

it("names the page that is shown in the browser's tab", async () => {
  await page.show();
  expect(document.title).toBe("SalesCoach");
  act(goToQuestions);
  expect(document.title).toBe("Common questions · SalesCoach");
  act(() => {
    go(null);
  });
  expect(document.title).toBe("SalesCoach");
});

it("asks the suggested question by one click and gives the conversation its address", async () => {
  await page.show();
  fireEvent.click(screen.getByText("How is my pipeline for Contoso, and what should I say about price?"));
  await page.settle();
  expect(screen.getByTestId("message-person").textContent).toContain("How is my pipeline for Contoso");
  expect(window.location.pathname).toBe("/s/s_1");
});

it("sends with Enter, and neither with Shift+Enter nor while a character is composed", async () => {
  await page.show();
  const box = screen.getByTestId("composer");
  fireEvent.change(box, { target: { value: "Hello" } });
  fireEvent.keyDown(box, { key: "Enter", shiftKey: true });
  fireEvent.keyDown(box, { key: "Enter", isComposing: true });
  expect(screen.queryByTestId("message-person")).toBeNull();
  fireEvent.keyDown(box, { key: "Enter" });
  await page.settle();
  expect(screen.getByTestId("message-person").textContent).toContain("Hello");
  expect((box as HTMLTextAreaElement).value).toBe("");
});

it("shows a past conversation with its tool steps, their outcome and the answer's table", async () => {
  appendAnswer(page.server, "s_9", "t_9");
  go("s_9", { replace: true });
  await page.show();
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
  page.server.onQuery = (_query, sessionId, turnId) => {
    const base = { at: "", actor: COACH, turn_id: turnId, replaces: null, question_id: null } as const;
    const text =
      'Hi <img src=x onerror="alert(1)"><script>alert(2)</script> [go](javascript:alert(3)) ![p](http://evil.example/p.png)';
    const call = {
      type: "tool_call",
      call_id: `${turnId}.0.0`,
      server: "<b>crm</b>",
      tool: "<i>x</i>",
      arguments: "<u>",
    } as const;
    page.server.append(sessionId, {
      ...base,
      type: "message.completed",
      message_id: `${turnId}.0`,
      step: 0,
      author: COACH,
      parts: [{ type: "text", text }, call],
      finish: "tools",
      usage: null,
      attempt: 1,
      steered_by: [],
      limit: null,
      manifest_id: null,
      memory_version: null,
      untrusted_from: [],
      ...TO_ALL,
    });
  };
  await page.show();
  await page.ask('<img src=y onerror="alert(4)">');
  const log = screen.getByRole("log");
  expect(log.querySelectorAll("script, b, i, u, [onerror]")).toHaveLength(0);
  expect(
    [...log.querySelectorAll("img")].every((image) => image.getAttribute("src") === "/favicon.svg"),
  ).toBe(true);
  expect([...log.querySelectorAll("a")].some((link) => link.href.startsWith("javascript:"))).toBe(false);
  expect(screen.getByTestId("message-person").textContent).toContain("<img src=y");
});

it("offers to stop while the coach works, and not before or after", async () => {
  page.server.onQuery = (_query, sessionId, turnId) => {
    page.server.append(sessionId, {
      type: "turn.started",
      at: "",
      actor: COACH,
      turn_id: turnId,
      replaces: null,
      question_id: null,
    });
  };
  await page.show();
  expect(screen.queryByTestId("stop")).toBeNull();
  await page.ask("Work");
  fireEvent.click(screen.getByTestId("stop"));
  await page.settle();
  const stop = page.server.received.find((command) => command.type === "turn.stop");
  expect(stop).toMatchObject({ conversation_id: "s_1" });
  page.server.append("s_1", {
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
    usage: { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost_micros: 0 },
    error: null,
    next_turn_id: null,
    ...TO_ALL,
  });
  await page.settle();
  expect(screen.queryByTestId("stop")).toBeNull();
  expect(screen.getByTestId("message-coach").dataset.status).toBe("stopped");
  expect(screen.getByTestId("message-coach").textContent).toContain("You stopped this answer.");
});

it("lists conversations by period and opens one in place", async () => {
  page.server.page = {
    sessions: [
      { sessionId: "s_7", title: "Fabrikam", pinned: false, updatedAt: new Date().toISOString() },
      { sessionId: "s_8", title: "", pinned: false, updatedAt: "2020-01-01T00:00:00Z" },
    ],
    next: null,
  };
  await page.show();
  await page.settle(300);
  const items = within(screen.getByTestId("session-list")).getAllByTestId("session-item");
  expect(items.map((item) => item.textContent)).toEqual(["Fabrikam", "New conversation"]);
  const [first] = items;
  if (first) fireEvent.click(first);
  await page.settle();
  expect(window.location.pathname).toBe("/s/s_7");
  expect(first?.getAttribute("aria-current")).toBe("page");
  fireEvent.click(screen.getByTestId("new-chat"));
  await page.settle();
  expect(window.location.pathname).toBe("/");
  expect(screen.getByText("What are we working on, Ada?")).toBeTruthy();
});
