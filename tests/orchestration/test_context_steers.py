"""Messages put into a running turn."""

from orchestration.context import history, pending_steers
from shared.model import AssistantText, InputItem, ToolRequest, ToolResult, UserText
from tests.orchestration.records import Notes


def _looking(notes: Notes) -> Notes:
    """Say the first step of `t1` and its result."""
    return notes.step("t1", 0, "", "find").result("t1.0.0", "r")


_BEGINNING: tuple[InputItem, ...] = (
    UserText("q1"),
    ToolRequest(call_id="t1.0.0", name="crm__find", arguments="{}"),
    ToolResult(call_id="t1.0.0", output="r"),
)


def _asked() -> Notes:
    return Notes().question("t1", "q1").started("t1").active("t1")


def _pending(notes: Notes, step: int) -> list[str]:
    return [steer.turn_id for steer in pending_steers(notes.record(), "t1", step)]


def test_a_pending_steer_comes_after_all_there_is() -> None:
    notes = _looking(_asked().steer("t1", "s1", "and Contoso")).steer("t1", "s2", "in euros")
    assert _pending(notes, 1) == ["s1", "s2"]
    assert history(notes.record(), "t1") == (*_BEGINNING, UserText("and Contoso"), UserText("in euros"))


def test_the_first_step_is_given_no_steer() -> None:
    notes = _asked().steer("t1", "s1", "and Contoso")
    assert _pending(notes, 0) == []
    assert history(notes.record(), "t1") == (UserText("q1"),)


def test_pending_steers_come_in_the_order_they_were_written() -> None:
    notes = _looking(_asked()).steer("t1", "s1", "first").steer("t1", "s2", "second")
    notes.head = notes.head.model_copy(update={"steers": notes.head.steers[::-1]})
    assert _pending(notes, 1) == ["s1", "s2"]


def test_a_used_steer_stays_where_the_step_that_used_it_found_it() -> None:
    notes = _looking(_asked()).steer("t1", "s1", "and Contoso").steer("t1", "s2", "in euros")
    given = history(notes.record(), "t1")
    notes.step("t1", 1, "a1", steered_by=("s2", "s1"))
    assert _pending(notes, 2) == []
    assert history(notes.record(), "t1") == (*given, AssistantText("a1"))
    notes.end("t1").question("t2", "q2").started("t2")
    assert history(notes.record(), "t2") == (*given, AssistantText("a1"), UserText("q2"))


def test_a_steer_handed_back_is_the_question_of_its_own_turn_only() -> None:
    notes = _looking(_asked()).steer("t1", "s1", "and Contoso").step("t1", 1, "a1").end("t1").started("s1").active("s1")
    assert _pending(notes, 2) == []
    assert history(notes.record(), "s1") == (*_BEGINNING, AssistantText("a1"), UserText("and Contoso"))


def test_a_steer_that_waits_as_a_turn_of_its_own_is_not_told_yet() -> None:
    notes = _looking(_asked()).steer("t1", "s1", "and Contoso").step("t1", 1, "a1").end("t1")
    notes.queued("s1").question("t2", "q2").started("t2").active("t2")
    assert history(notes.record(), "t2") == (*_BEGINNING, AssistantText("a1"), UserText("q2"))


def test_a_steer_that_was_taken_back_is_told_to_nobody() -> None:
    notes = _looking(_asked()).steer("t1", "s1", "never mind").end("s1")
    assert _pending(notes, 1) == []
    assert history(notes.record(), "t1") == _BEGINNING
    notes.step("t1", 1, "a1", steered_by=("s1",)).end("t1").question("t2", "q2").started("t2")
    assert history(notes.record(), "t2") == (*_BEGINNING, AssistantText("a1"), UserText("q2"))


def test_a_steer_into_another_turn_is_not_given() -> None:
    notes = _looking(_asked()).steer("t0", "s1", "late")
    assert _pending(notes, 1) == []
    assert pending_steers(notes.record(), "t0", 1) == ()


def test_a_steer_that_was_not_read_yet_waits_for_the_step_after() -> None:
    notes = _looking(_asked()).steer("t1", "s1", "and Contoso")
    del notes.events[-1]
    assert _pending(notes, 1) == []
    assert history(notes.record(), "t1") == _BEGINNING
