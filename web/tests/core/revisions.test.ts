import { describe, expect, it } from "vitest";
import { receive } from "../../src/core/fold";
import { emptyConversation, latestAnswer, shownTurns } from "../../src/core/state";
import { asked, begun, conversationOf, ended, numbered, queued, shown, step, turn } from "./events";
import { opened, snapshot } from "./frames";

const edited = (turnId: string, replaced: string) => [
  asked(turnId, { replaces: `${replaced}.q` }),
  begun(turnId, { replaces: replaced }),
  step(turnId, 0),
  ended(turnId),
];
const again = (turnId: string, replaced: string, questionId: string) => [
  begun(turnId, { replaces: replaced, question_id: questionId }),
  step(turnId, 0),
  ended(turnId),
];

describe("a turn that replaces another", () => {
  it("hides the edited question's turn and all that followed, and keeps what came before", () => {
    const conversation = conversationOf([...turn("a"), ...turn("b"), ...turn("c"), ...edited("b2", "b")]);
    expect(shown(conversation)).toEqual([
      ["a", "a.q"],
      ["b2", "b2.q"],
    ]);
    expect(conversation.turns.map(({ turnId, supersededBy }) => [turnId, supersededBy])).toEqual([
      ["a", null],
      ["b", "b2"],
      ["c", "b2"],
      ["b2", null],
    ]);
  });

  it("answers the old question when it has none of its own", () => {
    const conversation = conversationOf([...turn("a"), ...turn("b"), ...again("b2", "b", "b.q")]);
    expect(shown(conversation)).toEqual([
      ["a", "a.q"],
      ["b2", "b.q"],
    ]);
    expect(conversation.turns.at(-1)?.question?.text).toBe("text of b");
  });

  it.each([
    ["an edit of an edit", [...edited("b2", "b"), ...edited("b3", "b2")], "b3.q"],
    ["an answer given again twice", [...again("b2", "b", "b.q"), ...again("b3", "b2", "b.q")], "b.q"],
    ["an edit after an answer given again", [...again("b2", "b", "b.q"), ...edited("b3", "b")], "b3.q"],
    ["an edited question answered again", [...edited("b2", "b"), ...again("b3", "b2", "b2.q")], "b2.q"],
  ])("leaves one of each in %s", (_name, events, question) => {
    const conversation = conversationOf([...turn("a"), ...turn("b"), ...events]);
    expect(shown(conversation)).toEqual([
      ["a", "a.q"],
      ["b3", question],
    ]);
  });

  it("does not hide what is asked after it", () => {
    const conversation = conversationOf([...turn("a"), ...edited("a2", "a"), ...turn("b")]);
    expect(shown(conversation).map(([turnId]) => turnId)).toEqual(["a2", "b"]);
  });

  it("does not hide a later turn whose first words come ahead of the log", () => {
    const live = { conversation_id: "s_1", at: "", message_id: "c.0", turn_id: "c", step: 0, attempt: 1 };
    const early = receive(conversationOf(turn("a")), {
      type: "message.delta",
      ...live,
      offset: 0,
      text: "So",
    });
    const events = numbered([...edited("a2", "a"), ...turn("c")], 5);
    const conversation = events.reduce(receive, early);
    expect(shown(conversation)).toEqual([
      ["a2", "a2.q"],
      ["c", "c.q"],
    ]);
  });

  it("hides a question that was taken out of the queue and never begun", () => {
    const conversation = conversationOf([
      asked("a"),
      begun("a"),
      asked("b"),
      queued("b", 1),
      ended("b", { status: "stopped" }),
      ended("a"),
      ...edited("a2", "a"),
    ]);
    expect(shown(conversation).map(([turnId]) => turnId)).toEqual(["a2"]);
  });

  it("is found in whatever order its events come, and in a snapshot", () => {
    const log = numbered([...turn("a"), ...turn("b"), ...edited("a2", "a"), ...again("a3", "a2", "a2.q")]);
    const expected = log.reduce(receive, opened());
    expect(shown(expected)).toEqual([["a3", "a2.q"]]);
    expect(log.toReversed().reduce(receive, opened())).toEqual(expected);
    const read = receive(emptyConversation("s_1"), snapshot({ through_seq: log.length, events: log }));
    expect(read).toEqual(expected);
    const parked = log.slice(9).reduce(receive, emptyConversation("s_1"));
    expect(receive(parked, snapshot({ through_seq: 9, events: log.slice(0, 9) }))).toEqual(expected);
  });
});

describe("the latest answer", () => {
  it("is none while a turn is open", () => {
    const running = conversationOf([...turn("a"), asked("b"), begun("b")]);
    expect(latestAnswer(running)).toBeNull();
    expect(latestAnswer(conversationOf([]))).toBeNull();
  });

  it("is that of the last turn that had the floor, and of its replacement once there is one", () => {
    const removed = [asked("a"), begun("a"), asked("b"), queued("b", 1), ended("b"), ended("a")];
    expect(latestAnswer(conversationOf(removed))?.turnId).toBe("a");
    const replaced = [...turn("a"), ...again("a2", "a", "a.q")];
    expect(latestAnswer(conversationOf(replaced))?.turnId).toBe("a2");
  });
});

it("shows only what stands before a question that is being edited", () => {
  const conversation = conversationOf([...turn("a"), ...turn("b"), ...turn("c")]);
  expect(shownTurns(conversation, "b.q").map(({ turnId }) => turnId)).toEqual(["a"]);
  expect(shownTurns(conversation, "gone.q")).toHaveLength(3);
});
