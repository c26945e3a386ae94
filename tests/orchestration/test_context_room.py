"""What the model reads of a room: everybody's words around its own turns, each marked with who said it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from orchestration.context import FLOOR_TOKENS, history
from orchestration.context_room import WINDOW
from shared.event_log.documents import SummaryDocument
from shared.model import AssistantText, InputItem, ToolRequest, ToolResult, UserText
from shared.model_tokens import items_tokens
from shared.room_frames import TO_ANSWER, person_id
from tests.orchestration.records import ADA
from tests.orchestration.rooms import BOB, CEM, Room

READERS = frozenset({ADA.id, BOB.id, CEM.id})


def _told(room: Room, turn: str = "t1") -> tuple[InputItem, ...]:
    return history(room.record(), turn, audience=READERS)


def _texts(items: tuple[InputItem, ...]) -> list[str]:
    """Return what people said, without who and where; the question is marked."""
    texts: list[str] = []
    for item in items:
        match item:
            case UserText(text=text):
                mark = "> " if text.startswith(TO_ANSWER) else ""
                said = json.loads(text.removeprefix(TO_ANSWER))
                texts.append(mark + said.get("text", said.get("shares what you told them alone", "")))
            case AssistantText(text=text):
                texts.append(f"coach: {text}")
            case _:
                texts.append(type(item).__name__)
    return texts


def _story() -> Room:
    room = Room().says(BOB, "Contoso wants 15 %.").says(ADA, "@coach what is usual?", turn="t0")
    room.started("t0").step("t0", 0, "8 to 12 %.").end("t0")
    room.says(CEM, "They also want a pilot.").says(BOB, "@coach and with a pilot?", turn="t1", reply_to="t0.0")
    room.started("t1")
    return room


def test_everybodys_words_stand_around_the_coachs_turns_in_order() -> None:
    assert _texts(_told(_story())) == [
        "Contoso wants 15 %.",
        "@coach what is usual?",
        "coach: 8 to 12 %.",
        "They also want a pilot.",
        "> @coach and with a pilot?",
    ]


def test_the_question_tells_who_asks_and_what_it_replies_to() -> None:
    question = _told(_story())[-1]
    assert isinstance(question, UserText)
    assert json.loads(question.text.removeprefix(TO_ANSWER)) == {
        "message": "m7",
        "person": person_id(BOB.id),
        "name": "Bob",
        "reply_to": "m4",
        "text": "@coach and with a pilot?",
    }


def test_edited_messages_are_told_as_they_read_now_and_deleted_ones_not_at_all() -> None:
    room = _story().says(ADA, "never mind", "gone")
    room.edited(BOB, "m1", "Contoso wants 10 %.").deleted(ADA, "gone")

    texts = _texts(_told(room))
    assert texts[0] == "Contoso wants 10 %."
    assert "never mind" not in texts


def test_a_deleted_question_takes_its_answer_with_it() -> None:
    texts = _texts(_told(_story().deleted(ADA, "t0.q")))
    assert texts == ["Contoso wants 15 %.", "They also want a pilot.", "> @coach and with a pilot?"]


def test_what_somebody_shared_is_told_with_who_shared_it() -> None:
    room = Room().says(ADA, "@coach my deals?", turn="t0").shared(ADA, "t0", "t0.1", "Three deals.")
    room.says(BOB, "@coach so?", turn="t1").started("t1")

    assert _texts(_told(room))[-2:] == ["Three deals.", "> @coach so?"]


def test_others_words_during_a_turn_are_told_to_its_next_step() -> None:
    room = _story()
    room.step("t1", 0, "", "find").result("t1.0.0", "found")
    room.says(CEM, "The pilot is for 3 months.")

    assert _texts(_told(room))[-4:] == [
        "> @coach and with a pilot?",
        ToolRequest.__name__,
        ToolResult.__name__,
        "The pilot is for 3 months.",
    ]


def test_only_the_newest_are_told_and_the_thread_of_the_question() -> None:
    room = Room().says(ADA, "The beginning of it all.", "first")
    for number in range(WINDOW + 10):
        room.says(CEM, f"word {number}")
    room.says(BOB, "@coach about that?", turn="t1", reply_to="first").started("t1")

    texts = _texts(_told(room))
    assert texts[0] == "The beginning of it all."
    assert texts[1] == "word 10"
    assert len(texts) == WINDOW + 2


def test_what_the_summary_speaks_of_is_not_told_again() -> None:
    room = _story()
    room.summary = SummaryDocument(through_seq=5, text="Contoso wants a discount.")

    summary, *rest = _told(room)
    assert isinstance(summary, UserText)
    assert "Contoso wants a discount." in summary.text
    assert _texts(tuple(rest)) == ["They also want a pilot.", "> @coach and with a pilot?"]


@given(
    words=st.lists(st.text(min_size=1, max_size=400), max_size=30),
    budget=st.integers(FLOOR_TOKENS, 3_000),
)
def test_it_always_fits(words: list[str], budget: int) -> None:
    room = _story()
    for number, text in enumerate(words):
        room.says((ADA, BOB, CEM)[number % 3], text)

    assert items_tokens(history(room.record(), "t1", budget, audience=READERS)) <= budget
