import { describe, expect, it } from "vitest";
import { Harness, refusal, settle } from "./harness";
import { roomsOf } from "./roomHarness";

const harness = new Harness();
const { entered } = roomsOf(harness);

describe("signs of life", () => {
  it("tell of typing every three seconds at most, and when it ends", async () => {
    const { chat } = await entered();
    const sent = () => harness.server.rooms.sent("typing").map(({ on }) => on);
    chat.signs.types(false);
    chat.signs.types(false);
    await settle(2_999);
    chat.signs.types(false);
    expect(sent()).toEqual([true]);
    await settle(1);
    chat.signs.types(false);
    chat.signs.types(true);
    expect(sent()).toEqual([true, true, false]);
    chat.signs.types(true);
    expect(sent()).toHaveLength(3);
  });

  it("tell that one is here every 20 seconds, and that one went", async () => {
    const rooms = await entered();
    await settle(40_000);
    rooms.open("g_2");
    const states = harness.server.rooms
      .sent("presence")
      .filter(({ conversation_id: id }) => id === "g_1")
      .map(({ state }) => state);
    expect(states).toEqual(["here", "here", "here", "away"]);
  });

  it("move the mark on, never back, and are no problem when they are refused", async () => {
    const { chat } = await entered();
    const problems: unknown[] = [];
    harness.client.chat.problems.on((problem) => problems.push(problem));
    harness.server.rooms.refuse = (command) =>
      command.type === "read" ? refusal(command, "rate_limited") : null;
    for (const seq of [3, 2, 3, 4]) chat.signs.read(seq);
    await settle();
    expect(harness.server.rooms.sent("read").map(({ seq }) => seq)).toEqual([3, 4]);
    expect(problems).toEqual([]);
  });
});

describe("what a person does with a message", () => {
  it("goes up under an id of its own, and a refusal is told", async () => {
    const { chat } = await entered();
    const problems: unknown[] = [];
    harness.client.chat.problems.on((problem) => problems.push(problem));
    chat.deeds.react("t_1.q", "👍", true);
    chat.deeds.react("t_1.q", "👍", false);
    chat.deeds.takeBack("t_1.q");
    chat.deeds.share("t_2.0");
    chat.requests.turns.stop("t_2");
    await settle();
    expect(harness.server.rooms.sent("reaction.set")).toMatchObject([{ emoji: "👍", on: true }]);
    expect(harness.server.rooms.sent("message.delete")).toMatchObject([{ message_id: "t_1.q" }]);
    expect(harness.server.rooms.sent("message.share")).toMatchObject([{ message_id: "t_2.0" }]);
    expect(harness.server.rooms.sent("turn.stop")).toMatchObject([
      { conversation_id: "g_1", turn_id: "t_2" },
    ]);
    await settle();
    harness.server.rooms.refuse = (command) => refusal(command, "forbidden");
    chat.deeds.takeBack("t_1.q");
    await settle();
    expect(problems).toMatchObject([{ code: "forbidden" }]);
    chat.deeds.edit("t_1.q", "other words");
    await settle();
    expect(problems).toHaveLength(1);
    expect(chat.deeds.fates.get().get("edit t_1.q")).toMatchObject({ state: "failed" });
  });
});
