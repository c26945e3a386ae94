import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RoomLeases } from "../../src/core/roomLeases";
import { badgeOf, counted, firstUnread, NOTHING, type Tally } from "../../src/core/roomUnread";
import type { Participant, Presence, ReadUpdated, ServerEvent, Typing } from "../../src/protocol/generated";
import { FOR_BEN, FOR_CHI, foldRoom, info, LOG, roomSnapshot } from "./roomFrames";

const BEN: Participant = { kind: "person", id: "p2", name: "Ben Okafor" };

function tally(events: readonly ServerEvent[], me: string, from: Tally = NOTHING): Tally {
  return events.reduce((state, event) => counted(state, event, me), from);
}

function read(seq: number, unread: number, counted = LOG.length): ReadUpdated {
  return { type: "read.updated", conversation_id: "g_1", at: "", seq, unread, through_seq: counted };
}

describe("what is unread", () => {
  it("is what others said, and of it what speaks to the person", () => {
    expect(badgeOf(tally(LOG.slice(0, 5), "p1"))).toEqual({ unread: 1, mentions: 1 });
    expect(badgeOf(tally(LOG.slice(0, 16), "p1"))).toEqual({ unread: 3, mentions: 1 });
    expect(badgeOf(tally(LOG.slice(0, 17), "p1"))).toEqual({ unread: 4, mentions: 2 });
    expect(badgeOf(tally(FOR_BEN.slice(16, 24), "p2"))).toEqual({ unread: 1, mentions: 0 });
    expect(badgeOf(tally(FOR_CHI.slice(16, 21), "p3"))).toEqual({ unread: 0, mentions: 0 });
  });

  it("counts each event once, and nothing below the mark", () => {
    const once = tally(LOG, "p1");
    expect(tally(LOG, "p1", once)).toBe(once);
    const marked = counted(once, read(5, 4), "p1");
    expect(badgeOf(marked)).toEqual({ unread: 4, mentions: 1 });
    expect(badgeOf(counted(marked, read(LOG.length, 0), "p1"))).toEqual({ unread: 0, mentions: 0 });
    expect(counted(marked, read(3, 7), "p1")).toBe(marked);
  });

  it("is as the server tells on opening; a look at the messages says whom they speak to", () => {
    const group = info({ read_seq: 4, unread: 2, counted_seq: 29 });
    const opened = counted(NOTHING, roomSnapshot({ group, from_seq: 30, through_seq: 29 }), "p1");
    expect(badgeOf(opened)).toEqual({ unread: 2, mentions: 0 });
    const events = LOG.slice(4);
    const looked = counted(opened, roomSnapshot({ group: null, events, from_seq: 5, through_seq: 29 }), "p1");
    expect(badgeOf(looked)).toEqual({ unread: 2, mentions: 2 });
  });

  it("keeps what was heard while a snapshot was on its way that was read before it", () => {
    const heard = tally(LOG.slice(0, 5), "p1");
    const stale = roomSnapshot({
      group: info({ read_seq: 0, unread: 0, counted_seq: 4 }),
      from_seq: 5,
      through_seq: 4,
    });
    expect(badgeOf(counted(heard, stale, "p1")).unread).toBe(1);
    const fresh = roomSnapshot({
      group: info({ read_seq: 0, unread: 1, counted_seq: 5 }),
      from_seq: 6,
      through_seq: 5,
    });
    expect(badgeOf(counted(heard, fresh, "p1")).unread).toBe(1);
  });

  it("keeps what was heard that the events of a snapshot reach and its count does not", () => {
    const heard = tally(LOG.slice(0, 5), "p1");
    const torn = roomSnapshot({
      group: info({ read_seq: 0, unread: 0, counted_seq: 4 }),
      from_seq: 6,
      through_seq: 5,
    });
    expect(badgeOf(counted(heard, torn, "p1")).unread).toBe(1);
  });

  it("keeps what was heard while a mark was on its way that was counted before it", () => {
    const heard = tally(LOG.slice(0, 9), "p1");
    const before = badgeOf(heard).unread;
    expect(before).toBe(2);
    expect(badgeOf(counted(heard, read(0, 1, 5), "p1")).unread).toBe(2);
    expect(badgeOf(counted(heard, read(5, 0, 5), "p1")).unread).toBe(1);
    expect(badgeOf(counted(heard, read(5, 1, 9), "p1")).unread).toBe(1);
  });

  it("counts what the server counted before it is heard once, and still says whom it speaks to", () => {
    const early = tally([read(0, 1, 5), ...LOG.slice(0, 5)], "p1");
    expect(badgeOf(early)).toEqual({ unread: 1, mentions: 1 });
  });

  it("counts what comes in another order than it was said", () => {
    const [last, ...others] = LOG.slice(0, 9).reverse();
    if (!last) throw new Error("no event");
    expect(badgeOf(tally([last, ...others], "p1"))).toEqual(badgeOf(tally(LOG.slice(0, 9), "p1")));
  });

  it("begins with the first thing somebody else said", () => {
    const room = foldRoom(LOG);
    expect(firstUnread(room, 0)).toMatchObject({ seq: 5 });
    expect(firstUnread(room, 5)).toMatchObject({ seq: 9 });
    expect(firstUnread(room, 23)).toBeNull();
  });
});

describe("who types and who is here", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const typing = (on = true): Typing => ({
    type: "typing",
    conversation_id: "g_1",
    at: "",
    participant: BEN,
    on,
  });
  const presence = (state: Presence["state"]): Presence => ({
    type: "presence",
    conversation_id: "g_1",
    at: "",
    participant: BEN,
    state,
  });
  const names = (leases: RoomLeases) => {
    const { typing: who, here } = leases.view.get();
    return [[...who.keys()], [...here.keys()]];
  };

  it("holds for a while, and longer when it is said again", () => {
    const leases = new RoomLeases();
    leases.take(typing());
    vi.advanceTimersByTime(4_000);
    leases.take(typing());
    vi.advanceTimersByTime(5_999);
    expect(names(leases)).toEqual([["p2"], ["p2"]]);
    vi.advanceTimersByTime(1);
    expect(names(leases)).toEqual([[], ["p2"]]);
    vi.advanceTimersByTime(54_001);
    expect(names(leases)).toEqual([[], []]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends with the message, with a word, and with going away", () => {
    const leases = new RoomLeases();
    leases.take(typing());
    leases.spoke(BEN);
    expect(names(leases)).toEqual([[], ["p2"]]);
    leases.take(typing());
    leases.take(typing(false));
    expect(names(leases)).toEqual([[], ["p2"]]);
    leases.take(typing());
    leases.take(presence("away"));
    expect(names(leases)).toEqual([[], []]);
    leases.clear();
    expect(vi.getTimerCount()).toBe(0);
  });
});
