"""Which messages of a conversation other clients are told."""

from api.mcp_server.reading import entries
from shared import ids
from shared.protocol.durable import MessageCompleted, MessageCreated, TurnStarted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH, Participant, TextPart, ToolCallPart

ADA = Participant(kind="person", id="tenant.ada", name="Ada")


def question(turn: str, text: str, replaces: str | None = None) -> list[StoredEvent]:
    message = ids.question_message(turn)
    asked = MessageCreated(actor=ADA, message_id=message, turn_id=turn, author=ADA, parts=(TextPart(text=text),))
    return [asked, TurnStarted(actor=ADA, turn_id=turn, replaces=replaces)]


def said(turn: str, *parts: TextPart | ToolCallPart) -> StoredEvent:
    message = ids.step_message(turn, 0)
    return MessageCompleted(
        actor=COACH, message_id=message, turn_id=turn, step=0, author=COACH, parts=parts, finish="stop"
    )


def told(*events: StoredEvent) -> list[tuple[str, str, str | None]]:
    return [(entry.author, entry.text, entry.replaces_turn_id) for entry in entries(events)]


def test_steps_without_words_are_left_out() -> None:
    call = ToolCallPart(call_id="t_a.0.0", server="crm", tool="find", arguments="{}")
    assert told(*question("t_a", "One?"), said("t_a", call), said("t_a", TextPart(text="1."))) == [
        ("person", "One?", None),
        ("coach", "1.", None),
    ]


def test_an_edited_question_takes_the_place_of_its_turn_and_of_all_after_it() -> None:
    events = [
        *question("t_a", "One?"),
        said("t_a", TextPart(text="1.")),
        *question("t_b", "Two?"),
        said("t_b", TextPart(text="2.")),
        *question("t_c", "Too?"),
        said("t_c", TextPart(text="3.")),
        *question("t_d", "Zwei?", replaces="t_b"),
        said("t_d", TextPart(text="4.")),
    ]
    assert told(*events) == [
        ("person", "One?", None),
        ("coach", "1.", None),
        ("person", "Zwei?", "t_b"),
        ("coach", "4.", "t_b"),
    ]


def test_an_answer_given_again_keeps_the_question() -> None:
    again = TurnStarted(actor=ADA, turn_id="t_b", replaces="t_a", question_id=ids.question_message("t_a"))
    events = [*question("t_a", "One?"), said("t_a", TextPart(text="1.")), again, said("t_b", TextPart(text="uno"))]
    assert told(*events) == [("person", "One?", None), ("coach", "uno", "t_a")]


def test_what_replaces_a_turn_told_before_names_it() -> None:
    assert told(*question("t_z", "Again?", replaces="t_a")) == [("person", "Again?", "t_a")]
