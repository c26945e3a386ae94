import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { begun, ended, step } from "../core/events";
import { refusal } from "../core/harness";
import { Page, texts } from "./page";

const page = new Page();
const GREETING = {
  type: "connection.ack",
  conversation_id: "",
  at: "",
  connection_id: "c",
  protocol_version: 1,
} as const;

describe("a question of one's own", () => {
  it("is edited in place, and asked again in the new words", async () => {
    await page.answered();
    fireEvent.click(screen.getByTestId("edit"));
    const editor = screen.getByTestId("editor");
    expect(document.activeElement).toBe(editor);
    fireEvent.change(editor, { target: { value: "How is Fabrikam?" } });
    fireEvent.click(screen.getByTestId("save"));
    await page.settle();
    expect(page.server.received.at(-1)).toMatchObject({
      type: "message.edit",
      message_id: `${page.turn}.q`,
      content: "How is Fabrikam?",
    });
    expect(texts("message-person")).toEqual(["YouHow is Fabrikam?"]);
    expect(document.activeElement).toBe(page.box);
  });

  it("stays as it is after Escape, and when nothing was changed", async () => {
    await page.answered();
    fireEvent.click(screen.getByTestId("edit"));
    fireEvent.change(screen.getByTestId("editor"), { target: { value: "Something else" } });
    fireEvent.keyDown(screen.getByTestId("editor"), { key: "Escape" });
    expect(document.activeElement).toBe(screen.getByTestId("edit"));
    expect(texts("message-person")).toEqual(["YouHow is Contoso?"]);
    fireEvent.click(screen.getByTestId("edit"));
    fireEvent.keyDown(screen.getByTestId("editor"), { key: "Enter", ctrlKey: true });
    await page.settle();
    expect(page.server.received.some((command) => command.type === "message.edit")).toBe(false);
  });

  it("comes back with its answer when the edit is refused", async () => {
    await page.answered();
    page.server.refuse = (command) => refusal(command, "turn_running");
    fireEvent.click(screen.getByTestId("edit"));
    fireEvent.change(screen.getByTestId("editor"), { target: { value: "How is Fabrikam?" } });
    fireEvent.click(screen.getByTestId("save"));
    expect(texts("message-person")).toEqual(["YouHow is Fabrikam?"]);
    await page.settle();
    expect(texts("message-person")).toEqual(["YouHow is Contoso?", "YouHow is Fabrikam?"]);
    expect(screen.getByText("Retry")).toBeTruthy();
  });
});

describe("an answer", () => {
  it("can be given again in its place", async () => {
    await page.answered();
    fireEvent.click(screen.getByTestId("answer-again"));
    expect(screen.getByTestId("answer-again")).toHaveProperty("disabled", true);
    await page.settle();
    expect(texts("message-person")).toEqual(["YouHow is Contoso?"]);
    expect(screen.getByTestId("message-coach").dataset.status).toBe("running");
    expect(screen.getByTestId("message-coach").textContent).not.toContain("step 0");
  });

  it("tells what it took, the price only where there is one", async () => {
    const usage = { input_tokens: 1_200, cached_input_tokens: 1_000, output_tokens: 34, cost_micros: 0 };
    await page.answered({ usage });
    expect(texts("usage")).toEqual(["1,234 tokens"]);
    expect(screen.getByTestId("usage").title).toBe("1,200 tokens read (1,000 from the cache), 34 written");
    page.server.onQuery = (_query, sessionId, turnId) => {
      page.server.append(sessionId, begun(turnId));
      page.server.append(sessionId, ended(turnId, { usage: { ...usage, cost_micros: 8_340 } }));
    };
    await page.ask("And Fabrikam?");
    expect(texts("usage").at(-1)).toBe("1,234 tokens · cost 0.00834");
    page.server.send({ ...GREETING, capabilities: [], currency: "EUR" });
    await page.settle();
    expect(texts("usage").at(-1)).toBe("1,234 tokens · cost EUR\u00a00.00834");
  });

  it("that reached a limit says which, without an alarm", async () => {
    const message = "The coach used all its steps for one question.";
    await page.answered({
      status: "exhausted",
      error: {
        code: "limit_steps",
        fault: "budget",
        message,
        retryable: false,
        after_ms: null,
        trace_id: null,
      },
    });
    const words = within(screen.getByTestId("message-coach")).getByText(message, { exact: false });
    expect(words.closest("[data-tone]")?.getAttribute("data-tone")).toBe("plain");
  });

  it("that was cut by its length says so once", async () => {
    await page.running();
    page.server.append("s_1", step(page.turn, 0, { finish: "length" }));
    const message = "The answer is longer than one may be.";
    const error = { code: "limit_length", fault: "budget", message, retryable: false } as const;
    await page.end({ status: "exhausted", error: { ...error, after_ms: null, trace_id: null } });
    const answer = screen.getByTestId("message-coach");
    expect(within(answer).getByText(/cut at its length limit/)).toBeTruthy();
    expect(within(answer).queryByText(message, { exact: false })).toBeNull();
  });
});
