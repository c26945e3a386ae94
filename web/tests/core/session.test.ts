import { describe, expect, it } from "vitest";
import { startAnswer } from "../../dev/script";
import type { Problem } from "../../src/core/codes";
import { openTurn } from "../../src/core/state";
import { Harness, refusal, settle, SYSTEM } from "./harness";

const on = new Harness();

describe("an open session", () => {
  it("follows a turn to its end and can stop it by its id", async () => {
    on.server.onQuery = (_query, sessionId, turnId) => {
      startAnswer(on.server, sessionId, turnId, 10);
    };
    await on.start();
    on.client.chat.ask("How is Contoso?");
    await settle(1_000);
    const { conversation } = on.client.chat.view.get();
    if (!conversation) throw new Error("no conversation");
    const running = openTurn(conversation);
    if (!running) throw new Error("no turn runs");
    expect(running.steps.at(-1)?.text.length).toBeGreaterThan(10);
    on.client.chat.requests.turns.stop(running.turnId);
    await settle();
    expect(on.sent("turn.stop")[0]).toMatchObject({ conversation_id: "s_1", turn_id: running.turnId });
    await settle(10_000);
    const ended = on.client.chat.view.get().conversation?.turns[0];
    expect(ended?.phase).toBe("ended");
    expect(ended?.steps.at(-1)?.text).toContain("What to say about price");
  });

  it("asks for a missing event after 300 ms, and not before", async () => {
    await on.start();
    on.client.chat.ask("Hello");
    await settle();
    const log = on.server.log("s_1");
    const first = log[0];
    if (first?.type !== "message.created") throw new Error("no question in the log");
    const start = {
      type: "turn.started",
      at: "",
      actor: first.actor,
      turn_id: "t_x",
      replaces: null,
      question_id: null,
    } as const;
    on.server.append("s_1", start, { publish: false });
    on.server.append("s_1", {
      type: "turn.stopping",
      audience: null,
      others_see: "nothing",
      at: "",
      actor: first.actor,
      turn_id: "t_x",
    });
    await settle(250);
    expect(on.sent("sync")).toHaveLength(0);
    await settle(100);
    expect(on.sent("sync")[0]).toMatchObject({ conversation_id: "s_1", after: 1 });
    expect(on.client.chat.view.get().conversation).toMatchObject({ lastSeq: 3, early: [] });
  });

  it("notices on its own that the end of a turn was lost", async () => {
    await on.start();
    on.client.chat.ask("Hello");
    await settle();
    const { conversation } = on.client.chat.view.get();
    const turnId = conversation?.turns[0]?.turnId ?? "";
    on.server.append(
      "s_1",
      {
        type: "turn.stopping",
        audience: null,
        others_see: "nothing",
        at: "",
        actor: SYSTEM,
        turn_id: turnId,
      },
      { publish: false },
    );
    await settle(16_000);
    expect(on.client.chat.view.get().conversation?.turns[0]?.phase).toBe("stopping");
  });

  it("resumes behind what it has, without losing or repeating anything", async () => {
    await on.start();
    on.client.chat.ask("One");
    await settle();
    on.server.down = true;
    on.server.drop();
    on.server.append("s_1", {
      type: "title.updated",
      at: "",
      actor: SYSTEM,
      title: "Renamed",
      source: "person",
    });
    await settle(3_000);
    on.server.down = false;
    await settle(30_000);
    expect(on.sent("session.update").at(-1)).toMatchObject({ session_id: "s_1", after: 1 });
    expect(on.client.chat.view.get().conversation).toMatchObject({ title: "Renamed", lastSeq: 2 });
    expect(on.questions()).toEqual(["One"]);
  });

  it("does not take events or late answers of another session for its own", async () => {
    await on.start();
    on.client.chat.open("s_9");
    on.client.chat.open("s_8");
    await settle();
    expect(on.client.chat.view.get()).toMatchObject({ sessionId: "s_8", conversation: { sessionId: "s_8" } });
    on.server.append("s_9", {
      type: "title.updated",
      at: "",
      actor: SYSTEM,
      title: "Not yours",
      source: "person",
    });
    await settle();
    expect(on.client.chat.view.get().conversation?.title).toBe("");
  });

  it("that does not exist says so", async () => {
    on.server.refuse = (command) =>
      command.type === "session.update" ? refusal(command, "conversation_not_found") : null;
    on.client.chat.open("s_404");
    await on.start();
    expect(on.client.chat.view.get().problem?.code).toBe("conversation_not_found");
  });

  it("renews a refused token once and goes on", async () => {
    let expired = true;
    on.server.refuse = (command) => {
      if (command.type !== "session.update" || !expired) return null;
      expired = false;
      return refusal(command, "token_expired");
    };
    await on.start();
    expect(on.auth.fresh).toBe(1);
    expect(on.sent("session.update").at(-1)?.accessToken).toBe("token-1");
    expect(on.client.chat.view.get().conversation?.folded).toBe(true);
  });

  it("shows a question as failed when the token it needs cannot be renewed now", async () => {
    await on.start();
    on.server.refuse = (command) => (command.type === "query" ? refusal(command, "sign_in_stale") : null);
    on.auth.token = () => Promise.reject(new TypeError("no network"));
    on.client.chat.ask("Hi");
    await settle();
    expect(on.outbox()[0]).toMatchObject({ state: "failed", problem: { code: "sign_in_unavailable" } });
  });

  it("says that the session cannot be opened when the token cannot be renewed now", async () => {
    on.server.refuse = (command) => {
      on.auth.token = () => Promise.reject(new TypeError("no network"));
      return command.type === "session.update" ? refusal(command, "token_expired") : null;
    };
    await on.start();
    expect(on.client.chat.view.get().problem).toMatchObject({ code: "sign_in_unavailable" });
  });

  it("hands a renewed token to the open connection", async () => {
    await on.start();
    on.client.chat.ask("Hi");
    await settle();
    await on.auth.token({ fresh: true });
    on.auth.renewed.emit();
    await settle();
    expect(on.sent("session.update").at(-1)).toMatchObject({
      session_id: "s_1",
      accessToken: "token-1",
      after: 1,
    });
  });
});

it("tells about a refused stop, which no message on the page stands for", async () => {
  const problems: Problem[] = [];
  on.client.chat.problems.on((problem) => problems.push(problem));
  on.server.refuse = (command) => (command.type === "turn.stop" ? refusal(command, "turn_not_found") : null);
  await on.start();
  on.client.chat.requests.turns.stop("t_gone");
  await settle();
  expect(problems.map((problem) => problem.code)).toEqual(["turn_not_found"]);
});
