import { describe, expect, it } from "vitest";
import { Harness, refusal, settle } from "./harness";

const on = new Harness();

describe("a new chat", () => {
  it("has no address until something is asked in it, and then that of its session", async () => {
    await on.start();
    expect(on.sent("session.update")[0]).toMatchObject({
      capabilities: ["streaming", "suggestions"],
      accessToken: "token-0",
      after: 0,
    });
    expect(on.sent("session.update")[0]?.session_id).toBeUndefined();
    expect(on.client.chat.view.get().sessionId).toBeNull();
    on.client.chat.ask("Hello");
    expect(on.client.chat.view.get().sessionId).toBe("s_1");
    await settle();
    expect(on.questions()).toEqual(["Hello"]);
    expect(on.outbox()).toEqual([]);
  });

  it("keeps what is asked before there is a connection, and sends it then", async () => {
    on.client.chat.ask("Early bird");
    expect(on.outbox()[0]).toMatchObject({ text: "Early bird", sessionId: null, state: "sending" });
    await on.start();
    expect(on.questions()).toEqual(["Early bird"]);
    expect(on.client.chat.view.get().sessionId).toBe("s_1");
  });

  it("is made once, however often the connection drops before it is there", async () => {
    on.server.silent = true;
    await on.start();
    on.server.drop();
    await settle(1_000);
    on.server.silent = false;
    on.server.drop();
    await settle(5_000);
    const ids = on.sent("session.update").map((command) => command.command_id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
  });
});

describe("a question", () => {
  it("is shown at once and sent again under the same id when the connection drops before it is confirmed", async () => {
    await on.start();
    on.server.silent = true;
    on.client.chat.ask("Price?");
    expect(on.outbox()).toHaveLength(1);
    await settle();
    on.server.silent = false;
    on.server.drop();
    await settle(5_000);
    const ids = on.sent("query").map((command) => command.client_message_id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    expect(on.questions()).toEqual(["Price?"]);
  });

  it("that nobody answers fails in words and can be tried again", async () => {
    await on.start();
    on.server.silent = true;
    on.client.chat.ask("Anyone?");
    await settle(60_000);
    expect(on.outbox()[0]).toMatchObject({ state: "failed", problem: { code: "timed_out" } });
    on.server.silent = false;
    on.client.chat.retry(on.outbox()[0]?.clientMessageId ?? "");
    await settle();
    expect(on.questions()).toEqual(["Anyone?"]);
  });

  it("that is refused shows the error and stays until discarded", async () => {
    await on.start();
    on.server.refuse = (command) => (command.type === "query" ? refusal(command, "queue_full") : null);
    on.client.chat.ask("One more");
    await settle();
    expect(on.outbox()[0]).toMatchObject({ state: "failed", problem: { message: "refused: queue_full" } });
    on.client.chat.questions.discard(on.outbox()[0]?.clientMessageId ?? "");
    expect(on.outbox()).toEqual([]);
  });

  it("survives a reload before it was confirmed", async () => {
    await on.start();
    on.server.silent = true;
    on.client.chat.ask("Do not lose me");
    await settle();
    on.server.silent = false;
    on.reload();
    on.client.chat.open("s_1");
    await on.start();
    expect(on.questions()).toEqual(["Do not lose me"]);
  });

  it("that an older page left unsent is still asked", async () => {
    const left = {
      clientMessageId: "m1",
      sessionId: "s_1",
      text: "Old words",
      state: "sending",
      problem: null,
    };
    window.sessionStorage.setItem("salescoach.outbox", JSON.stringify([left]));
    on.reload();
    on.client.chat.open("s_1");
    await on.start();
    expect(on.sent("query").map(({ content }) => content)).toEqual(["Old words"]);
    expect(on.questions()).toEqual(["Old words"]);
  });
});
