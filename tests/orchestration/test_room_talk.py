from collections.abc import Sequence
from typing import Any

import pytest

from orchestration.room_talk import Line, lines_of, may_speak
from shared.event_log.head import GroupState, Head, TurnInQueue, TurnOnFloor
from shared.protocol.durable import MessageCompleted, MessageCreated
from shared.protocol.events import StoredEvent
from shared.protocol.group import GroupSettings, MessageDeleted, MessageEdited, MessageShared
from shared.protocol.shapes import COACH, Participant, TextPart

AT = "2026-03-02T09:00:00.000Z"
NOW = 1_000_000.0
ADA, BOB, CLEO = (Participant(kind="person", id=name, name=name.title()) for name in ("ada", "bob", "cleo"))


def _said(seq: int, author: Participant = ADA, text: str = "hi", **fields: Any) -> MessageCreated:
    usual: dict[str, Any] = {"actor": author, "author": author, "message_id": f"m{seq}", "seq": seq, "at": AT}
    usual |= {"parts": (TextPart(text=text),)}
    return MessageCreated(**usual | fields)


def _answer(seq: int, **fields: Any) -> MessageCompleted:
    usual: dict[str, Any] = {"actor": COACH, "author": COACH, "message_id": f"m{seq}", "turn_id": "t", "step": 0}
    usual |= {"parts": (TextPart(text="so"),), "finish": "stop", "seq": seq, "at": AT}
    return MessageCompleted(**usual | fields)


def _shown(*events: StoredEvent) -> list[tuple[int, str, str]]:
    return [(line.seq, line.author.id, line.text) for line in lines_of(events)]


def test_what_everyone_heard_is_told_in_order() -> None:
    shared = MessageShared(actor=BOB, message_id="m9", turn_id="t", parts=(TextPart(text="7"),), seq=4, at=AT)
    assert _shown(_said(1), _answer(2), _said(3, BOB), shared) == [
        (1, "ada", "hi"),
        (2, "coach", "so"),
        (3, "bob", "hi"),
        (4, "coach", "7"),
    ]


def test_whispers_steps_on_the_way_and_empty_words_are_not() -> None:
    whisper, private = _said(1, audience=("ada", "bob")), _answer(2, audience=("ada",))
    assert _shown(whisper, private, _answer(3, finish="tools"), _said(4, text=" ")) == []


def test_edited_words_count_as_edited_and_those_taken_back_not_at_all() -> None:
    edit = MessageEdited(actor=ADA, message_id="m1", parts=(TextPart(text="new"),), seq=3, at=AT)
    gone = MessageDeleted(actor=ADA, message_id="m2", seq=4, at=AT)
    assert _shown(_said(1), _said(2), edit, gone) == [(1, "ada", "new")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"mentions": ("coach",)}, False),
        ({"mentions": ("bob",)}, True),
        ({"reply_to": "m1"}, True),
        ({"reply_to": "m2"}, False),
        ({"reply_to": "m_of_long_ago"}, False),
    ],
)
def test_words_to_a_person_are_known_as_such(fields: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 - a case
    lines = lines_of((_said(1, BOB), _answer(2), _said(3, ADA, **fields)))
    assert lines[-1].to_person is expected


def _head(**fields: Any) -> Head:
    group = {"settings": GroupSettings(ambient=True), "members": 3, "spoken_since": 6} | fields.pop("group", {})
    return Head(owner="ada", created_at=AT, updated_at=AT, group=GroupState(**group), **fields)


def _line(seq: int, author: Participant = ADA, ago: float = 10.0, **fields: Any) -> Line:
    return Line(seq=seq, message_id=f"m{seq}", author=author, at=NOW - ago, text="hi", **fields)


LINES = (_line(1, COACH, 200), _line(2, BOB, 60), _line(3, ADA, 10))


def test_in_a_quiet_moment_the_coach_may_speak() -> None:
    assert may_speak(_head(), LINES, 3, NOW)
    assert may_speak(_head(group={"coach_spoke_at": NOW - 90}), LINES, 3, NOW)


@pytest.mark.parametrize(
    "head",
    [
        _head(group={"settings": GroupSettings()}),
        _head(group={"coach_spoke_at": NOW - 89}),
        _head(group={"spoken_since": 5}),
        _head(group={"members": 1}),
        _head(archived=True),
        _head(active_turn=TurnOnFloor(turn_id="t", asker="bob", question_seq=2, started=NOW, deadline=NOW + 9)),
        _head(queue=(TurnInQueue(turn_id="t", asker="bob", question_seq=2, left=10.0),)),
        Head(owner="ada", created_at=AT, updated_at=AT),
    ],
)
def test_it_is_silent_where_the_group_or_its_own_limits_say_so(head: Head) -> None:
    assert not may_speak(head, LINES, 3, NOW)


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ((), 3),
        (LINES, 2),
        ((*LINES, _line(4, BOB, 1)), 3),
        ((*LINES, _line(4, COACH, 9)), 4),
        ((*LINES[:2], _line(3, ADA, 5)), 3),
        ((*LINES[:2], _line(3, ADA, 10, to_person=True)), 3),
        ((_line(2, BOB, 17), _line(3, ADA, 10)), 3),
    ],
    ids=["nobody spoke", "overtaken", "somebody spoke since", "twice in a row", "not quiet", "to a person", "exchange"],
)
def test_it_is_silent_where_it_would_be_in_the_way(lines: Sequence[Line], after: int) -> None:
    assert not may_speak(_head(), lines, after, NOW)


def test_one_person_writing_several_lines_is_no_exchange() -> None:
    assert may_speak(_head(), (_line(2, ADA, 12), _line(3, ADA, 10)), 3, NOW)
    assert may_speak(_head(), (_line(2, COACH, 12), _line(3, ADA, 10)), 3, NOW)
    assert may_speak(_head(), (_line(3, ADA, 10),), 3, NOW)
