"""What is left of a conversation where the model's service refuses to be told all of it."""

import json

from orchestration.context import history
from orchestration.context_reach import Reach, within
from shared.model import AssistantText, InputItem, ToolRequest, ToolResult, UserText
from shared.room_frames import TO_ANSWER
from tests.orchestration.records import ADA, Notes
from tests.orchestration.rooms import BOB, Room

READERS = frozenset({ADA.id, BOB.id})


def _told(notes: Notes, reach: Reach, turn: str = "now") -> tuple[InputItem, ...]:
    return history(within(notes.record(), turn, reach), turn)


def _stopped_before() -> Notes:
    """Say a conversation with an answered turn, one stopped before its answer began, and one that runs."""
    notes = Notes().turn("t1", "fine", "yes").question("t2", "poison").started("t2").end("t2")
    return notes.question("now", "and now?").started("now")


def test_a_question_that_no_step_answered_is_left_out_first() -> None:
    assert _told(_stopped_before(), "all") == (
        UserText("fine"),
        AssistantText("yes"),
        UserText("poison"),
        UserText("and now?"),
    )
    assert _told(_stopped_before(), "answered") == (UserText("fine"), AssistantText("yes"), UserText("and now?"))


def test_then_all_but_the_running_turn_with_what_it_found() -> None:
    notes = _stopped_before().step("now", 0, "", "find").result("now.0.0", "found").summarised(1, "of before")
    assert _told(notes, "alone") == (
        UserText("and now?"),
        ToolRequest(call_id="now.0.0", name="crm__find", arguments="{}"),
        ToolResult(call_id="now.0.0", output="found"),
    )


def test_the_summary_stays_with_the_answered_turns() -> None:
    first, *_ = _told(_stopped_before().summarised(1, "of before"), "answered")
    assert isinstance(first, UserText)
    assert "of before" in first.text


def test_a_question_answered_again_is_kept_with_the_turn_that_answers_it() -> None:
    notes = Notes().turn("t1", "why?", "so").started("now", replaces="t1", question_of="t1")
    assert _told(notes, "alone") == (UserText("why?"),)


def test_what_a_superseded_turn_did_is_still_told_with_the_answered_turns() -> None:
    notes = Notes().question("t1", "write it").started("t1").step("t1", 0, "", "write").called("t1.0.0")
    notes.result("t1.0.0", "written").end("t1").question("now", "write it twice").started("now", replaces="t1")
    assert ToolResult(call_id="t1.0.0", output="written") in _told(notes, "answered")


def test_an_edit_of_a_question_that_no_step_answered_supersedes_no_more_than_that() -> None:
    notes = Notes().turn("t1", "fine", "yes").question("t2", "poison").started("t2").end("t2")
    notes.question("now", "better said").started("now", replaces="t2").summarised(1, "of before")
    summary, *rest = _told(notes, "answered")
    assert isinstance(summary, UserText)
    assert "of before" in summary.text
    assert rest == [UserText("fine"), AssistantText("yes"), UserText("better said")]


def test_nor_does_an_edit_of_a_question_that_was_taken_back_while_it_waited() -> None:
    notes = Notes().turn("t1", "fine", "yes").question("t2", "poison").queued("t2").end("t2")
    notes.question("now", "better said").started("now", replaces="t2")
    assert _told(notes, "answered") == (UserText("fine"), AssistantText("yes"), UserText("better said"))


def test_a_message_put_into_the_running_turn_is_kept() -> None:
    notes = _stopped_before().active("now").step("now", 0, "", "find").result("now.0.0", "found")
    notes.steer("now", "t9", "rather Fabrikam")
    assert _told(notes, "alone")[-1] == UserText("rather Fabrikam")


def test_of_a_room_what_people_said_among_themselves_is_left_out() -> None:
    room = Room().says(BOB, "poison").says(ADA, "@coach hello?", turn="t1")
    room.started("t1").step("t1", 0, "Hello.").end("t1")
    room.says(BOB, "more poison").says(ADA, "@coach and now?", turn="now").started("now")
    room.says(BOB, "mean")
    items = history(within(room.record(), "now", "answered"), "now", audience=READERS)
    texts = [json.loads(item.text.removeprefix(TO_ANSWER))["text"] for item in items if isinstance(item, UserText)]
    assert texts == ["@coach hello?", "@coach and now?"]
    assert AssistantText("Hello.") in items
