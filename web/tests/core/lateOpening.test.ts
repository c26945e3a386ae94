import { expect, it } from "vitest";
import { receive } from "../../src/core/fold";
import type { SessionCreated } from "../../src/protocol/generated";
import { fold, snapshot, TURN } from "./frames";

const OPENING: Partial<SessionCreated> = {
  type: "session.created",
  session_id: "s_1",
  title: "How is Contoso?",
  tools: [],
  unavailable: [],
  while_busy: "reject",
};

it("leaves title and settings of now where an opening is told after what came behind it", () => {
  const now = fold(TURN);
  const after = receive(now, snapshot({ ...OPENING, through_seq: 2 }));
  expect(after).toMatchObject({ title: "Contoso", whileBusy: now.whileBusy, lastSeq: 9 });
});

it("takes title and settings of an opening that knows all that is known", () => {
  const after = receive(fold(TURN), snapshot({ ...OPENING, through_seq: 9 }));
  expect(after).toMatchObject({ title: "How is Contoso?", whileBusy: "reject" });
});
