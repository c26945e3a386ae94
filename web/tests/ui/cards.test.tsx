import { fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { chooseLanguage } from "../../src/ui/languages/language";
import { step } from "../core/events";
import { refusal } from "../core/harness";
import { CardPage, cardState, write } from "./cardPage";
import { outOfSight } from "./page";

const page = new CardPage();

afterEach(() => chooseLanguage("en"));

describe("while a card is open", () => {
  it("its time runs out in sight, and then nothing can be sent", async () => {
    await page.waitingFor("approval");
    expect(screen.getByTestId("card-time").textContent).toBe("1 h 0 min left to answer");
    await page.settle(56 * 60_000);
    await page.settle(3.5 * 60_000);
    expect(screen.getByTestId("card-time").textContent).toMatch(/^\d+ s left to answer$/);
    await page.settle(60_000);
    expect(screen.getByTestId("card-time").textContent).toBe("The time to answer is over.");
    expect(screen.getByTestId("approve")).toHaveProperty("disabled", true);
  });

  it("other questions can be asked", async () => {
    await page.waitingFor("approval");
    expect(screen.queryByTestId("stop")).toBeNull();
    await page.ask("And Fabrikam?");
    expect(page.server.received.at(-1)).toMatchObject({ type: "query", content: "And Fabrikam?" });
  });

  it("its turn can be given up", async () => {
    await page.waitingFor("approval");
    await page.click("stop-parked");
    expect(page.server.received.at(-1)).toMatchObject({ type: "turn.stop", turn_id: "t_1" });
    expect(document.activeElement).toBe(page.box);
  });

  it("a problem with the answer is said beside it, and what was written stays", async () => {
    await page.waitingFor("approval");
    page.server.refuse = (command) =>
      command.type === "question.answer"
        ? { ...refusal(command, "answer_invalid"), message: "subject: too long" }
        : null;
    await page.click("edit-arguments");
    write("Subject", "Something longer");
    await page.click("approve");
    expect(screen.getByTestId("card-problem").textContent).toBe("subject: too long");
    expect(screen.getByLabelText<HTMLInputElement>("Subject").value).toBe("Something longer");
    expect(screen.getByTestId("approve")).toHaveProperty("disabled", false);
  });

  it("another device's decision closes it here", async () => {
    await page.waitingFor("approval");
    await page.decidedElsewhere({ outcome: "denied", note: "too early" });
    expect(cardState()).toBe("denied");
    expect(screen.queryByTestId("approve")).toBeNull();
    expect(screen.getByTestId("card-announcement").textContent).toBe("");
  });
});

describe("what a card asks", () => {
  const asked = () => document.querySelector(".card-message")?.textContent;
  const approval = { server: "crm", tool: "log_activity", message: "May the coach use log_activity of crm?" };

  it("is said in the page's own words, with the reason", async () => {
    await page.waitingFor("approval", { ...approval, because: ["web_search"] });
    expect(asked()).toBe(
      "May the coach use “Log activity” of Crm? It asks because the conversation holds text from Web search, which strangers may have written.",
    );
  });

  it("is said in the reader's language", async () => {
    await chooseLanguage("de");
    await page.waitingFor("approval", { ...approval, because: [] });
    expect(asked()).toBe("Darf der Coach „Log activity“ von Crm verwenden?");
  });

  it("of a sign-in, too, while what a tool's server wants to know stays in its words", async () => {
    await chooseLanguage("de");
    await page.waitingFor("sign_in", { server: "quotes", message: "Sign in to quotes." });
    expect(asked()).toBe("Melden Sie sich bei Quotes an, damit der Coach es für Sie verwenden kann.");
  });

  it("stays in the server's words where an older one noted no reason, or a tool's server asks", async () => {
    await page.waitingFor("approval", { ...approval, because: null });
    expect(asked()).toBe(approval.message);
  });
});

describe("a card that arrives", () => {
  it("is announced and gets the focus", async () => {
    await page.running();
    page.server.append("s_1", step(page.turn, 0));
    page.server.cards.ask("s_1", { turn_id: page.turn, call_id: `${page.turn}.0.0` });
    await page.settle();
    expect(document.activeElement).toBe(screen.getByTestId("card"));
    expect(screen.getByTestId("card-announcement").textContent).toBe("Waiting for you: Allow “Send mail”?");
  });

  it("leaves the focus to who is writing", async () => {
    await page.running();
    page.box.focus();
    fireEvent.change(page.box, { target: { value: "And Fab" } });
    page.server.cards.ask("s_1", { turn_id: page.turn, call_id: `${page.turn}.0.0` });
    await page.settle();
    expect(document.activeElement).toBe(page.box);
    expect(screen.queryByTestId("waiting-bar")).toBeNull();
  });

  it("takes no focus when the conversation is only opened", async () => {
    await page.waitingFor("approval");
    expect(document.activeElement).toBe(page.box);
  });

  it("out of sight is led to by a bar", async () => {
    outOfSight.value = true;
    await page.waitingFor("approval");
    await page.click("waiting-bar");
    expect(document.activeElement).toBe(screen.getByTestId("card"));
  });
});
