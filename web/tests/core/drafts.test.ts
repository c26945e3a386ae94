import { describe, expect, it, vi } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { NEW_CHAT } from "../../src/core/drafts";
import { Harness, refusal, settle } from "./harness";
import { roomsOf } from "./roomHarness";

const on = new Harness();
const { entered } = roomsOf(on);
const BEN = { id: "p2", name: "Ben", email: "" };

function stored(): string {
  return JSON.stringify([Object.entries(window.localStorage), Object.entries(window.sessionStorage)]);
}

describe("a draft", () => {
  it("is its conversation's, and is there again after a reload", () => {
    on.client.drafts.set("s_1", "About Contoso");
    on.client.drafts.set("g_1", "To all");
    on.reload();
    expect(on.client.drafts.get("s_1")).toBe("About Contoso");
    expect(on.client.drafts.get("g_1")).toBe("To all");
    expect(on.client.drafts.get("s_2")).toBeUndefined();
  });

  it("written while a new chat was not yet a session goes with it, and not into the next one", async () => {
    on.server.down = true;
    await on.start();
    on.client.chat.ask("First");
    on.client.drafts.set(NEW_CHAT, "and second");
    on.server.down = false;
    on.client.connection.retryNow();
    await settle(2_000);
    expect(on.questions()).toEqual(["First"]);
    expect(on.client.drafts.get("s_1")).toBe("and second");
    expect(on.client.drafts.get(NEW_CHAT)).toBe("");
  });

  it("of a new chat stays that of a new chat when another conversation is opened", async () => {
    await on.start();
    on.client.drafts.set(NEW_CHAT, "begun");
    on.client.chat.open("s_7");
    await settle();
    expect(on.client.drafts.get(NEW_CHAT)).toBe("begun");
    expect(on.client.drafts.get("s_7")).toBeUndefined();
  });

  it("goes with its session when that is deleted, or is no more", async () => {
    await on.start();
    for (const id of ["s_1", "s_2"]) on.client.drafts.set(id, `words of ${id}`);
    await on.client.settings.remove("s_1");
    expect(stored()).not.toContain("words of s_1");
    on.server.refuse = (command) =>
      command.type === "session.update" ? refusal(command, "conversation_not_found") : null;
    on.client.chat.open("s_2");
    await settle();
    expect(stored()).not.toContain("words of s_2");
  });

  it("is nobody else's: signing out and another's signing in erase it", async () => {
    on.client.drafts.set("s_1", "secret words");
    await on.client.signOut();
    expect(stored()).not.toContain("secret words");
    on.auth = new FakeAuth();
    on.reload();
    on.client.drafts.set("s_1", "other secret words");
    on.auth = new FakeAuth(BEN);
    on.reload();
    expect(on.client.drafts.get("s_1")).toBeUndefined();
    expect(stored()).not.toContain("other secret words");
  });

  it("is kept for the fifty newest conversations, for thirty days, and while it fits", () => {
    for (let n = 1; n <= 51; n++) {
      on.client.drafts.set(`s_${n}`, `words ${n}.`);
      vi.advanceTimersByTime(1);
    }
    on.client.drafts.set("s_long", "x".repeat(40_000));
    expect(on.client.drafts.get("s_long")).toHaveLength(40_000);
    on.reload();
    expect(on.client.drafts.get("s_1")).toBeUndefined();
    expect(on.client.drafts.get("s_2")).toBe("words 2.");
    expect(on.client.drafts.get("s_long")).toBeUndefined();
    vi.advanceTimersByTime(31 * 24 * 3_600_000);
    on.reload();
    expect(on.client.drafts.get("s_51")).toBeUndefined();
    expect(window.localStorage).toHaveLength(0);
  });

  it("is held for the page where the device keeps nothing", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    on.client.drafts.set("s_1", "begun");
    expect(on.client.drafts.get("s_1")).toBe("begun");
    vi.restoreAllMocks();
  });

  it("of a room goes when the room is not theirs any more", async () => {
    const rooms = await entered();
    rooms.drafts.set("g_1", "to the room");
    expect(stored()).toContain("to the room");
    on.client.drafts.set("g_9", "to nobody");
    on.server.rooms.refuse = (command) =>
      command.type === "group.open" ? refusal(command, "conversation_not_found") : null;
    rooms.open("g_9");
    await settle(1);
    expect(rooms.chat.view.get().problem?.code).toBe("conversation_not_found");
    expect(stored()).not.toContain("to nobody");
    expect(stored()).toContain("to the room");
    rooms.signOut();
  });
});

describe("a question that did not get through", () => {
  it("is offered again after a reload and, sent again, is the same question", async () => {
    await on.start();
    on.server.refuse = (command) => (command.type === "query" ? refusal(command, "queue_full") : null);
    on.client.chat.ask("One more");
    await settle();
    on.server.refuse = () => null;
    on.reload();
    on.client.chat.open("s_1");
    await on.start();
    expect(on.outbox()).toMatchObject([
      { text: "One more", state: "failed", problem: { code: "queue_full" } },
    ]);
    expect(on.sent("query")).toHaveLength(1);
    on.client.chat.retry(on.outbox()[0]?.clientMessageId ?? "");
    await settle();
    const ids = on.sent("query").map(({ client_message_id: id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(on.questions()).toEqual(["One more"]);
  });

  it("is sent by nobody else who signs in to the same tab", async () => {
    on.server.down = true;
    on.client.chat.ask("Ada's own words");
    on.server.down = false;
    on.auth = new FakeAuth(BEN);
    on.reload();
    await on.start();
    expect(on.outbox()).toEqual([]);
    expect(on.sent("query")).toEqual([]);
    expect(stored()).not.toContain("Ada's own words");
  });
});
