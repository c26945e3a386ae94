import { describe, expect, it } from "vitest";
import { AT_REST, next, type Effect, type VoiceEvent, type VoiceState } from "../../src/voice/machine";

/** The state after these events, and all that was to be done. */
function after(
  events: readonly VoiceEvent[],
  from: VoiceState = AT_REST,
): { state: VoiceState; done: Effect[] } {
  let state = from;
  const done: Effect[] = [];
  for (const event of events) {
    const [following, ...effects] = next(state, event);
    state = following;
    done.push(...effects);
  }
  return { state, done };
}

const talk = { type: "talk" } as const;
const release = { type: "release" } as const;
const free = { type: "hands_free", on: true } as const;
const heard = (text: string) => ({ type: "heard", text }) as const;
const said = (text: string) => ({ type: "said", text }) as const;

describe("push-to-talk", () => {
  it("puts what was said into the draft, the last words after letting go included, and sends nothing", () => {
    const { state, done } = after([
      talk,
      heard("how"),
      said("how is"),
      release,
      said("Contoso"),
      { type: "ear_ended" },
    ]);
    expect(done.map((effect) => effect.do)).toEqual(["listen", "draft", "finish", "draft", "forget_pause"]);
    expect(done.filter((effect) => effect.do === "draft")).toEqual([
      { do: "draft", text: "how is" },
      { do: "draft", text: "Contoso" },
    ]);
    expect(state).toMatchObject({ ear: "off", interim: "", problem: null });
  });

  it("makes the coach fall silent", () => {
    expect(after([{ type: "speaking" }, talk]).done).toEqual([{ do: "hush" }, { do: "listen" }]);
  });

  it("says so when nothing was heard", () => {
    expect(after([talk, release, { type: "ear_ended" }]).state.problem).toBe("nothing_heard");
  });

  it("keeps words that were never called final", () => {
    expect(
      after([talk, heard("almost said"), { type: "ear_failed", problem: "network" }]).done,
    ).toContainEqual({
      do: "draft",
      text: "almost said",
    });
  });
});

describe("hands-free", () => {
  it("sends what was said after a pause, in one piece, and waits for the answer", () => {
    const { state, done } = after([free, said("how is"), heard("Cont"), said("Contoso"), { type: "pause" }]);
    expect(done.filter((effect) => effect.do === "send")).toEqual([{ do: "send", text: "how is Contoso" }]);
    expect(done.filter((effect) => effect.do === "await_pause")).toHaveLength(3);
    expect(state).toMatchObject({ ear: "on", awaiting: true, collected: [] });
    expect(after([{ type: "pause" }], state).done).toEqual([]);
    expect(after([{ type: "speaking" }], state).state.awaiting).toBe(false);
    expect(after([{ type: "answered" }], state).state.awaiting).toBe(false);
  });

  it("is ended by the talk button, and what was not sent is put into the draft", () => {
    const { state, done } = after([free, said("not yet"), heard("sent"), talk]);
    expect(done).toContainEqual({ do: "draft", text: "not yet sent" });
    expect(done.map((effect) => effect.do)).not.toContain("send");
    expect(state).toMatchObject({ ear: "off", handsFree: false, collected: [], interim: "" });
  });

  it("is interrupted by two words, or by one that is certain, and not by noise", () => {
    const speaking = after([free, { type: "speaking" }]).state;
    expect(after([heard("uh")], speaking).done).toEqual([]);
    expect(after([heard("")], speaking).state.mouth).toBe("speaking");
    expect(after([said("")], speaking).state.mouth).toBe("speaking");
    expect(after([heard("wait a")], speaking).done).toEqual([{ do: "hush" }]);
    expect(after([said("stop")], speaking).done[0]).toEqual({ do: "hush" });
  });

  it("ends with the reason when the ear fails", () => {
    const { state } = after([free, { type: "ear_failed", problem: "permission" }]);
    expect(state).toMatchObject({ handsFree: false, ear: "off", problem: "permission" });
    expect(after([{ type: "dismiss" }], state).state.problem).toBeNull();
  });

  it("sends nothing into another conversation than it was said in", () => {
    const { state, done } = after([free, said("for the first"), { type: "moved" }, { type: "pause" }]);
    expect(done).toContainEqual({ do: "draft", text: "for the first" });
    expect(done.map((effect) => effect.do)).not.toContain("send");
    expect(state.handsFree).toBe(true);
  });
});

describe("the coach's voice", () => {
  it("is stopped once, and only while it speaks", () => {
    expect(after([{ type: "hush" }]).done).toEqual([]);
    expect(after([{ type: "speaking" }, { type: "hush" }, { type: "hush" }]).done).toEqual([{ do: "hush" }]);
  });

  it("tells why it failed", () => {
    const { state } = after([{ type: "speaking" }, { type: "mouth_failed", problem: "speech_blocked" }]);
    expect(state).toMatchObject({ mouth: "silent", problem: "speech_blocked" });
  });
});
