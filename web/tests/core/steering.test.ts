import { describe, expect, it } from "vitest";
import { receive } from "../../src/core/fold";
import { emptyConversation, type Conversation } from "../../src/core/state";
import { isBeingRead, isWaiting, timeline } from "../../src/core/steering";
import { asked, begun, conversationOf, ended, numbered, queued, shown, step } from "./events";
import { opened, snapshot } from "./frames";

const put = (turnId: string, into = "a") => asked(turnId, { steers: into });
const begin = [asked("a"), begun("a"), step("a", 0, { finish: "tools" })];

/** What is shown in the first turn, top to bottom. */
function momentsOf(conversation: Conversation): string[] {
  const [turn] = conversation.turns;
  if (!turn) throw new Error("no turn");
  return timeline(turn).map((moment) =>
    moment.kind === "step" ? moment.step.messageId : moment.steer.question.messageId,
  );
}

function onlySteer(conversation: Conversation) {
  const [turn] = conversation.turns;
  const [steer] = turn?.steers ?? [];
  if (!turn || !steer) throw new Error("no steer");
  return { turn, steer };
}

describe("a message put into a running turn", () => {
  it("waits there, behind what had begun, and makes no turn", () => {
    const conversation = conversationOf([...begin, put("s")]);
    expect(conversation.turns).toHaveLength(1);
    expect(momentsOf(conversation)).toEqual(["a.0", "s.q"]);
    const { turn, steer } = onlySteer(conversation);
    expect(steer).toMatchObject({ turnId: "s", after: 0, usedBy: null, withdrawn: false });
    expect([isWaiting(steer), isBeingRead(turn, steer)]).toEqual([true, false]);
  });

  it("stands in front of the step that used it, and keeps its place while that step is written", () => {
    const waiting = conversationOf([...begin, put("s")]);
    const live = { conversation_id: "s_1", at: "", message_id: "a.1", turn_id: "a", step: 1, attempt: 1 };
    const reading = receive(waiting, { type: "message.delta", ...live, offset: 0, text: "So" });
    expect(momentsOf(reading)).toEqual(["a.0", "s.q", "a.1"]);
    const { turn, steer } = onlySteer(reading);
    expect(isBeingRead(turn, steer)).toBe(true);
    const [read] = numbered([step("a", 1, { steered_by: ["s.q"] })], 5);
    const used = receive(reading, read ?? snapshot());
    expect(momentsOf(used)).toEqual(["a.0", "s.q", "a.1"]);
    expect(onlySteer(used).steer.usedBy).toBe(1);
  });

  it("that came while a step was written belongs to the next one", () => {
    const conversation = conversationOf([
      asked("a"),
      begun("a"),
      put("s"),
      step("a", 0, { finish: "tools" }),
      step("a", 1, { steered_by: ["s.q"] }),
    ]);
    expect(momentsOf(conversation)).toEqual(["a.0", "s.q", "a.1"]);
  });

  it("may be one of several, each used by the step that names it", () => {
    const conversation = conversationOf([
      ...begin,
      put("s"),
      step("a", 1, { steered_by: ["s.q"], finish: "tools" }),
      put("r"),
      step("a", 2, { steered_by: ["r.q"] }),
      ended("a"),
    ]);
    expect(momentsOf(conversation)).toEqual(["a.0", "s.q", "a.1", "r.q", "a.2"]);
    expect(conversation.turns[0]?.steers.map((steer) => steer.usedBy)).toEqual([1, 2]);
  });

  it("that was taken back is not shown, and its end is not that of a turn", () => {
    const conversation = conversationOf([...begin, put("s"), ended("s", { status: "stopped" })]);
    expect(conversation.turns.map(({ turnId, phase }) => [turnId, phase])).toEqual([["a", "running"]]);
    expect(onlySteer(conversation).steer.withdrawn).toBe(true);
    expect(momentsOf(conversation)).toEqual(["a.0"]);
  });
});

describe("messages that came too late for the turn", () => {
  const late = [
    ...begin,
    asked("q"),
    queued("q", 1),
    put("s"),
    put("r"),
    step("a", 1),
    ended("a", { next_turn_id: "s" }),
    begun("s"),
    queued("r", 1),
  ];

  it("become turns of their own, ahead of those that waited", () => {
    const conversation = conversationOf(late);
    expect(shown(conversation).map(([turnId]) => turnId)).toEqual(["a", "s", "r", "q"]);
    expect(conversation.turns.map(({ phase, position }) => [phase, position])).toEqual([
      ["ended", 0],
      ["running", 0],
      ["queued", 1],
      ["queued", 2],
    ]);
    expect(conversation.turns[1]?.question?.text).toBe("text of s");
    expect(conversation.turns[0]?.steers).toEqual([]);
  });

  it("are told of ahead of the log without being asked twice", () => {
    const log = numbered(late);
    const told = log.slice(0, 8).reduce(receive, opened());
    const returned = (becomes: string) =>
      ({
        type: "steer.returned",
        conversation_id: "s_1",
        at: "",
        turn_id: "a",
        message_id: `${becomes}.q`,
        becomes,
      }) as const;
    const early = [returned("s"), returned("r"), returned("gone")].reduce(receive, told);
    expect(early.turns.map(({ turnId, phase }) => [turnId, phase])).toContainEqual(["s", "waiting"]);
    expect(log.slice(8).reduce(receive, early)).toEqual(log.reduce(receive, opened()));
  });

  it("are the same in whatever order the events come, parked ones included", () => {
    const log = numbered(late);
    const expected = log.reduce(receive, opened());
    expect(log.toReversed().reduce(receive, opened())).toEqual(expected);
    const parked = log.slice(6).reduce(receive, emptyConversation("s_1"));
    expect(receive(parked, snapshot({ through_seq: 6, events: log.slice(0, 6) }))).toEqual(expected);
  });
});

describe("word of a delay", () => {
  const delay = (turnId: string) =>
    ({
      type: "ai.state",
      conversation_id: "s_1",
      at: "",
      turn_id: turnId,
      state: "waiting_for_model",
      message: "The model is busy.",
      after_ms: 4_000,
    }) as const;

  it("stands until the model speaks, and is not made for turns that are over or unknown", () => {
    const running = conversationOf([asked("a"), begun("a")]);
    const waiting = receive(running, delay("a"));
    expect(waiting.turns[0]?.delay).toEqual({ message: "The model is busy.", afterMs: 4_000 });
    const live = { conversation_id: "s_1", at: "", message_id: "a.0", turn_id: "a", step: 0, attempt: 1 };
    const begins = receive(waiting, { type: "message.started", ...live });
    expect(begins.turns[0]?.delay).not.toBeNull();
    expect(
      receive(begins, { type: "message.delta", ...live, offset: 0, text: "A" }).turns[0]?.delay,
    ).toBeNull();
    expect(receive(running, delay("x"))).toBe(running);
  });

  it.each([
    ["the step", step("a", 0)],
    ["the turn", ended("a", { status: "failed" })],
  ])("goes with the end of %s", (_name, event) => {
    const waiting = receive(conversationOf([asked("a"), begun("a")]), delay("a"));
    const [end] = numbered([event], 3);
    expect(receive(waiting, end ?? snapshot()).turns[0]?.delay).toBeNull();
    const over = conversationOf([asked("a"), begun("a"), ended("a")]);
    expect(receive(over, delay("a"))).toBe(over);
  });
});
