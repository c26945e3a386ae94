import { describe, expect, it } from "vitest";
import { beginRoomRecovery, receiveInRoom, roomHasGap } from "../../src/core/roomFold";
import { emptyRoom, mayStop, mayWrite, quoteOf } from "../../src/core/roomState";
import type { Participant } from "../../src/protocol/generated";
import { FOR_BEN, FOR_CHI, foldRoom, info, lines, LOG, openedRoom, roomSnapshot } from "./roomFrames";

const BEN: Participant = { kind: "person", id: "p2", name: "Ben Okafor" };

describe("a room", () => {
  it("is what its log says, one entry after the other", () => {
    const room = foldRoom(LOG);
    expect(lines(room)).toEqual([
      "joined Ada Winter",
      "title Contoso",
      "joined Ben Okafor",
      "invited Chi Nguyen",
      "Ben Okafor: @Ada Winter what do they pay?",
      "Ada Winter: Twelve per seat.",
      "Ben Okafor: @coach which discount is usual?",
      "Coach answers t_3",
      "Ada Winter: @coach and for two years?",
      "Coach answers t_4",
      "Ben Okafor: Between us: they sign for twelve.",
      "Ada Winter: What is my quota?",
      "Coach answers t_6",
      "Coach for Ada Winter: Two million.",
      "Ben Okafor: (gone)",
      "joined Chi Nguyen",
      "role Chi Nguyen",
      "removed Chi Nguyen",
    ]);
    expect(room.conversation).toMatchObject({ title: "Contoso", lastSeq: LOG.length, early: [] });
    expect(room.ahead).toEqual([]);
  });

  it("is the same in whatever order its events arrive, and however often", () => {
    const expected = foldRoom(LOG);
    for (let first = 0; first + 4 <= LOG.length; first += 3) {
      const shuffled = [...LOG.slice(first, first + 4)].reverse();
      const order = [...LOG.slice(0, first), ...shuffled, ...LOG.slice(first + 2)];
      expect(foldRoom(order)).toEqual(expected);
    }
    for (const event of LOG) expect(receiveInRoom(expected, event)).toBe(expected);
  });

  it("is the same from a snapshot, from two, and from a new connection in the middle", () => {
    const expected = foldRoom(LOG);
    const all = roomSnapshot({ events: [...LOG], through_seq: LOG.length });
    const told = { members: expected.members, epoch: expected.epoch, role: expected.role };
    const whole = receiveInRoom(emptyRoom("g_1", "p1"), all);
    expect({ ...whole, ...told, conversation: expected.conversation }).toEqual(expected);
    expect(whole.conversation.turns).toEqual(expected.conversation.turns);

    const half = roomSnapshot({ events: LOG.slice(0, 12), through_seq: 12, more: true });
    const rest = roomSnapshot({ events: LOG.slice(12), from_seq: 13, through_seq: LOG.length, group: null });
    const twice = foldRoom([half, rest], emptyRoom("g_1", "p1"));
    expect(twice.entries).toEqual(expected.entries);
    expect(twice.conversation.folded).toBe(true);

    const again = beginRoomRecovery(foldRoom(LOG.slice(0, 9)));
    const live = foldRoom(LOG.slice(20), again);
    expect(live.entries).toHaveLength(7);
    const missing = roomSnapshot({ events: LOG.slice(9, 20), from_seq: 10, through_seq: 20 });
    expect(receiveInRoom(live, missing).entries).toEqual(expected.entries);
  });

  it("holds what is early, and knows that something is missing", () => {
    const held = foldRoom([...LOG.slice(0, 4), ...LOG.slice(5, 7)]);
    expect(roomHasGap(held)).toBe(true);
    expect(held.entries).toHaveLength(4);
    const filled = foldRoom(LOG.slice(4, 5), held);
    expect(roomHasGap(filled)).toBe(false);
    expect(lines(filled).slice(4)).toEqual([
      "Ben Okafor: @Ada Winter what do they pay?",
      "Ada Winter: Eleven per seat.",
    ]);
  });
});

describe("what is narrow", () => {
  it("is in nobody's room but theirs, and nobody's numbers have a gap", () => {
    const ben = foldRoom(FOR_BEN, openedRoom("p2"));
    const chi = foldRoom(FOR_CHI, openedRoom("p3"));
    expect(ben.conversation.lastSeq).toBe(LOG.length);
    expect(chi.conversation.lastSeq).toBe(LOG.length);
    expect(lines(ben)).toContain("Ben Okafor: Between us: they sign for twelve.");
    expect(JSON.stringify(chi)).not.toContain("Between us");
    const before = foldRoom(FOR_BEN.slice(0, 21), openedRoom("p2"));
    expect(JSON.stringify(before)).not.toMatch(/quota|Two million/);
    expect(before.hidden).toEqual(new Set(["t_6"]));
  });

  it("is marked as such for those who see it", () => {
    const room = foldRoom(LOG);
    const whisper = room.entries.find(
      (entry) => entry.kind === "message" && entry.text.startsWith("Between"),
    );
    expect(whisper).toMatchObject({ audience: ["p2", "p1"] });
    expect([...room.privateTo]).toEqual([["t_6.0", ["p1"]]]);
    expect(room.hidden.size).toBe(0);
  });
});

describe("messages", () => {
  it("are no questions unless the coach is to answer them", () => {
    const { turns } = foldRoom(LOG).conversation;
    expect(turns.map(({ turnId, phase }) => [turnId, phase])).toEqual([
      ["t_3", "ended"],
      ["t_4", "ended"],
      ["t_6", "ended"],
    ]);
    expect(foldRoom(LOG.slice(0, 6)).conversation.turns).toEqual([]);
  });

  it("wait in the coach's line where it is busy", () => {
    const turns = foldRoom(LOG.slice(0, 12)).conversation.turns;
    expect(turns.map(({ phase, position }) => [phase, position])).toEqual([
      ["running", 0],
      ["queued", 1],
    ]);
  });

  it("are edited, and taken back with every word", () => {
    const room = foldRoom(LOG);
    expect(room.entries[5]).toMatchObject({ text: "Twelve per seat.", edited: true, replyTo: "t_1.q" });
    expect(quoteOf(room, "t_1.q")).toMatchObject({ author: BEN, text: "@Ada Winter what do they pay?" });
    expect(quoteOf(room, "t_3.0")).toMatchObject({ text: "Ten percent." });
    const gone = foldRoom([...LOG, { ...LOG[23], message_id: "t_3.q", seq: 30 } as (typeof LOG)[number]]);
    expect(JSON.stringify(gone)).not.toMatch(/wrong room|which discount/);
    expect(quoteOf(gone, "t_7.q")).toMatchObject({ text: "" });
  });

  it("carry the reactions that stand", () => {
    expect(foldRoom(LOG.slice(0, 7)).reactions.get("t_2.q")).toMatchObject([{ emoji: "👍", people: [BEN] }]);
    expect(foldRoom(LOG).reactions.get("t_2.q")).toMatchObject([{ emoji: "👍", people: [{ id: "p1" }] }]);
    const none = { ...LOG[27], actor: { ...BEN, id: "p1" }, seq: 30 } as (typeof LOG)[number];
    expect(foldRoom([...LOG, none]).reactions.get("t_2.q")).toEqual([]);
  });
});

describe("members", () => {
  it("come and go by epoch", () => {
    const then = foldRoom(LOG.slice(0, 26));
    expect(then.members.get("p3")).toEqual({ id: "p3", name: "Chi Nguyen", role: "member", invited: false });
    expect(foldRoom(LOG.slice(0, 4)).members.get("p3")).toMatchObject({ invited: true, role: "observer" });
    expect([...foldRoom(LOG).members.keys()]).toEqual(["p1", "p2"]);
  });

  it("are as the newest snapshot says, whatever older events tell", () => {
    const participant = { kind: "person", id: "p1", name: "Ada Winter" } as const;
    const group = info({
      epoch: 6,
      role: "owner",
      members: [{ participant, role: "owner", invited: false }],
    });
    const room = receiveInRoom(emptyRoom("g_1", "p1"), roomSnapshot({ group }));
    expect([...foldRoom(LOG, room).members.keys()]).toEqual(["p1"]);
  });

  it("may do what their role allows", () => {
    const chi = foldRoom(FOR_CHI.slice(0, 25), openedRoom("p3"));
    expect(mayWrite(chi)).toBe(false);
    expect(mayWrite(foldRoom(FOR_CHI.slice(25, 26), chi))).toBe(true);
    const ben = foldRoom(FOR_BEN.slice(0, 12), receiveInRoom(emptyRoom("g_1", "p2"), roomSnapshot()));
    expect(ben.conversation.turns.map((turn) => mayStop(ben, turn))).toEqual([true, false]);
    expect(mayWrite({ ...ben, archived: true })).toBe(false);
  });
});
