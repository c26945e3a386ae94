import { expect, it } from "vitest";
import { parseFrame } from "../../src/protocol/frames";
import { at, delta, fold, started, TURN } from "./frames";

it("takes streamed text away that the turn's end does not keep, such as text the content filter held back", () => {
  const streamed = fold([...TURN.slice(0, 2), started(1), delta(0, "held back later")]);
  expect(streamed.turns[0]?.steps[0]?.text).toBe("held back later");
  const end = parseFrame({
    ...at(9),
    seq: 3,
    status: "failed",
    message_id: null,
    response: "Ask in other words.",
  });
  if (!end) throw new Error("no frame");
  const ended = fold([end], streamed).turns[0];
  expect(ended?.steps.map((step) => step.text)).toEqual([]);
  expect(ended?.outcome?.response).toBe("Ask in other words.");
});
