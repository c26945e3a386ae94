import { describe, expect, it } from "vitest";
import { ADA } from "../../dev/said";
import { openCards } from "../../src/core/cards";
import { feedbackOf } from "../../src/core/feedback";
import { receive } from "../../src/core/fold";
import { emptyConversation, latestAnswer, openTurn, type Conversation } from "../../src/core/state";
import type { ServerEvent, ToolCallProgress } from "../../src/protocol/generated";
import { called, calling, card, closed, parked, resumed, returned, said } from "./cardEvents";
import { asked, begun, conversationOf, ended, numbered, queued, step } from "./events";
import { fold, opened, snapshot } from "./frames";

const begin = [asked("a"), begun("a"), calling("a")];
const waiting = [...begin, card("a"), parked("a")];
const story = [
  ...waiting,
  asked("b"),
  begun("b"),
  closed("a", 0, { arguments: '{"to":"eva"}', note: "Eva signs" }),
  step("b", 0),
  ended("b", { next_turn_id: "a" }),
  resumed("a"),
  called("a", 0, { arguments: '{"to":"eva"}' }),
  returned("a"),
  step("a", 1),
  ended("a"),
];

const phases = (state: Conversation) => state.turns.map((turn) => [turn.turnId, turn.phase, turn.position]);
const cardsOf = (state: Conversation) => state.turns.flatMap((turn) => turn.cards);
const callOf = (state: Conversation) => state.turns[0]?.steps[0]?.calls[0];

describe("a card", () => {
  it("is open for its owner until it is closed, and then says who decided what", () => {
    const open = conversationOf(waiting);
    expect(openCards(open.turns, ADA.id).map((found) => found.questionId)).toEqual(["a.0.0.q1"]);
    expect(openCards(open.turns, "somebody else")).toEqual([]);
    const done = conversationOf([...waiting, closed("a", 0, { outcome: "denied", note: "not now" })]);
    expect(openCards(done.turns, ADA.id)).toEqual([]);
    expect(cardsOf(done)[0]?.decision).toEqual({
      outcome: "denied",
      by: ADA,
      at: "2026-01-01T10:00:00Z",
      arguments: null,
      note: "not now",
    });
  });

  it("shows what was really sent at the call, once that is made", () => {
    const conversation = conversationOf(story);
    expect(callOf(conversation)).toMatchObject({ arguments: '{"to":"eva"}', status: "completed" });
    expect(cardsOf(conversation)[0]).toMatchObject({
      arguments: '{"to":"jan"}',
      decision: { arguments: '{"to":"eva"}' },
    });
  });

  it("gives the same conversation in whatever order its events arrive", () => {
    const events = numbered(story);
    const expected = conversationOf(story);
    for (const order of [events.toReversed(), [...events.slice(7), ...events.slice(0, 7)]])
      expect(order.reduce(receive, opened())).toEqual(expected);
    expect(events.reduce(receive, expected)).toBe(expected);
  });

  it("gives the same conversation from a snapshot at any point as from the events alone", () => {
    const events = numbered(story);
    for (let through = 0; through <= events.length; through++) {
      const known = events.slice(0, through);
      const alone = known.reduce(receive, opened());
      const open = known
        .filter((event) => event.type === "question.opened")
        .filter((event) =>
          alone.turns
            .flatMap((turn) => turn.cards)
            .some((c) => c.questionId === event.question_id && !c.decision),
        );
      const state = receive(
        emptyConversation("s_1"),
        snapshot({
          through_seq: through,
          events: known,
          questions: open,
          parked: alone.turns.filter((turn) => turn.phase === "parked").map((turn) => turn.turnId),
        }),
      );
      expect(state).toEqual(alone);
      expect(events.reduce(receive, state)).toEqual(conversationOf(story));
    }
  });

  it("known only from a snapshot's list is shown, and not opened twice by its own event", () => {
    const [event] = numbered([card("a")], 4);
    const question = event?.type === "question.opened" ? event : null;
    if (!question) throw new Error("no card");
    const listed = receive(
      conversationOf(begin),
      snapshot({ through_seq: 3, questions: [question], parked: ["a"] }),
    );
    expect(cardsOf(listed)).toHaveLength(1);
    expect(phases(listed)).toEqual([["a", "parked", 0]]);
    expect(cardsOf(receive(listed, question))).toHaveLength(1);
  });

  it("is not opened again by a snapshot that is older than its decision", () => {
    const [event] = numbered([card("a")], 4);
    const question = event?.type === "question.opened" ? event : null;
    if (!question) throw new Error("no card");
    const over = conversationOf([...waiting, closed("a"), resumed("a")]);
    const later = receive(over, snapshot({ through_seq: 5, questions: [question] }));
    expect(openCards(later.turns, ADA.id)).toEqual([]);
  });

  it("is cancelled by the end of its turn, unless its decision comes after that", () => {
    const over = conversationOf([...waiting, ended("a", { status: "stopped" })]);
    expect(cardsOf(over)[0]?.decision?.outcome).toBe("cancelled");
    const late = conversationOf([
      ...waiting,
      ended("a", { status: "stopped" }),
      closed("a", 0, { outcome: "expired" }),
    ]);
    expect(cardsOf(late)[0]?.decision?.outcome).toBe("expired");
  });
});

describe("a parked turn", () => {
  it("leaves the floor to the next one, keeps its place, and gets the floor back", () => {
    const crowd = [...begin, asked("b"), queued("b", 1), asked("c"), queued("c", 2)];
    const left = conversationOf([...crowd, card("a"), parked("a", "b")]);
    expect(phases(left)).toEqual([
      ["a", "parked", 0],
      ["b", "running", 0],
      ["c", "queued", 1],
    ]);
    const back = conversationOf([
      ...crowd,
      card("a"),
      parked("a", "b"),
      closed("a"),
      ended("b", { next_turn_id: "a" }),
      resumed("a"),
    ]);
    expect(phases(back)).toEqual([
      ["a", "running", 0],
      ["b", "ended", 0],
      ["c", "queued", 1],
    ]);
  });

  it("stays parked after its answer until it has the floor", () => {
    const state = conversationOf([...waiting, asked("b"), begun("b"), closed("a")]);
    expect(phases(state)).toEqual([
      ["a", "parked", 0],
      ["b", "running", 0],
    ]);
  });

  it("is not what a stop reaches, and lets a finished answer be given again only if it is the latest", () => {
    expect(openTurn(conversationOf(waiting))).toBeNull();
    expect(latestAnswer(conversationOf(waiting))).toBeNull();
    const later = [...waiting, asked("b"), begun("b"), step("b", 0), ended("b")];
    expect(latestAnswer(conversationOf(later))?.turnId).toBe("b");
  });

  it("does not run because an old delta comes late", () => {
    const live = { conversation_id: "s_1", at: "", message_id: "a.0", turn_id: "a", step: 0, attempt: 1 };
    const state = conversationOf(waiting);
    expect(receive(state, { type: "message.delta", ...live, offset: 0, text: "late" })).toBe(state);
  });
});

describe("the progress of a call", () => {
  const at = (progress: number, fields: Partial<ToolCallProgress> = {}): ServerEvent => ({
    type: "tool_call.progress",
    conversation_id: "s_1",
    at: "",
    turn_id: "a",
    call_id: "a.0.0",
    progress,
    total: 10,
    message: null,
    ...fields,
  });

  it("only grows, and ends with the call", () => {
    const running = conversationOf([...begin, called("a")]);
    const state = fold([at(2), at(7, { message: "reading" }), at(3)], running);
    expect(callOf(state)?.progress).toEqual({ done: 7, total: 10, message: "reading" });
    expect(callOf(fold(numbered([returned("a")], 5), state))?.progress).toBeNull();
  });

  it("is nothing for a call that does not run, or is not known", () => {
    const asking = conversationOf(begin);
    expect(receive(asking, at(1))).toBe(asking);
    expect(receive(asking, at(1, { turn_id: "z", call_id: "z.0.0" }))).toBe(asking);
  });

  it("begins anew after a card", () => {
    const state = fold([at(7)], conversationOf([...begin, called("a")]));
    const answered = fold(
      numbered([card("a"), parked("a"), closed("a"), resumed("a"), called("a", 0, { round: 1 })], 5),
      state,
    );
    expect(callOf(answered)?.progress).toBeNull();
    expect(callOf(fold([at(1)], answered))?.progress?.done).toBe(1);
  });
});

describe("feedback", () => {
  const over = [...begin, called("a"), returned("a"), step("a", 1), ended("a")];
  const of = (state: Conversation, target: string, person: string) => {
    const [turn] = state.turns;
    return turn ? feedbackOf(turn, target, person) : null;
  };

  it("is the last word of each person about each call and answer", () => {
    const eva = { ...ADA, id: "p2" };
    const state = conversationOf([
      ...over,
      said({ call_id: "a.0.0", vote: "wrong" }),
      said({ call_id: "a.0.0", vote: "slow", note: "ten seconds" }),
      said({ call_id: "a.0.0", vote: "useful", actor: eva }),
      said({ message_id: "a.1", vote: "up" }),
    ]);
    expect(of(state, "a.0.0", ADA.id)).toMatchObject({ vote: "slow", note: "ten seconds" });
    expect(of(state, "a.0.0", "p2")).toMatchObject({ vote: "useful", note: null });
    expect(of(state, "a.1", ADA.id)?.vote).toBe("up");
    expect(of(state, "a.1", "p2")).toBeNull();
    expect(state.turns[0]?.feedback).toHaveLength(3);
  });

  it("about something this client does not know changes nothing but the place in the log", () => {
    const state = conversationOf([...over, said({ call_id: "z.0.0" })]);
    expect(state.turns).toEqual(conversationOf(over).turns);
    expect(state.lastSeq).toBe(over.length + 1);
  });
});
