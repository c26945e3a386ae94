"""A question asked again or asked differently: what was said goes, what was done stays."""

import pytest

from orchestration.context import history
from orchestration.context_items import UNDER_WAY
from shared.model import AssistantText, InputItem, ToolRequest, ToolResult, UserText
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import ToolStatus
from tests.orchestration.records import Notes


def _pair(call_id: str, output: str, tool: str = "find") -> tuple[InputItem, InputItem]:
    return (
        ToolRequest(call_id=call_id, name=f"crm__{tool}", arguments="{}"),
        ToolResult(call_id=call_id, output=output),
    )


def _call(notes: Notes, turn: str, *, idempotent: bool, status: ToolStatus = "completed") -> Notes:
    """Say a turn with one call, not ended yet."""
    notes.question(turn, f"q {turn}").started(turn).step(turn, 0, "Looking.", "find")
    return notes.called(f"{turn}.0.0", idempotent=idempotent).result(f"{turn}.0.0", f"r {turn}", status)


def _answered(notes: Notes, turn: str, *, idempotent: bool) -> Notes:
    return _call(notes, turn, idempotent=idempotent).step(turn, 1, f"a {turn}").end(turn)


def test_an_edited_question_supersedes_the_turn_it_replaces_and_all_since() -> None:
    notes = Notes().turn("t1", "q1", "a1").turn("t2", "q2", "a2").turn("t3", "q3", "a3")
    notes.question("t4", "q2, better").started("t4", replaces="t2")
    assert history(notes.record(), "t4") == (UserText("q1"), AssistantText("a1"), UserText("q2, better"))


def test_a_turn_that_still_waited_when_the_other_began_is_not_superseded() -> None:
    notes = Notes().turn("t1", "q1", "a1").question("t2", "q2, better").question("t3", "later").queued("t3")
    notes.started("t2", replaces="t1").step("t2", 0, "a2").end("t2").started("t3")
    assert history(notes.record(), "t3") == (UserText("q2, better"), AssistantText("a2"), UserText("later"))


def test_a_turn_asked_before_and_begun_after_the_replaced_one_is_superseded_with_it() -> None:
    notes = Notes().question("t2", "q2").queued("t2").turn("t1", "q1", "a1").started("t2").step("t2", 0, "a2").end("t2")
    notes.question("t3", "q1, better").started("t3", replaces="t1")
    assert history(notes.record(), "t3") == (UserText("q1, better"),)


def test_a_regenerated_answer_answers_the_same_question_with_all_that_was_found() -> None:
    notes = _answered(Notes(), "t1", idempotent=True).started("t2", replaces="t1", question_of="t1")
    assert history(notes.record(), "t2") == (UserText("q t1"), *_pair("t1.0.0", "r t1"))


def test_an_edited_question_knows_only_the_calls_that_must_not_be_made_twice() -> None:
    notes = _answered(_answered(Notes(), "t1", idempotent=True), "t2", idempotent=False)
    notes.question("t3", "better").started("t3", replaces="t1").step("t3", 0, "a3")
    assert history(notes.record(), "t3") == (UserText("better"), *_pair("t2.0.0", "r t2"), AssistantText("a3"))


def test_later_turns_see_the_carried_calls_where_the_replacing_turn_is() -> None:
    notes = _answered(Notes(), "t1", idempotent=False).question("t2", "better").started("t2", replaces="t1")
    during = history(notes.record(), "t2")
    notes.step("t2", 0, "a2").end("t2").question("t3", "q3").started("t3")
    assert history(notes.record(), "t3") == (*during, AssistantText("a2"), UserText("q3"))


@pytest.mark.parametrize("asked_again", [True, False])
@pytest.mark.parametrize(
    ("status", "idempotent", "told"),
    [
        ("completed", True, "again"),
        ("completed", False, "always"),
        ("unknown", True, "never"),
        ("unknown", False, "always"),
        ("failed", False, "never"),
        ("denied", False, "never"),
        ("cancelled", False, "never"),
    ],
)
def test_what_happened_stays_happened(status: ToolStatus, idempotent: bool, told: str, asked_again: bool) -> None:  # noqa: FBT001 - a table of cases
    notes = _call(Notes(), "t1", idempotent=idempotent, status=status).end("t1")
    if asked_again:
        notes.started("t2", replaces="t1", question_of="t1")
    else:
        notes.question("t2", "better").started("t2", replaces="t1")
    carried = [item for item in history(notes.record(), "t2") if isinstance(item, ToolResult)]
    assert bool(carried) == (told == "always" or (told == "again" and asked_again))


def test_a_call_whose_start_was_not_read_is_taken_for_one_with_an_effect() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find").result("t1.0.0", "done").end("t1")
    notes.question("t2", "better").started("t2", replaces="t1")
    assert history(notes.record(), "t2") == (UserText("better"), *_pair("t1.0.0", "done"))


def test_a_call_that_is_still_under_way_is_carried_as_one_whose_outcome_is_unknown() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find").called("t1.0.0").parked("t1")
    notes.question("t2", "better").started("t2", replaces="t1")
    assert history(notes.record(), "t2") == (UserText("better"), *_pair("t1.0.0", UNDER_WAY))
    notes.result("t1.0.0", "done").end("t1")
    assert history(notes.record(), "t2") == (UserText("better"), *_pair("t1.0.0", "done"))


@pytest.mark.parametrize("begun", [True, False])
def test_a_call_under_way_that_has_no_effect_and_one_never_begun_are_not_carried(begun: bool) -> None:  # noqa: FBT001 - a table of cases
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find")
    if begun:
        notes.called("t1.0.0", idempotent=True)
    notes.parked("t1").started("t2", replaces="t1", question_of="t1")
    assert history(notes.record(), "t2") == (UserText("q"),)


def test_calls_are_handed_on_along_a_chain_of_replacements_once() -> None:
    notes = _answered(Notes(), "t1", idempotent=False).question("t2", "better").started("t2", replaces="t1")
    notes.step("t2", 0, "", "write").called("t2.0.0").result("t2.0.0", "r t2").end("t2")
    notes.started("t3", replaces="t2", question_of="t2").step("t3", 0, "a3").end("t3")
    notes.started("t4", replaces="t1", question_of="t1")
    carried = (*_pair("t1.0.0", "r t1"), *_pair("t2.0.0", "r t2", "write"))
    assert history(notes.record(), "t3") == (UserText("better"), *carried, AssistantText("a3"))
    assert history(notes.record(), "t4") == (UserText("q t1"), *carried)


def test_a_filtered_turns_calls_are_not_carried() -> None:
    notes = _call(Notes(), "t1", idempotent=False).end("t1", ErrorCode.CONTENT_FILTERED)
    notes.question("t2", "better").started("t2", replaces="t1")
    assert history(notes.record(), "t2") == (UserText("better"),)


def test_a_replaced_turn_before_the_reading_window_supersedes_all_that_is_read() -> None:
    notes = Notes().turn("t1", "q1", "a1").turn("t2", "q2", "a2").question("t3", "better").started("t3", replaces="t0")
    assert history(notes.record(), "t3") == (UserText("better"),)


def test_replacing_a_question_that_was_never_answered_supersedes_nothing_else() -> None:
    notes = Notes().question("t2", "taken back").queued("t2").turn("t1", "q1", "a1").end("t2")
    notes.question("t3", "q3").started("t3", replaces="t2")
    assert history(notes.record(), "t3") == (UserText("q1"), AssistantText("a1"), UserText("q3"))
