import { describe, expect, it } from "vitest";
import { appendCard } from "../../dev/card-scenes";
import type { Card } from "../../src/core/cardState";
import { Harness, refusal, settle } from "./harness";

const on = new Harness();

async function withCard(): Promise<Card> {
  appendCard(on.server, "s_1", "t_1", "approval");
  on.client.chat.open("s_1");
  await on.start();
  return cardNow();
}

function cardNow(): Card {
  const card = on.client.chat.view.get().conversation?.turns[0]?.cards[0];
  if (!card) throw new Error("no card");
  return card;
}

const fate = () => on.client.chat.requests.cards.fates.get().get(cardNow().questionId);

describe("an answer to a card", () => {
  it("goes up with the card's fence, and the card is closed by its event alone", async () => {
    const card = await withCard();
    on.server.silent = true;
    on.client.chat.requests.answer(card, { answer: "approve", arguments: { to: "eva" }, note: "ok" });
    await settle();
    expect(on.sent("question.answer")[0]).toMatchObject({
      conversation_id: "s_1",
      question_id: card.questionId,
      fence: card.fence,
      answer: "approve",
      arguments: { to: "eva" },
      note: "ok",
    });
    expect(fate()?.state).toBe("sending");
    expect(cardNow().decision).toBeNull();
    on.server.silent = false;
    await settle(10_000);
    expect(cardNow().decision).toMatchObject({ outcome: "approved", arguments: '{"to":"eva"}', note: "ok" });
  });

  it("is sent once, however often it is given while it is on its way", async () => {
    const card = await withCard();
    on.server.silent = true;
    on.client.chat.requests.answer(card, { answer: "approve" });
    on.client.chat.requests.answer(card, { answer: "deny" });
    await settle();
    expect(on.sent("question.answer").map(({ answer }) => answer)).toEqual(["approve"]);
  });

  it("is sent again under the same id after the connection was lost", async () => {
    const card = await withCard();
    on.server.silent = true;
    on.client.chat.requests.answer(card, { answer: "deny" });
    await settle();
    on.server.silent = false;
    on.server.drop();
    await settle(5_000);
    const sent = on.sent("question.answer");
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent.map((command) => command.command_id)).size).toBe(1);
    expect(cardNow().decision?.outcome).toBe("denied");
  });

  it("that is refused says so at the card, and may be given again", async () => {
    const card = await withCard();
    const heard: string[] = [];
    on.client.chat.problems.on(({ code }) => heard.push(code));
    on.server.refuse = (command) =>
      command.type === "question.answer" ? refusal(command, "answer_invalid") : null;
    on.client.chat.requests.answer(card, { answer: "approve", arguments: {} });
    await settle();
    expect(fate()).toMatchObject({ state: "failed", problem: { code: "answer_invalid" } });
    expect(heard).toEqual([]);
    on.server.refuse = () => null;
    on.client.chat.requests.answer(card, { answer: "approve" });
    await settle();
    expect(cardNow().decision?.outcome).toBe("approved");
  });

  it("that came second fetches what was decided on the other device", async () => {
    const card = await withCard();
    on.server.refuse = (command) =>
      command.type === "question.answer" ? refusal(command, "question_closed") : null;
    const [open] = on.server.cards.open("s_1");
    if (!open) throw new Error("nothing is open");
    // The other device's events never reach this one.
    const { listeners } = on.server;
    const lost = [...listeners];
    listeners.clear();
    on.server.cards.close("s_1", open, { outcome: "denied" });
    for (const listener of lost) listeners.add(listener);
    on.client.chat.requests.answer(card, { answer: "approve" });
    await settle(2_000);
    expect(fate()?.problem?.code).toBe("question_closed");
    expect(cardNow().decision?.outcome).toBe("denied");
  });
});

describe("feedback", () => {
  it("names the call or the message, and comes back as an event", async () => {
    await withCard();
    on.client.chat.requests.record({ call_id: "t_1.0.0", vote: "slow" });
    on.client.chat.requests.record({ message_id: "t_1.0", vote: "up", note: "good" });
    await settle();
    const sent = on
      .sent("feedback.record")
      .map(({ call_id, message_id, vote, note }) => [call_id, message_id, vote, note]);
    expect(sent).toEqual([
      ["t_1.0.0", undefined, "slow", undefined],
      [undefined, "t_1.0", "up", "good"],
    ]);
    expect(on.client.chat.view.get().conversation?.turns[0]?.feedback).toHaveLength(2);
  });
});
