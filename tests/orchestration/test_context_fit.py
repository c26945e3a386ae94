"""What is left out when the budget is short, and what holds for any conversation and any budget."""

import random

from hypothesis import given
from hypothesis import strategies as st

from orchestration.context import FLOOR_TOKENS, history
from orchestration.context_fit import BEGINNING_CHARACTERS, fit
from orchestration.context_items import Story, ToldTurn
from shared.model import AssistantText, InputItem, ToolRequest, ToolResult, UserText
from shared.model_tokens import CUT, item_tokens, items_tokens
from tests.orchestration.conversations import CALM, NOW, conversations
from tests.orchestration.records import Notes

PLENTY = 10**9
budgets = st.integers(FLOOR_TOKENS, 12_000)


def _key(item: InputItem) -> tuple[str, str]:
    """Return what names an item also when it is cut."""
    match item:
        case UserText(text=text) | AssistantText(text=text):
            return type(item).__name__, text[: text.index(">") + 1]
        case ToolRequest(call_id=call_id) | ToolResult(call_id=call_id):
            return type(item).__name__, call_id


def _texts(items: tuple[InputItem, ...]) -> list[str]:
    return [item.text for item in items if isinstance(item, UserText | AssistantText)]


def _outputs(items: tuple[InputItem, ...]) -> list[str]:
    return [item.output for item in items if isinstance(item, ToolResult)]


def _found(notes: Notes, turn: str, size: int, *, reference: str | None = None) -> Notes:
    notes.question(turn, f"q {turn}").started(turn).step(turn, 0, "", "find")
    return notes.result(f"{turn}.0.0", turn + "r" * size, reference=reference)


def test_results_of_earlier_turns_become_a_line_first_the_oldest_before_the_others() -> None:
    notes = _found(Notes(), "t1", 6000, reference="results/one.txt").step("t1", 1, "a1").end("t1")
    notes = _found(_found(notes, "t2", 6000).end("t2"), "t3", 6000)
    items = history(notes.record(), "t3", 4500)
    first, second, third = _outputs(items)
    assert first.startswith("[left out: 6")
    assert "results/one.txt" in first
    assert "It began: t1rrr" in first
    assert "\n" not in first
    assert len(first) < 400
    assert (len(second), len(third)) == (6002, 6002)
    assert _texts(items) == ["q t1", "a1", "q t2", "q t3"]


def test_then_the_oldest_turns_go_as_a_whole() -> None:
    notes = Notes()
    for n in range(5):
        notes.turn(f"t{n}", f"q{n}" + "." * 298, "a" * 300)
    notes.question("t9", "now").started("t9")
    assert [text[:2] for text in _texts(history(notes.record(), "t9", 500))] == ["q3", "aa", "q4", "aa", "no"]


def test_then_the_running_turns_oldest_results_keep_their_beginning() -> None:
    notes = Notes().turn("t0", "old", "old").question("t1", "q").started("t1")
    for step in range(3):
        notes.step("t1", step, "", "find").result(f"t1.{step}.0", "r" * 10_000)
    items = history(notes.record(), "t1", 8_000)
    outputs = _outputs(items)
    assert outputs[0] == "r" * BEGINNING_CHARACTERS + "\n[shortened from 10000 characters]"
    assert outputs[1:] == ["r" * 10_000, "r" * 10_000]
    assert _texts(items) == ["q"]


def test_the_summary_outlives_the_turns_it_is_followed_by_and_goes_before_the_running_turns_calls() -> None:
    notes = Notes().turn("t1", "q1", "a1").summarised(4, "They met.").turn("t2", "q2" * 200, "a2" * 200)
    _found(notes, "t3", 900)
    whole = items_tokens(history(notes.record(), "t3", PLENTY))
    without_turn = history(notes.record(), "t3", whole - 1)
    assert ["They met." in text or text == "q t3" for text in _texts(without_turn)] == [True, True]
    less = history(notes.record(), "t3", items_tokens(without_turn) - 1)
    assert _texts(less) == ["q t3"]
    assert len(_outputs(less)[0]) == 902


def test_the_question_is_cut_in_the_middle_at_last() -> None:
    notes = Notes().turn("t1", "old", "old").question("t2", "begin " + "x" * 5000 + " end").started("t2")
    (item,) = history(notes.record(), "t2", 100)
    assert isinstance(item, UserText)
    assert item.text.startswith("begin xxx")
    assert CUT in item.text
    assert item.text.endswith("xxx end")
    assert 90 <= item_tokens(item) <= 100


def test_a_steer_is_cut_with_the_question_and_goes_before_it() -> None:
    notes = Notes().question("t1", "Q" * 3000).started("t1").step("t1", 0, "", "find").active("t1")
    notes.steer("t1", "s1", "S" * 3000)
    both = history(notes.record(), "t1", 400)
    assert [text[:2] for text in _texts(both)] == ["QQ", "SS"]
    assert abs(item_tokens(both[0]) - item_tokens(both[1])) <= 1
    assert [text[:2] for text in _texts(history(notes.record(), "t1", FLOOR_TOKENS))] == ["QQ"]


def test_a_turn_that_is_not_known_leaves_what_was_before() -> None:
    assert history(Notes().turn("t1", "q1", "a1").record(), "t2") == (UserText("q1"), AssistantText("a1"))
    assert history(Notes().turn("t1", "q1" * 99, "a1").record(), "t2", FLOOR_TOKENS) == ()


@CALM
@given(notes=conversations(), budget=budgets)
def test_any_conversation_fits_any_budget_and_keeps_its_question(notes: Notes, budget: int) -> None:
    record = notes.record()
    items = history(record, NOW, budget)
    assert items_tokens(items) <= budget
    whole = history(record, NOW, PLENTY)
    asked = next(i for i in reversed(record.events) if i.type == "turn.started")
    (question,) = {key for item in whole if (key := _key(item)) == ("UserText", f"<{asked.question_id or 'now.q'}>")}
    assert question in {_key(item) for item in items}


@CALM
@given(notes=conversations(), budget=budgets)
def test_every_call_has_its_result_close_behind(notes: Notes, budget: int) -> None:
    items = history(notes.record(), NOW, budget)
    open_calls: list[str] = []
    for item in items:
        match item:
            case ToolRequest(call_id=call_id):
                open_calls.append(call_id)
            case ToolResult(call_id=call_id):
                assert open_calls.pop(0) == call_id
            case _:
                assert open_calls == []
    assert open_calls == []


@CALM
@given(notes=conversations(), budget=budgets)
def test_the_order_is_kept_and_nothing_is_told_twice(notes: Notes, budget: int) -> None:
    record = notes.record()
    whole = [_key(item) for item in history(record, NOW, PLENTY)]
    assert len(set(whole)) == len(whole)
    told = [_key(item) for item in history(record, NOW, budget)]
    assert told == [key for key in whole if key in set(told)]


@CALM
@given(notes=conversations(), budget=budgets, more=st.integers(0, 6_000))
def test_a_larger_budget_never_tells_less(notes: Notes, budget: int, more: int) -> None:
    record = notes.record()
    small = {_key(item): item_tokens(item) for item in history(record, NOW, budget)}
    large = {_key(item): item_tokens(item) for item in history(record, NOW, budget + more)}
    assert {key: tokens for key, tokens in small.items() if tokens > large.get(key, -1)} == {}


@CALM
@given(notes=conversations(), budget=budgets, seed=st.integers())
def test_the_same_record_always_gives_the_same_items(notes: Notes, budget: int, seed: int) -> None:
    items = history(notes.record(), NOW, budget)
    shuffled = dict(random.Random(seed).sample(sorted(notes.texts.items()), len(notes.texts)))  # noqa: S311 - no secret
    notes.texts = shuffled
    assert history(notes.record(), NOW, budget) == items


@CALM
@given(notes=conversations(), budget=budgets)
def test_what_fits_is_left_as_it_is(notes: Notes, budget: int) -> None:
    items = history(notes.record(), NOW, budget)
    again = ToldTurn(turn_id=NOW, end_seq=None, question=None, groups=tuple((item,) for item in items))
    assert fit(Story(summary=None, past=(), now=again, references={}), budget) == items
    assert history(notes.record(), NOW, items_tokens(history(notes.record(), NOW, PLENTY))) == history(
        notes.record(), NOW, PLENTY
    )


@CALM
@given(notes=conversations(), answer=st.text(max_size=50))
def test_a_further_turn_changes_nothing_before_it_while_there_is_room(notes: Notes, answer: str) -> None:
    during = history(notes.record(), NOW, PLENTY)
    waiting = [steer.turn_id for steer in notes.head.steers]
    notes.head = notes.head.model_copy(update={"steers": ()})
    notes.step(NOW, 9, answer, steered_by=tuple(waiting)).end(NOW).question("next", "<next>").started("next")
    following = history(notes.record(), "next", PLENTY)
    assert following[: len(during)] == during
    assert following[len(during) :] == (*([AssistantText(answer)] if answer else []), UserText("<next>"))
