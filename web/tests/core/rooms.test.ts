import { describe, expect, it } from "vitest";
import { BEN } from "../../dev/fake-rooms";
import { ADA, asked } from "../../dev/said";
import type { Rooms } from "../../src/core/rooms";
import type { Command } from "../../src/protocol/generated";
import { Harness, refusal, settle } from "./harness";
import { roomsOf } from "./roomHarness";
import { lines } from "./roomFrames";

const harness = new Harness();

const { started, entered } = roomsOf(harness);

function says(text: string, fields: Parameters<typeof asked>[2] = {}) {
  const id = `b${text.length}${text.slice(0, 3)}`;
  return asked(id, text, { actor: BEN, author: BEN, turn_id: null, ...fields });
}

const HELLO = { text: "Hello", mentions: [], replyTo: null, to: [] } as const;

function shown(rooms: Rooms): string[] {
  const { room } = rooms.chat.view.get();
  return room ? lines(room) : [];
}

describe("the list of rooms", () => {
  it("costs who has none no connection", async () => {
    const rooms = await started();
    expect(rooms.list.get()).toMatchObject({ rooms: [], loaded: true });
    expect(harness.server.rooms.listeners.size).toBe(0);
  });

  it("shows what is unread, live, in rooms that are not open, and stops at what was read", async () => {
    const server = harness.server.rooms;
    server.begin("g_1", "Contoso", { unread: 1, counted_seq: 1 });
    server.append("g_1", says("@Ada", { mentions: [ADA.id] }), { publish: false });
    const rooms = await started();
    expect(rooms.badges.get().get("g_1")).toEqual({ unread: 1, mentions: 1 });
    server.append("g_1", says("and more"));
    expect(rooms.badges.get().get("g_1")).toEqual({ unread: 2, mentions: 1 });
    server.send({ type: "read.updated", conversation_id: "g_1", at: "", seq: 2, unread: 0, through_seq: 2 });
    expect(rooms.badges.get().get("g_1")).toEqual({ unread: 0, mentions: 0 });
    const [watch] = server.sent("group.open");
    expect(watch).toMatchObject({ capabilities: [], after: Number.MAX_SAFE_INTEGER });
  });

  it("listens again on a new connection, and to a room that was just joined", async () => {
    const server = harness.server.rooms;
    server.begin("g_1", "Contoso");
    await started();
    server.drop();
    await settle(10_000);
    expect(server.sent("group.open")).toHaveLength(2);
    server.begin("g_2", "Fabrikam");
    harness.server.send({ type: "list.updated", conversation_id: "g_2", at: "", change: "created" });
    await settle(300);
    expect(server.sent("group.open").at(-1)).toMatchObject({ group_id: "g_2" });
  });

  it("has invitations, which are accepted or declined", async () => {
    const server = harness.server.rooms;
    const line = {
      title: "Contoso",
      role: "member",
      invited: true,
      invitedBy: "Ben",
      unread: 0,
      seq: 1,
      readSeq: 0,
    } as const;
    server.page = {
      rooms: [
        { ...line, groupId: "g_1" },
        { ...line, groupId: "g_2" },
      ],
      more: false,
    };
    const rooms = await started();
    expect(server.listeners.size).toBe(0);
    await rooms.accept("g_1");
    await rooms.decline("g_2");
    expect(server.decided).toEqual([
      ["g_1", "accepted"],
      ["g_2", "declined"],
    ]);
    expect(rooms.list.get().rooms).toMatchObject([{ groupId: "g_1", invited: false }]);
    expect(server.listeners.size).toBe(1);
  });
});

describe("an open room", () => {
  it("shows what was said, all of it, and what is said now", async () => {
    const server = harness.server.rooms;
    server.begin("g_1", "Contoso");
    for (const text of ["one", "two!", "three"]) server.append("g_1", says(text), { publish: false });
    server.limit = 2;
    const rooms = await started();
    rooms.open("g_1");
    await settle(1);
    server.append("g_1", says("now..."));
    expect(shown(rooms)).toEqual(["one", "two!", "three", "now..."].map((text) => `Ben Okafor: ${text}`));
  });

  it("asks for what did not arrive", async () => {
    const rooms = await entered();
    harness.server.rooms.append("g_1", says("lost"), { publish: false });
    harness.server.rooms.append("g_1", says("heard"));
    expect(shown(rooms)).toEqual([]);
    await settle(400);
    expect(shown(rooms)).toEqual(["Ben Okafor: lost", "Ben Okafor: heard"]);
  });

  it("goes on over a new connection where it was", async () => {
    const rooms = await entered();
    const server = harness.server.rooms;
    server.append("g_1", says("before"));
    server.drop();
    server.append("g_1", says("meanwhile"), { publish: false });
    await settle(10_000);
    expect(server.sent("group.open").findLast(({ group_id: id }) => id === "g_1")).toMatchObject({
      after: 1,
    });
    expect(shown(rooms)).toEqual(["Ben Okafor: before", "Ben Okafor: meanwhile"]);
  });

  it("misses nothing when it is left and entered again before the server answers", async () => {
    const rooms = await entered();
    const server = harness.server.rooms;
    server.append("g_1", says("before"));
    rooms.open("g_2");
    server.append("g_1", says("unheard"), { publish: false });
    rooms.open("g_1");
    await settle(1);
    expect(shown(rooms)).toEqual(["Ben Okafor: before", "Ben Okafor: unheard"]);
    expect(rooms.chat.view.get().groupId).toBe("g_1");
  });

  it("says so when one does not belong to it any more", async () => {
    const rooms = await entered();
    harness.server.rooms.refuse = (command) =>
      command.type === "group.open" ? refusal(command, "conversation_not_found") : null;
    harness.server.send({ type: "list.updated", conversation_id: "g_1", at: "", change: "deleted" });
    await settle(300);
    expect(rooms.chat.view.get()).toMatchObject({ room: null, problem: { code: "conversation_not_found" } });
  });

  it("renews a sign-in the server no longer takes", async () => {
    harness.server.rooms.begin("g_1", "Contoso");
    const rooms = await started();
    let stale = true;
    harness.server.rooms.refuse = (command: Command) => {
      if (command.type === "session.update") stale = false;
      return stale ? refusal(command, "sign_in_stale") : null;
    };
    rooms.open("g_1");
    await settle(1);
    expect(harness.server.rooms.sent("session.update")).toMatchObject([{ session_id: "g_1" }]);
    expect(rooms.chat.view.get()).toMatchObject({ problem: null, room: { groupId: "g_1" } });
  });
});

describe("what a person says", () => {
  it("is sent with all that belongs to it, once", async () => {
    const rooms = await entered();
    rooms.chat.say({ text: "@Ben Okafor psst", mentions: ["p2"], replyTo: "t_x.q", to: ["p2"] });
    await settle();
    const [message] = harness.server.rooms.sent("group.message");
    expect(message).toMatchObject({ mentions: ["p2"], to: ["p2"], reply_to: "t_x.q", group_id: "g_1" });
    expect(message?.command_id).toBe(message?.client_message_id);
    expect(rooms.chat.sending.outbox.entries.get()).toEqual([]);
    expect(shown(rooms)).toEqual(["Ada Lovelace: @Ben Okafor psst"]);
  });

  it("is sent again over a new connection, under the same id", async () => {
    const rooms = await entered();
    harness.server.rooms.silent = true;
    rooms.chat.say(HELLO);
    await settle(100);
    harness.server.rooms.silent = false;
    harness.server.rooms.drop();
    await settle(10_000);
    const ids = harness.server.rooms.sent("group.message").map(({ client_message_id: id }) => id);
    expect(new Set(ids).size).toBe(1);
    expect(ids.length).toBeGreaterThan(1);
    expect(shown(rooms)).toEqual(["Ada Lovelace: Hello"]);
  });

  it("stays on the page when it is refused, to be sent again or thrown away", async () => {
    const rooms = await entered();
    const { outbox } = rooms.chat.sending;
    harness.server.rooms.refuse = (command) =>
      command.type === "group.message" ? refusal(command, "member_not_found") : null;
    rooms.chat.say(HELLO);
    await settle();
    const [entry] = outbox.entries.get();
    expect(entry).toMatchObject({ text: "Hello", state: "failed", problem: { code: "member_not_found" } });
    harness.server.rooms.refuse = () => null;
    rooms.chat.retry(entry?.clientMessageId ?? "");
    await settle();
    expect(shown(rooms)).toEqual(["Ada Lovelace: Hello"]);
    expect(outbox.entries.get()).toEqual([]);
  });
});
