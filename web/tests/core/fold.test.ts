import { describe, expect, it } from "vitest";
import { beginRecovery, hasGap, receive } from "../../src/core/fold";
import { emptyConversation } from "../../src/core/state";
import { parseFrame } from "../../src/protocol/frames";
import { at, delta, fold, opened, snapshot, started, textOf, TURN } from "./frames";

/** Every order in which four events can arrive. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe("durable events", () => {
  it("make a turn with its question, tool call, answer and end", () => {
    const conversation = fold(TURN);
    const [turn] = conversation.turns;
    expect(conversation.turns).toHaveLength(1);
    expect(turn?.question).toMatchObject({ text: "How is Contoso?", clientMessageId: "m1" });
    expect(turn?.steps.map((step) => step.text)).toEqual(["Let me look.", "Three deals 🎯 are open."]);
    expect(turn?.steps[0]?.calls).toEqual([
      {
        callId: "t_1.0.0",
        server: "crm",
        tool: "get_pipeline",
        arguments: '{"account":"Contoso"}',
        status: "completed",
        preview: '{"open":3}',
        truncated: false,
        ms: 400,
        progress: null,
      },
    ]);
    expect(turn?.phase).toBe("ended");
    expect(turn?.outcome).toMatchObject({ status: "completed", suggestions: ["And Fabrikam?"] });
    expect(conversation).toMatchObject({ title: "Contoso", lastSeq: 9, early: [] });
  });

  it("give the same conversation in whatever order they arrive", () => {
    const expected = fold(TURN);
    for (const order of orders(TURN.slice(2, 7))) {
      const conversation = fold([...TURN.slice(0, 2), ...order, ...TURN.slice(7)]);
      expect(conversation).toEqual(expected);
    }
  });

  it("change nothing when they come twice", () => {
    const once = fold(TURN);
    for (const event of TURN) expect(receive(once, event)).toBe(once);
    expect(fold([at(1), at(1), at(3), at(3), at(2)]).lastSeq).toBe(3);
  });

  it("wait while one before them is missing, and show that there is a gap", () => {
    const held = fold([at(1), at(3)]);
    expect(held.lastSeq).toBe(1);
    expect(held.turns[0]?.steps).toEqual([]);
    expect(hasGap(held)).toBe(true);
    const filled = fold([at(2)], held);
    expect(filled.lastSeq).toBe(3);
    expect(hasGap(filled)).toBe(false);
  });

  it("end open tool calls with the turn", () => {
    const end = { ...at(9), seq: 5 };
    const [turn] = fold([...TURN.slice(0, 4), end]).turns;
    expect(turn?.steps[0]?.calls[0]?.status).toBe("cancelled");
  });

  it("show a call whose asking step is withheld", () => {
    const [turn] = fold([
      at(1),
      { type: "withheld", conversation_id: "s_1", at: "", seq: 2 },
      { ...at(4), seq: 3 },
    ]).turns;
    expect(turn?.steps[0]).toMatchObject({ messageId: "t_1.0", step: 0 });
    expect(turn?.steps[0]?.calls[0]).toMatchObject({ tool: "get_pipeline", status: "running" });
  });

  it("keep queued questions in order and move them up when the floor is passed on", () => {
    const question = (id: string, seq: number) => ({
      ...at(1),
      seq,
      turn_id: id,
      message_id: `${id}.q`,
      client_message_id: id,
    });
    const queued = (id: string, seq: number, position: number) => ({
      ...at(2),
      type: "turn.queued",
      seq,
      turn_id: id,
      position,
    });
    const waiting = fold(
      [at(1), at(2), question("t_2", 3), queued("t_2", 4, 1), question("t_3", 5), queued("t_3", 6, 2)]
        .map((frame) => parseFrame(frame))
        .filter((event) => event !== null),
    );
    expect(waiting.turns.map((turn) => [turn.phase, turn.position])).toEqual([
      ["running", 0],
      ["queued", 1],
      ["queued", 2],
    ]);
    const end = { ...at(9), seq: 7, next_turn_id: "t_2" };
    expect(fold([end], waiting).turns.map((turn) => [turn.phase, turn.position])).toEqual([
      ["ended", 0],
      ["running", 0],
      ["queued", 1],
    ]);
  });
});

describe("streamed text", () => {
  const begun = () => fold([...TURN.slice(0, 2), started(1)]);

  it("grows by deltas that fit and ignores repeated ones", () => {
    const conversation = fold(
      [delta(0, "Three "), delta(6, "deals"), delta(6, "deals"), delta(0, "Three ")],
      begun(),
    );
    expect(textOf(conversation)).toBe("Three deals");
  });

  it("counts offsets in characters, not in UTF-16 units", () => {
    const conversation = fold([delta(0, "🎯🎯"), delta(2, " hit"), delta(6, "é")], begun());
    expect(textOf(conversation)).toBe("🎯🎯 hité");
    expect(hasGap(conversation)).toBe(false);
  });

  it("holds a delta behind a hole until the hole is filled", () => {
    const holed = fold([delta(0, "ab"), delta(4, "ef")], begun());
    expect(textOf(holed)).toBe("ab");
    expect(hasGap(holed)).toBe(true);
    const filled = fold([delta(2, "cd")], holed);
    expect(textOf(filled)).toBe("abcdef");
    expect(hasGap(filled)).toBe(false);
  });

  it("starts over with a higher attempt and ignores frames of a lower one", () => {
    const conversation = fold(
      [delta(0, "first try"), started(2), delta(0, "second", 2), delta(6, " late", 1), started(1)],
      begun(),
    );
    expect(textOf(conversation)).toBe("second");
  });

  it("survives a lost start of an attempt", () => {
    expect(textOf(fold([delta(0, "old"), delta(0, "new", 2)], begun()))).toBe("new");
  });

  it("is replaced by the completed message, after which late deltas change nothing", () => {
    const conversation = fold([delta(0, "Three x"), ...TURN.slice(2, 7)], begun());
    expect(textOf(conversation)).toBe("Three deals 🎯 are open.");
    expect(textOf(fold([delta(0, "zombie", 9), started(9)], conversation))).toBe("Three deals 🎯 are open.");
  });
});

describe("a snapshot", () => {
  it("takes a new client to the present, and what came before it is not lost", () => {
    const parked = fold([at(6), at(7), delta(8, "more")], emptyConversation("s_1"));
    expect(parked.turns).toEqual([]);
    const conversation = receive(
      parked,
      snapshot({
        through_seq: 5,
        events: TURN.slice(0, 5),
        live: { message_id: "t_1.1", turn_id: "t_1", step: 1, attempt: 1, offset: 8, text: "Three de" },
      }),
    );
    expect(conversation.lastSeq).toBe(7);
    expect(textOf(conversation)).toBe("Three deals 🎯 are open.");
    expect(conversation.unfolded).toEqual([]);
  });

  it("brings the text so far, and deltas go on from there even when the checkpoint was behind them", () => {
    const live = { message_id: "t_1.1", turn_id: "t_1", step: 1, attempt: 1, offset: 4, text: "abcd" };
    const parked = fold([delta(6, "gh")], emptyConversation("s_1"));
    const behind = receive(parked, snapshot({ through_seq: 2, events: TURN.slice(0, 2), live }));
    expect(textOf(behind)).toBe("abcd");
    expect(hasGap(behind)).toBe(true);
    const further = { ...live, offset: 7, text: "abcdefg" };
    const level = receive(behind, snapshot({ from_seq: 3, through_seq: 2, live: further }));
    expect(textOf(level)).toBe("abcdefgh");
    expect(hasGap(level)).toBe(false);
  });

  it("counts the characters of the text so far as deltas do", () => {
    const live = { message_id: "t_1.1", turn_id: "t_1", step: 1, attempt: 1, offset: 3, text: "🎯🎯!" };
    const from = receive(opened(), snapshot({ through_seq: 2, events: TURN.slice(0, 2), live }));
    expect(textOf(fold([delta(3, " hit")], from))).toBe("🎯🎯! hit");
  });

  it("never sets the text back to an older checkpoint", () => {
    const ahead = fold([...TURN.slice(0, 2), started(1), delta(0, "abcdef")]);
    const live = { message_id: "t_1.1", turn_id: "t_1", step: 1, attempt: 1, offset: 3, text: "abc" };
    expect(textOf(receive(ahead, snapshot({ through_seq: 2, live })))).toBe("abcdef");
  });

  it("closes a gap although its events are not sent again", () => {
    const held = fold([at(1), at(4)]);
    const closed = receive(held, snapshot({ from_seq: 2, through_seq: 3, events: [at(2), at(3)] }));
    expect(closed.lastSeq).toBe(4);
    expect(closed.early).toEqual([]);
  });

  it("in parts stays open until the last of them", () => {
    const first = receive(
      emptyConversation("s_1"),
      snapshot({ through_seq: 4, events: TURN.slice(0, 4), more: true }),
    );
    const parked = receive(first, at(9));
    expect(parked.folded).toBe(false);
    const whole = receive(parked, snapshot({ from_seq: 5, through_seq: 8, events: TURN.slice(4, 8) }));
    expect(whole).toEqual(fold(TURN));
  });

  it("says who runs and who waits", () => {
    const conversation = receive(
      opened(),
      snapshot({
        through_seq: 1,
        events: [at(1)],
        active_turn: { turn_id: "t_1", asker: "p1", stopping: true },
      }),
    );
    expect(conversation.turns[0]?.phase).toBe("stopping");
  });

  it("folded again after a reconnect changes nothing that is known", () => {
    const before = fold(TURN);
    const after = receive(beginRecovery(before), snapshot({ from_seq: 10, through_seq: 9 }));
    expect(after).toEqual(before);
  });
});

describe("unknown frames", () => {
  it("are not events", () => {
    for (const frame of [
      null,
      7,
      "x",
      {},
      { type: 3 },
      { type: "question.invented" },
      { type: "toString" },
    ]) {
      expect(parseFrame(frame)).toBeNull();
    }
  });
});
