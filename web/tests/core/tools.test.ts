import { describe, expect, it } from "vitest";
import { receive } from "../../src/core/fold";
import { emptyConversation } from "../../src/core/state";
import type { SessionCreated, ToolsUpdated } from "../../src/protocol/generated";
import { fold, snapshot, TURN } from "./frames";

const AWAY = ["quotes (needs your sign-in)", "web"];
const TOOLS = [{ server: "quotes", tool: "get_quote", description: "Gets a quote." }];
const CHANGED: ToolsUpdated = {
  type: "tools.updated",
  conversation_id: "s_1",
  at: "",
  tools: TOOLS,
  unavailable: ["web"],
};

describe("changed tools", () => {
  it("take the place of what the session was opened with", () => {
    const before = { ...fold(TURN), unavailable: AWAY };
    expect(receive(before, CHANGED)).toEqual({ ...before, tools: TOOLS, unavailable: ["web"] });
  });

  it("count when they are told before the snapshot is there", () => {
    const opening: Partial<SessionCreated> = {
      type: "session.created",
      session_id: "s_1",
      title: "",
      tools: [],
      unavailable: AWAY,
      while_busy: "queue",
    };
    const early = receive(emptyConversation("s_1"), CHANGED);
    expect(early.unavailable).toEqual([]);
    expect(receive(early, snapshot(opening))).toMatchObject({ tools: TOOLS, unavailable: ["web"] });
  });
});
