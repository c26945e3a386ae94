import { describe, expect, it } from "vitest";
import { parseFrame } from "../../src/protocol/frames";
import { at, fold } from "./frames";

const read = (frames: readonly object[]) =>
  frames.map((frame) => parseFrame(frame)).filter((event) => event !== null);

const asked = (id: string, seq: number, position: number) => [
  { ...at(1), seq, turn_id: id, message_id: `${id}.q`, client_message_id: id },
  { ...at(2), type: "turn.queued", seq: seq + 1, turn_id: id, position },
];

const end = (id: string, seq: number, next: string | null) => ({
  ...at(9),
  seq,
  turn_id: id,
  next_turn_id: next,
});

describe("places in the queue", () => {
  it("close up when a waiting question is stopped, and once more when the floor is passed on", () => {
    const waiting = fold(
      read([at(1), at(2), ...asked("t_2", 3, 1), ...asked("t_3", 5, 2), ...asked("t_4", 7, 3)]),
    );
    const places = (state: typeof waiting) => state.turns.map((turn) => [turn.phase, turn.position]);
    const left = fold(read([end("t_2", 9, null)]), waiting);
    expect(places(left)).toEqual([
      ["running", 0],
      ["ended", 0],
      ["queued", 1],
      ["queued", 2],
    ]);
    expect(places(fold(read([end("t_1", 10, "t_3")]), left))).toEqual([
      ["ended", 0],
      ["ended", 0],
      ["running", 0],
      ["queued", 1],
    ]);
  });
});
