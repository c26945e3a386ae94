import { describe, expect, it } from "vitest";
import { hasGap } from "../../src/core/fold";
import { parseFrame } from "../../src/protocol/frames";
import { at, fold, opened, snapshot, TURN } from "./frames";

/** What a newer server may tell a page that was loaded before it was deployed. */
const NEWER = {
  type: "message.pinned",
  conversation_id: at(1).conversation_id,
  at: "2026-03-02T09:00:00.000Z",
  actor: { kind: "person", id: "tenant.ada", name: "Ada" },
  message_id: "t_1.q",
};

function parsed(frame: unknown) {
  const event = parseFrame(frame);
  if (!event) throw new Error("not an event");
  return event;
}

describe("an event of a type this client does not know", () => {
  it("takes its place in the order where it has one, and shows nothing", () => {
    const before = fold(TURN.slice(0, 2));
    const after = fold([parsed({ ...NEWER, seq: 3 }), parsed({ ...at(3), seq: 4 })], before);
    expect(after.lastSeq).toBe(4);
    expect(hasGap(after)).toBe(false);
    expect(after.turns[0]?.steps).toHaveLength(1);
  });

  it("is passed over in a snapshot too", () => {
    const frame = {
      ...snapshot({ from_seq: 1, through_seq: 3 }),
      events: [at(1), at(2), { ...NEWER, seq: 3 }],
    };
    const conversation = fold([parsed(frame)], opened());
    expect(conversation.lastSeq).toBe(3);
    expect(conversation.turns[0]?.question?.text).toBe("How is Contoso?");
  });

  it("is no event where it has no place: a number alone may mean something else", () => {
    expect(parseFrame(NEWER)).toBeNull();
    expect(parseFrame({ ...NEWER, seq: 3, actor: undefined })).toBeNull();
  });
});
