import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/core/codes";
import type { Returned } from "../../src/core/questions";
import { shownTurns } from "../../src/core/state";
import { begun, ended, step } from "./events";
import { Harness, refusal, settle } from "./harness";

const on = new Harness();

/** Ask, and let the coach begin; answers the turn's id. */
async function running(text: string): Promise<string> {
  let turn = "";
  on.server.onQuery = (_query, sessionId, turnId) => {
    turn = turnId;
    on.server.append(sessionId, begun(turnId));
  };
  on.client.chat.ask(text);
  await settle();
  return turn;
}

async function answered(text: string): Promise<string> {
  const turn = await running(text);
  on.server.append("s_1", step(turn, 0));
  on.server.append("s_1", ended(turn));
  return turn;
}

function conversation() {
  const shown = on.client.chat.view.get().conversation;
  if (!shown) throw new Error("no conversation");
  return shown;
}

function problems(): Problem[] {
  const heard: Problem[] = [];
  on.client.chat.problems.on((problem) => heard.push(problem));
  return heard;
}

describe("a message put into the running answer", () => {
  it("goes up as a steer, and is shown in the turn once it is in the log", async () => {
    await on.start();
    const turn = await running("Contoso?");
    on.client.chat.ask("Shorter", { steer: true });
    expect(on.outbox()[0]).toMatchObject({ text: "Shorter", steer: true });
    await settle();
    expect(on.sent("query")[1]).toMatchObject({ steer: true, content: "Shorter" });
    expect(on.sent("query")[0]).not.toHaveProperty("steer");
    expect(on.outbox()).toEqual([]);
    expect(conversation().turns.map(({ turnId }) => turnId)).toEqual([turn]);
    expect(conversation().turns[0]?.steers.map(({ question }) => question.text)).toEqual(["Shorter"]);
  });

  it("is put in once, however often it has to be sent", async () => {
    await on.start();
    await running("Contoso?");
    on.server.silent = true;
    on.client.chat.ask("Shorter", { steer: true });
    await settle();
    on.server.silent = false;
    on.server.drop();
    await settle(5_000);
    const sent = on.sent("query").filter((command) => command.steer);
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent.map((command) => command.client_message_id)).size).toBe(1);
    expect(conversation().turns[0]?.steers).toHaveLength(1);
  });

  it("is taken back by the turn it would become", async () => {
    await on.start();
    await running("Contoso?");
    on.client.chat.ask("Shorter", { steer: true });
    await settle();
    const steer = conversation().turns[0]?.steers[0];
    on.client.chat.requests.turns.stop(steer?.turnId ?? "");
    await settle();
    expect(on.sent("turn.stop")[0]).toMatchObject({ conversation_id: "s_1", turn_id: steer?.turnId });
    expect(steer?.turnId).not.toBe(conversation().turns[0]?.turnId);
  });
});

describe("a question that is not taken while the coach answers", () => {
  it("gives its text back instead of standing there as failed", async () => {
    await on.start();
    await running("Contoso?");
    const heard = problems();
    const returned: Returned[] = [];
    on.client.chat.questions.returned.on((text) => returned.push(text));
    on.server.refuse = (command) => (command.type === "query" ? refusal(command, "turn_running") : null);
    on.client.chat.ask("And Fabrikam?");
    await settle();
    expect(returned.map(({ text }) => text)).toEqual(["And Fabrikam?"]);
    expect(heard.map(({ code }) => code)).toEqual(["turn_running"]);
    expect(on.outbox()).toEqual([]);
  });
});

describe("an edited question", () => {
  it("names the message it replaces, and takes the place of its turn", async () => {
    await on.start();
    const first = await answered("One");
    await answered("Two");
    on.client.chat.ask("Eins", { replaces: `${first}.q` });
    await settle();
    expect(on.sent("message.edit")[0]).toMatchObject({
      conversation_id: "s_1",
      message_id: `${first}.q`,
      content: "Eins",
    });
    expect(shownTurns(conversation(), null).map(({ question }) => question?.text)).toEqual(["Eins"]);
    expect(on.outbox()).toEqual([]);
  });

  it("that is refused waits to be tried again, with what it replaces", async () => {
    await on.start();
    const first = await answered("One");
    on.server.refuse = (command) =>
      command.type === "message.edit" ? refusal(command, "turn_running") : null;
    on.client.chat.ask("Eins", { replaces: `${first}.q` });
    await settle();
    expect(on.outbox()[0]).toMatchObject({ state: "failed", text: "Eins", replaces: `${first}.q` });
    on.server.refuse = () => null;
    on.client.chat.retry(on.outbox()[0]?.clientMessageId ?? "");
    await settle();
    expect(shownTurns(conversation(), null).map(({ question }) => question?.text)).toEqual(["Eins"]);
  });
});

describe("having an answer given again", () => {
  it("asks for the latest one, once, and shows the new turn under the old question", async () => {
    await on.start();
    await answered("One");
    const latest = await answered("Two");
    on.client.chat.requests.turns.regenerate();
    on.client.chat.requests.turns.regenerate();
    expect([...on.client.chat.requests.turns.pending.get()]).toEqual([latest]);
    await settle();
    expect(on.sent("message.regenerate").map((command) => command.message_id)).toEqual([`${latest}.0`]);
    expect([...on.client.chat.requests.turns.pending.get()]).toEqual([]);
    const [one, two] = shownTurns(conversation(), null);
    expect([one?.question?.text, two?.question?.text]).toEqual(["One", "Two"]);
    expect(two).toMatchObject({ phase: "running", steps: [] });
  });

  it("does nothing while a turn is open", async () => {
    await on.start();
    await running("One");
    on.client.chat.requests.turns.regenerate();
    await settle();
    expect(on.sent("message.regenerate")).toEqual([]);
  });

  it("is asked for again on a new connection, under the same id", async () => {
    await on.start();
    await answered("One");
    on.server.silent = true;
    on.client.chat.requests.turns.regenerate();
    await settle();
    on.server.silent = false;
    on.server.drop();
    await settle(5_000);
    const sent = on.sent("message.regenerate");
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent.map((command) => command.command_id)).size).toBe(1);
    expect([...on.client.chat.requests.turns.pending.get()]).toEqual([]);
  });

  it("says why not when it is refused, and may then be tried again", async () => {
    await on.start();
    await answered("One");
    const heard = problems();
    on.server.refuse = (command) => refusal(command, "message_not_found");
    on.client.chat.requests.turns.regenerate();
    await settle();
    expect(heard.map(({ code }) => code)).toEqual(["message_not_found"]);
    on.server.refuse = () => null;
    on.client.chat.requests.turns.regenerate();
    await settle();
    expect(on.sent("message.regenerate")).toHaveLength(2);
  });
});

describe("what a session does with questions meanwhile", () => {
  it("is known from its opening, changed on request and told by an event", async () => {
    on.server.whileBusy = "reject";
    await on.start();
    expect(conversation().whileBusy).toBe("reject");
    await on.client.settings.setWhileBusy("s_1", "queue");
    await settle();
    expect(conversation().whileBusy).toBe("queue");
  });

  it("stays as it is when the change fails, in words", async () => {
    await on.start();
    const heard = problems();
    on.server.down = true;
    await on.client.settings.setWhileBusy("s_1", "reject");
    expect(heard.map(({ code }) => code)).toEqual(["store_unavailable"]);
    expect(conversation().whileBusy).toBe("queue");
  });
});

it("passes on that much of a budget is used", async () => {
  await on.start();
  const heard: string[] = [];
  on.client.chat.warnings.on(({ message }) => heard.push(message));
  on.server.send({
    type: "budget.warning",
    conversation_id: "",
    at: "",
    scope: "person",
    message: "You have used 80 % of today's budget.",
    used_percent: 80,
    resets_at: "2026-01-02T00:00:00Z",
  });
  expect(heard).toEqual(["You have used 80 % of today's budget."]);
});
