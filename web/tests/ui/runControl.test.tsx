import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ended, queued, step } from "../core/events";
import { refusal } from "../core/harness";
import { Page, texts } from "./page";

const page = new Page();

describe("while the coach answers", () => {
  it("Enter asks next and Ctrl + Enter steers", async () => {
    await page.running();
    await page.ask("And Fabrikam?");
    page.server.append("s_1", queued(`t_${page.lastAsked()}`, 1));
    await page.ask("Shorter", { ctrlKey: true });
    const sent = page.server.received.filter((command) => command.type === "query");
    expect(sent.map(({ content, steer }) => [content, steer ?? false])).toEqual([
      ["How is Contoso?", false],
      ["And Fabrikam?", false],
      ["Shorter", true],
    ]);
    expect(screen.getByTestId("steer-message").textContent).toContain("Will be used at the next step");
    expect(screen.getByTestId("message-coach").contains(screen.getByTestId("steer-message"))).toBe(true);
  });

  it("offers to steer by a button of its own, and only then", async () => {
    await page.running();
    expect(screen.getByTestId("steer")).toHaveProperty("disabled", true);
    fireEvent.change(page.box, { target: { value: "Shorter" } });
    fireEvent.click(screen.getByTestId("steer"));
    await page.settle();
    expect(page.box.value).toBe("");
    expect(document.activeElement).toBe(page.box);
    expect(texts("steer-message")).toHaveLength(1);
    page.server.append("s_1", step(page.turn, 0, { steered_by: [`t_${page.lastAsked()}.q`] }));
    await page.end();
    expect(screen.getByTestId("steer-message").dataset.state).toBe("used");
    expect(screen.queryByTestId("steer")).toBeNull();
  });

  it("lets a steer be taken back, by its own turn, and moves focus to the box", async () => {
    await page.running();
    await page.ask("Shorter", { metaKey: true });
    fireEvent.click(screen.getByRole("button", { name: "Take back: Shorter" }));
    expect(document.activeElement).toBe(page.box);
    await page.settle();
    const id = `t_${page.lastAsked()}`;
    expect(page.server.received.at(-1)).toMatchObject({ type: "turn.stop", turn_id: id });
    page.server.append("s_1", ended(id, { status: "stopped" }));
    await page.settle();
    expect(texts("steer-message")).toEqual([]);
    expect(texts("message-coach")).toHaveLength(1);
  });

  it("says where a waiting question stands", async () => {
    await page.running();
    await page.ask("And Fabrikam?");
    page.server.append("s_1", queued(`t_${page.lastAsked()}`, 2));
    await page.settle();
    expect(texts("queued")).toEqual(["Waiting: number 2 in line"]);
    expect(screen.getByRole("button", { name: "Remove the waiting question: And Fabrikam?" })).toBeTruthy();
  });

  it("lets a waiting question be removed, and says that it was", async () => {
    await page.running();
    await page.ask("And Fabrikam?");
    const id = `t_${page.lastAsked()}`;
    page.server.append("s_1", queued(id, 1));
    await page.settle();
    fireEvent.click(screen.getByRole("button", { name: "Remove the waiting question: And Fabrikam?" }));
    expect(document.activeElement).toBe(page.box);
    await page.settle();
    expect(page.server.received.at(-1)).toMatchObject({ type: "turn.stop", turn_id: id });
    page.server.append("s_1", ended(id, { status: "stopped" }));
    await page.settle();
    expect(screen.getByText("You removed this question before it was answered.")).toBeTruthy();
  });

  it("says in the answer that it waits for the model, until it goes on", async () => {
    await page.running();
    const base = { conversation_id: "s_1", at: "", turn_id: page.turn };
    const delay = { message: "The model is busy.", after_ms: 4_000 };
    page.server.send({ ...base, type: "ai.state", state: "waiting_for_model", ...delay });
    await page.settle();
    expect(screen.getByTestId("message-coach").textContent).toContain("The model is busy. About 4 s.");
    const place = { message_id: `${page.turn}.0`, step: 0, attempt: 1, offset: 0 };
    page.server.send({ ...base, type: "message.delta", ...place, text: "Three deals" });
    await page.settle();
    expect(screen.getByTestId("message-coach").textContent).not.toContain("busy");
  });

  it("offers neither to edit nor to answer again", async () => {
    await page.running();
    expect(screen.queryByTestId("edit")).toBeNull();
    expect(screen.queryByTestId("answer-again")).toBeNull();
  });
});

describe("a session that takes no questions meanwhile", () => {
  it("is made so by the person, and then keeps what is written in the box", async () => {
    await page.running();
    fireEvent.change(screen.getByLabelText("Questions while the coach answers"), {
      target: { value: "reject" },
    });
    await page.settle();
    await page.ask("And Fabrikam?");
    expect(page.box.value).toBe("And Fabrikam?");
    expect(screen.getByTestId("send")).toHaveProperty("disabled", true);
    await page.end();
    expect(screen.getByTestId("send")).toHaveProperty("disabled", false);
  });

  it("gives the text back that crossed with the start of an answer", async () => {
    await page.answered();
    page.server.refuse = (command) => (command.type === "query" ? refusal(command, "turn_running") : null);
    await page.ask("And Fabrikam?");
    expect(page.box.value).toBe("And Fabrikam?");
    expect(texts("message-person")).toHaveLength(1);
    expect(screen.getByRole("alert").textContent).toContain("refused: turn_running");
  });
});

it("tells about a budget that is nearly used up", async () => {
  await page.show();
  page.server.send({
    type: "budget.warning",
    conversation_id: "",
    at: "",
    scope: "team",
    message: "Your team has used 90 % of this month's budget.",
    used_percent: 90,
    resets_at: "2026-02-01T00:00:00Z",
  });
  await page.settle();
  expect(screen.getByRole("alert").textContent).toContain("Your team has used 90 %");
});
