import { describe, expect, it } from "vitest";
import { Harness, refusal, settle } from "./harness";
import { roomsOf } from "./roomHarness";

const harness = new Harness();

const { entered } = roomsOf(harness);

describe("the end of a person's part in a room", () => {
  const NOT_FOUND = "conversation_not_found";
  const gone = () => {
    harness.server.rooms.refuse = (command) =>
      command.type === "group.open" && command.group_id === "g_1" ? refusal(command, NOT_FOUND) : null;
    harness.server.send({ type: "list.updated", conversation_id: "g_1", at: "", change: "deleted" });
  };
  const failures = () => {
    const told: string[] = [];
    harness.client.chat.problems.on(({ code }) => told.push(code));
    return told;
  };

  it("is no failure of an opening that nobody waits for any more", async () => {
    const rooms = await entered();
    const told = failures();
    harness.server.rooms.silent = true;
    gone();
    rooms.open(null);
    await settle();
    for (const command of harness.server.rooms.sent("group.open"))
      harness.server.rooms.send(refusal(command, NOT_FOUND));
    expect(told).toEqual([]);
  });

  it("leaves the room as it is until it is told, and then nothing of it", async () => {
    const rooms = await entered();
    const told = failures();
    rooms.drafts.set("g_1", "begun");
    const ended = rooms.end("g_1", async () => {
      gone();
      await settle();
      expect(rooms.chat.view.get()).toMatchObject({ groupId: "g_1", problem: null });
      expect(rooms.chat.view.get().room).not.toBeNull();
      return true;
    });
    expect(await ended).toBe(true);
    expect(rooms.chat.view.get()).toMatchObject({ groupId: "g_1", room: null, problem: null });
    expect([rooms.drafts.get("g_1"), told]).toEqual(["", []]);
  });

  it("is looked at anew where it failed", async () => {
    const rooms = await entered();
    const ended = rooms.end("g_1", async () => {
      gone();
      await settle();
      return false;
    });
    expect(await ended).toBe(false);
    await settle();
    expect(rooms.chat.view.get().problem?.code).toBe(NOT_FOUND);
  });
});
