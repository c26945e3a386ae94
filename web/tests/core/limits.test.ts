import { describe, expect, it } from "vitest";
import { messageEdit, query } from "../../src/core/commands";
import { excessOf, isTooLarge } from "../../src/core/limits";
import { groupMessage } from "../../src/core/roomCommands";
import { LIMITS } from "../../src/protocol/generated";
import { Harness, settle } from "./harness";
import { roomsOf } from "./roomHarness";

const on = new Harness();
const { entered } = roomsOf(on);
const LONG_ID = "i".repeat(100);
const MANY = Array.from({ length: 50 }, () => LONG_ID);
const LINES = Array.from({ length: 5_000 }, (_, n) => `line ${n}: something about deal ${n}`).join("\n");

describe("what can be said in one message", () => {
  it("is counted in characters as people and the server do, without the blanks around", () => {
    const most = LIMITS.content_characters;
    expect(excessOf(` ${"x".repeat(most)} `)).toBeNull();
    expect(excessOf("x".repeat(most + 1))).toEqual({ count: most + 1, most });
    expect(excessOf("👍".repeat(10_000))).toBeNull();
  });

  it.each(["👍", "語", "\n", "\u0001", '"'])("never makes a command too large: %j", (sign) => {
    const said = excessOf(sign === "\n" ? `x${"\n".repeat(70_000)}x` : sign.repeat(70_000));
    const text = sign.repeat(said?.most ?? 0);
    expect(said?.most).toBeGreaterThan(8_000);
    expect(excessOf(sign === "\n" ? `x${text.slice(2)}x` : text)).toBeNull();
    const asking = { id: LONG_ID, sessionId: LONG_ID, text };
    expect(isTooLarge(query(asking, true))).toBe(false);
    expect(isTooLarge(messageEdit(asking, LONG_ID))).toBe(false);
  });

  it("leaves room for the people it names", () => {
    const text = "語".repeat(excessOf("語".repeat(32_000), 101)?.most ?? 0);
    expect(excessOf(text, 101)).toBeNull();
    const wish = { text, mentions: MANY, to: MANY, replyTo: LONG_ID };
    expect(isTooLarge(groupMessage(LONG_ID, LONG_ID, wish))).toBe(false);
  });
});

describe("what is too large for the wire", () => {
  it("is not sent, and not tried again after a reload", async () => {
    await on.start();
    on.client.chat.ask("Hello");
    await settle();
    on.client.chat.ask(LINES);
    await settle();
    expect(on.outbox()).toMatchObject([{ state: "failed", problem: { code: "frame_too_large" } }]);
    on.reload();
    on.client.chat.open("s_1");
    await on.start();
    expect(on.outbox()).toMatchObject([{ text: LINES, state: "failed" }]);
    expect(on.sent("query")).toHaveLength(1);
  });

  it("left in the outbox by an older page does not keep back what comes after it", async () => {
    const left = { sessionId: "s_1", state: "sending", problem: null };
    const entries = [
      { ...left, clientMessageId: "m1", text: LINES },
      { ...left, clientMessageId: "m2", text: "short" },
    ];
    window.sessionStorage.setItem("salescoach.outbox", JSON.stringify(entries));
    on.reload();
    on.client.chat.open("s_1");
    await on.start();
    expect(on.sent("query").map(({ content }) => content)).toEqual(["short"]);
    expect(on.outbox()).toMatchObject([{ clientMessageId: "m1", state: "failed" }]);
  });

  it("is not said to a room either, nor an edit, nor a note", async () => {
    const rooms = await entered();
    const before = on.server.rooms.received.length;
    rooms.chat.say({ text: LINES, mentions: [], replyTo: null, to: [] });
    rooms.chat.deeds.edit("m_1", LINES);
    rooms.chat.requests.record({ message_id: "m_2", vote: "down", note: LINES });
    await settle();
    expect(on.server.rooms.received).toHaveLength(before);
    const code = { code: "frame_too_large", retryable: false };
    expect(rooms.chat.sending.outbox.entries.get()).toMatchObject([{ state: "failed", problem: code }]);
    expect(rooms.chat.deeds.fates.get().get("edit m_1")).toMatchObject({ state: "failed", problem: code });
    expect(rooms.chat.requests.feedback.fates.get().get("m_2")).toMatchObject({ problem: code });
  });
});
