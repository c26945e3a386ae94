import { describe, expect, it } from "vitest";
import type { Rooms } from "../../src/core/rooms";
import { Harness, settle } from "./harness";
import { roomsOf } from "./roomHarness";

const on = new Harness();
const { entered } = roomsOf(on);

/** The device says that its network is gone; the socket lives through it. */
async function goOffline(): Promise<void> {
  window.dispatchEvent(new Event("offline"));
  await settle();
}

/** Time for the next sign of life. */
async function comeBack(): Promise<void> {
  await settle(3_100);
}

function say(rooms: Rooms, text: string): void {
  rooms.chat.say({ text, mentions: [], replyTo: null, to: [] });
}

describe("while the network is gone for so short that the socket survives", () => {
  it("a question waits no longer than that, and is not overtaken", async () => {
    await on.start();
    await goOffline();
    expect(on.client.connection.status.get().state).toBe("offline");
    on.client.chat.ask("First");
    await comeBack();
    expect(on.client.connection.status.get().state).toBe("connected");
    on.client.chat.ask("Second");
    await settle();
    expect(on.questions()).toEqual(["First", "Second"]);
    expect(on.outbox()).toEqual([]);
  });

  it("a session can be opened", async () => {
    await on.start();
    on.client.chat.ask("Hello");
    await settle();
    await goOffline();
    on.client.chat.open("s_7");
    await comeBack();
    expect(on.client.chat.view.get().conversation).toMatchObject({ sessionId: "s_7", folded: true });
  });

  it("what is said to a room waits no longer than that, and is not overtaken", async () => {
    const rooms = await entered();
    await goOffline();
    expect(rooms.connection.status.get().state).toBe("offline");
    say(rooms, "First");
    await comeBack();
    say(rooms, "Second");
    await settle();
    const said = on.server.rooms.sent("group.message").map(({ content }) => content);
    expect(said).toEqual(["First", "Second"]);
    expect(rooms.chat.sending.outbox.entries.get()).toEqual([]);
  });

  it("a room can be entered, and how far it was read is told", async () => {
    const rooms = await entered();
    await goOffline();
    rooms.chat.signs.read(3);
    rooms.open("g_2");
    await comeBack();
    expect(rooms.chat.view.get().room).toMatchObject({ groupId: "g_2" });
    expect(on.server.rooms.sent("read")).toMatchObject([{ conversation_id: "g_1", seq: 3 }]);
  });
});

describe("what could not go out while the socket was being recovered", () => {
  it("goes out in its order as soon as it is heard again, what is no message included", async () => {
    const rooms = await entered();
    const before = on.server.rooms.received.length;
    on.server.rooms.deaf = true;
    await goOffline();
    say(rooms, "First");
    await settle(1_500);
    rooms.chat.deeds.react("m_1", "👍", true);
    say(rooms, "Second");
    await settle(1_400);
    on.server.rooms.deaf = false;
    await comeBack();
    const sent = on.server.rooms.received.slice(before);
    expect(sent.flatMap((command) => ("content" in command ? [command.content] : []))).toEqual([
      "First",
      "Second",
    ]);
    expect(sent.some(({ type }) => type === "reaction.set")).toBe(true);
    expect(rooms.chat.sending.outbox.entries.get()).toEqual([]);
  });

  it("is not overtaken by what is written once it works, whatever was shown meanwhile", async () => {
    await on.start();
    on.client.chat.ask("Opening");
    await settle();
    on.server.deaf = true;
    on.client.chat.ask("First");
    await settle(2_000);
    on.server.deaf = false;
    on.client.chat.ask("Second");
    await settle();
    expect(on.questions()).toEqual(["Opening", "First", "Second"]);
  });
});
