import { describe, expect, it } from "vitest";
import type { Answer, Message, RoomNote } from "../../src/core/roomState";
import { emptyStep, emptyTurn, type Turn } from "../../src/core/state";
import type { Row } from "../../src/ui/groups/rows";
import { guessedRow, isRowKept, messagesOf, nearestMessage } from "../../src/ui/groups/rowWindow";
import { ADA } from "../../dev/said";

function message(messageId: string, text = "Hello"): Row {
  const said: Message = {
    ...{ kind: "message", seq: 1, at: "", messageId, clientMessageId: null, author: ADA, text, turnId: null },
    ...{ replyTo: null, mentions: [], audience: null, edited: false, copied: null, gone: false },
  };
  return { kind: "entry", key: messageId, entry: said, continued: false };
}

const NOTE: RoomNote = {
  ...{ kind: "note", seq: 2, at: "", what: "joined", actor: ADA, participant: ADA, role: null, title: null },
};
const ANSWER: Answer = { kind: "answer", seq: 3, at: "", turnId: "t" };
const note: Row = { kind: "entry", key: "n", entry: NOTE, continued: false };
const answer: Row = { kind: "entry", key: "a", entry: ANSWER, continued: false };
const TOLD: Turn = {
  ...emptyTurn("t"),
  phase: "ended",
  steps: [emptyStep("t.0", 0), { ...emptyStep("t.1", 1), text: "line\n".repeat(20) }],
};
const turns = new Map([["t", TOLD]]);

describe("a row of a room", () => {
  it("is guessed higher the more it says, and lower below its author's name", () => {
    const long = message("m", "word ".repeat(200));
    expect(guessedRow(long, turns)).toBeGreaterThan(guessedRow(message("m"), turns) + 200);
    expect(guessedRow({ ...message("m"), continued: true } as Row, turns)).toBeLessThan(
      guessedRow(message("m"), turns),
    );
    expect(guessedRow(answer, turns)).toBeGreaterThan(500);
    expect(guessedRow(note, turns)).toBeLessThan(guessedRow(message("m"), turns));
  });

  it("stays on the page while its answer is made, and where the new begins", () => {
    expect(isRowKept({ kind: "new", key: "new" }, turns)).toBe(true);
    expect(isRowKept(answer, turns)).toBe(false);
    expect(isRowKept(answer, new Map([["t", { ...TOLD, phase: "running" }]]))).toBe(true);
    expect(isRowKept(answer, new Map())).toBe(false);
    expect(isRowKept(message("m"), turns)).toBe(false);
  });

  it("is found by each message in it, and the nearest by going on from where nothing is said", () => {
    const rows = [message("m1"), note, answer, note];
    expect(rows.map((row) => messagesOf(row, turns))).toEqual([["m1"], [], ["t.0", "t.1"], []]);
    expect(nearestMessage(rows, 1, 1, turns)).toBe("t.0");
    expect(nearestMessage(rows, 1, -1, turns)).toBe("m1");
    expect(nearestMessage(rows, 3, 1, turns)).toBeNull();
  });
});
