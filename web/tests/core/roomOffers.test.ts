import { describe, expect, it } from "vitest";
import { TO_ALL } from "../../dev/said";
import { receiveInRoom } from "../../src/core/roomFold";
import { openOffers, withoutOffer } from "../../src/core/roomOffers";
import type { Room } from "../../src/core/roomState";
import { steerOf, timeline } from "../../src/core/steering";
import type { ServerEvent, SteerOffered } from "../../src/protocol/generated";
import { Harness, refusal, settle } from "./harness";
import { foldRoom, openedRoom, roomSnapshot, STEERED } from "./roomFrames";
import { roomsOf } from "./roomHarness";

const BEN = { kind: "person", id: "p2", name: "Ben Okafor" } as const;
const BY_BEN: SteerOffered = {
  type: "steer.offered",
  conversation_id: "g_1",
  at: "",
  turn_id: "t_2",
  message_id: "t_2.q",
  author: BEN,
  steers: "t_1",
};
const BY_CHI: SteerOffered = {
  ...BY_BEN,
  turn_id: "t_3",
  message_id: "t_3.q",
  author: { kind: "person", id: "p3", name: "Chi Nguyen" },
};

/** As far as both wait, the first is taken, both are, the answer has read one, it is over, the other runs. */
const WAITING = STEERED.slice(0, 9);
const ONE_TAKEN = STEERED.slice(0, 10);
const BOTH_TAKEN = STEERED.slice(0, 11);
const READ = STEERED.slice(0, 12);

const harness = new Harness();

function places(room: Room): [string, string, number][] {
  return room.conversation.turns.map(({ turnId, phase, position }) => [turnId, phase, position]);
}

function steers(room: Room): [string, number | null][] {
  const [first] = room.conversation.turns;
  return first?.steers.map(({ turnId, usedBy }) => [turnId, usedBy]) ?? [];
}

describe("a question that is taken into a running answer", () => {
  it("leaves the line, in which the others move up", () => {
    expect(places(foldRoom(WAITING))).toEqual([
      ["t_1", "running", 0],
      ["t_2", "queued", 1],
      ["t_3", "queued", 2],
    ]);
    const one = foldRoom(ONE_TAKEN);
    expect(places(one)).toEqual([
      ["t_1", "running", 0],
      ["t_3", "queued", 1],
    ]);
    expect(steers(one)).toEqual([["t_2", null]]);
    expect(places(foldRoom(BOTH_TAKEN))).toEqual([["t_1", "running", 0]]);
  });

  it("is known by its message, and read where the answer says so", () => {
    const room = foldRoom(READ);
    const { turns } = room.conversation;
    expect(steerOf(turns, "t_2.q")).toMatchObject({ usedBy: 0, question: { author: BEN } });
    expect(steerOf(turns, "t_3.q")).toMatchObject({ usedBy: null });
    expect(steerOf(turns, "t_1.q")).toBeNull();
    expect(turns[0] && timeline(turns[0]).map(({ kind }) => kind)).toEqual(["steer", "steer", "step"]);
  });

  it("waits again or begins as its author's when it was not read in time", () => {
    const room = foldRoom(STEERED);
    expect(places(room)).toEqual([
      ["t_1", "ended", 0],
      ["t_3", "running", 0],
    ]);
    expect(room.conversation.turns[1]?.question).toMatchObject({ text: "@coach also look at Northwind" });
    expect(steers(room)).toEqual([["t_2", 0]]);
    const queued = { ...STEERED[6], turn_id: "t_3", position: 1, seq: 13 } as (typeof STEERED)[number];
    expect(places(foldRoom([...READ, queued]))).toEqual([
      ["t_1", "running", 0],
      ["t_3", "queued", 1],
    ]);
  });

  it("is the same from a snapshot, and in whatever order it is told", () => {
    const expected = foldRoom(STEERED);
    const shuffled = [...STEERED.slice(0, 8), ...STEERED.slice(8, 12).reverse(), ...STEERED.slice(12)];
    expect(foldRoom(shuffled)).toEqual(expected);
    const all = roomSnapshot({ events: [...STEERED], through_seq: STEERED.length });
    expect(receiveInRoom(openedRoom(), all).conversation.turns).toEqual(expected.conversation.turns);
  });

  it("takes its words along when it is taken back", () => {
    const deleted: ServerEvent = {
      type: "message.deleted",
      conversation_id: "g_1",
      at: "",
      seq: 13,
      actor: BEN,
      audience: null,
      others_see: "nothing",
      message_id: "t_2.q",
    };
    expect(JSON.stringify(foldRoom([...READ, deleted]))).not.toContain("look at Fabrikam");
  });
});

describe("an offer", () => {
  it("stands as long as it can be taken", () => {
    const shown = (events: readonly ServerEvent[]) =>
      openOffers(foldRoom(events)).map(({ turnId, text }) => [turnId, text]);
    expect(shown([...WAITING, BY_BEN])).toEqual([["t_2", "@coach also look at Fabrikam"]]);
    expect(shown([...WAITING, BY_BEN, BY_CHI, BY_CHI]).map(([turnId]) => turnId)).toEqual(["t_2", "t_3"]);
    // It may come before the message does.
    expect(shown([...STEERED.slice(0, 5), BY_BEN])).toEqual([]);
    expect(shown([...STEERED.slice(0, 5), BY_BEN, ...STEERED.slice(5, 9)])).toHaveLength(1);
    expect(shown([...ONE_TAKEN, BY_BEN, BY_CHI]).map(([turnId]) => turnId)).toEqual(["t_3"]);
    const stopping = { type: "turn.stopping", turn_id: "t_1", actor: BEN, seq: 10, ...TO_ALL } as const;
    expect(shown([...WAITING, BY_BEN, { ...stopping, conversation_id: "g_1", at: "" }])).toEqual([]);
    expect(shown([...STEERED, BY_BEN, BY_CHI])).toEqual([]);
  });

  it("goes when the reader leaves it in line, and with the turn it was for", () => {
    const both = foldRoom([...WAITING, BY_BEN, BY_CHI]);
    expect(openOffers(withoutOffer(both, "t_2")).map(({ turnId }) => turnId)).toEqual(["t_3"]);
    const later = receiveInRoom(both, { ...BY_BEN, turn_id: "t_5", steers: "t_4" });
    expect(later.offers.map(({ turnId }) => turnId)).toEqual(["t_5"]);
  });
});

describe("the way up", () => {
  const { entered } = roomsOf(harness);

  it("takes an offer once, however often it is said, and over a new connection", async () => {
    const rooms = await entered();
    const server = harness.server.rooms;
    server.silent = true;
    rooms.chat.deeds.take("t_2");
    rooms.chat.deeds.take("t_2");
    await settle(100);
    expect(server.sent("steer.take")).toMatchObject([{ conversation_id: "g_1", turn_id: "t_2" }]);
    server.silent = false;
    server.drop();
    await settle(10_000);
    const ids = server.sent("steer.take").map(({ command_id: id }) => id);
    expect([ids.length > 1, new Set(ids).size]).toEqual([true, 1]);
  });

  it("tells why it could not be taken", async () => {
    const rooms = await entered();
    const problems: string[] = [];
    harness.client.chat.problems.on(({ code }) => problems.push(code));
    harness.server.rooms.refuse = (command) =>
      command.type === "steer.take" ? refusal(command, "turn_not_found") : null;
    rooms.chat.deeds.take("t_2");
    await settle();
    expect(problems).toEqual(["turn_not_found"]);
  });

  it("shows what the server has to say of what one just did", async () => {
    await entered();
    const heard: string[] = [];
    harness.client.chat.warnings.on(({ message }) => heard.push(message));
    const message = "The coach is not asked by an edit.";
    harness.server.rooms.send({
      type: "notice",
      conversation_id: "g_1",
      at: "",
      message,
      message_id: "t_2.q",
    });
    expect(heard).toEqual([message]);
  });

  it("says where the person is, as sessions do", async () => {
    await entered();
    const opened = harness.server.rooms.sent("group.open").at(-1);
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(opened).toMatchObject({ group_id: "g_1", capabilities: ["streaming", "suggestions"], time_zone });
  });
});
