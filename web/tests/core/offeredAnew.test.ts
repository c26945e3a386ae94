import { describe, expect, it } from "vitest";
import { refusal } from "../../dev/fake-groups";
import { begun, ended, step } from "./events";
import { Harness, refusal as refused, settle } from "./harness";

const on = new Harness();
const OFFERS = /^\/sessions\/s_1\/turns\/(.+)\/offers$/;
const THREE = ["Which deal?", "Who owns it?", "What is next?"];

/** Ask, have it answered, and open the page anew. */
async function answeredAndReloaded(): Promise<string> {
  let turn = "";
  on.server.onQuery = (_query, sessionId, turnId) => {
    turn = turnId;
    on.server.append(sessionId, begun(turnId));
    on.server.append(sessionId, step(turnId, 0));
    on.server.append(sessionId, ended(turnId));
  };
  await on.start();
  on.client.chat.ask("How is Contoso?");
  await settle();
  on.reload();
  on.client.chat.open("s_1");
  await on.start();
  return turn;
}

function offered(answer: boolean, taken = false) {
  on.server.http.on("GET", OFFERS, (_asking, turnId) => ({
    suggestions: {
      type: "suggestions.offered",
      conversation_id: "s_1",
      at: "",
      turn_id: turnId,
      suggestions: THREE,
    },
    answer: answer
      ? {
          type: "answer.offered",
          conversation_id: "s_1",
          at: "",
          turn_id: turnId,
          cluster_id: "c",
          version: 1,
          text: "Ben does.",
          approved_at: "2026-01-01T00:00:00Z",
          similarity: 0.9,
        }
      : null,
    taken,
  }));
}

function asked(): number {
  return on.server.http.asked.filter(({ path }) => OFFERS.test(path)).length;
}

function suggestions() {
  return on.client.chat.view.get().conversation?.turns.at(-1)?.beside.offered;
}

describe("what was offered beside the newest turn", () => {
  it("is there again after a reload, and is asked for once", async () => {
    offered(true);
    const turnId = await answeredAndReloaded();
    expect(suggestions()).toEqual(THREE);
    expect(on.client.offers.offer.get()).toMatchObject({ turnId, text: "Ben does.", taken: false });
    expect(asked()).toBe(1);
    on.server.drop();
    await settle(2_000);
    on.client.chat.open(null);
    on.client.chat.open("s_1");
    await settle();
    expect(asked()).toBe(1);
  });

  it("was taken, if it was", async () => {
    offered(true, true);
    await answeredAndReloaded();
    expect(on.client.offers.offer.get()?.taken).toBe(true);
  });

  it("stays away once it was put away", async () => {
    offered(true);
    await answeredAndReloaded();
    on.client.offers.dismiss();
    on.reload();
    on.client.chat.open("s_1");
    await on.start();
    expect(suggestions()).toEqual(THREE);
    expect(on.client.offers.offer.get()).toBeNull();
  });

  it("is not asked for in a session that is gone, of which nothing stays", async () => {
    on.server.http.on("GET", OFFERS, () => ({ suggestions: null, answer: null, taken: false }));
    await answeredAndReloaded();
    on.client.chat.open(null);
    on.server.refuse = (command) => refused(command, "conversation_not_found");
    on.client.chat.open("s_1");
    expect(on.questions()).toEqual(["How is Contoso?"]);
    await settle();
    expect(asked()).toBe(1);
    const { conversation, problem } = on.client.chat.view.get();
    expect([conversation, problem?.code]).toEqual([null, "conversation_not_found"]);
    on.client.chat.open(null);
    on.client.chat.open("s_1");
    expect(on.client.chat.view.get().conversation).toBeNull();
  });

  it("is not missed where there is none, or it cannot be had", async () => {
    on.server.http.on("GET", OFFERS, () => ({ suggestions: null, answer: null, taken: false }));
    await answeredAndReloaded();
    expect(suggestions()).toEqual([]);
    on.server.http.on("GET", OFFERS, () => {
      throw refusal("store_unavailable");
    });
    on.reload();
    on.client.chat.open("s_1");
    await on.start();
    expect([suggestions(), asked()]).toEqual([[], 2]);
    expect(on.questions()).toEqual(["How is Contoso?"]);
  });
});
