"""What the reader of a cell heard live is held against the attempt that wrote the message, and against all of it."""

import pytest

from tests.e2e.kills.fold import Event, Fold, fold

ADA = "ada"


def delta(offset: int, text: str, attempt: int = 1) -> Event:
    return {"type": "message.delta", "message_id": "m", "attempt": attempt, "offset": offset, "text": text}


def completed(attempt: int = 1, **more: object) -> Event:
    parts = [{"type": "text", "text": "one two"}]
    whole = {"type": "message.completed", "seq": 1, "message_id": "m", "attempt": attempt, "parts": parts}
    return whole | {"finish": "stop", "audience": None} | more


def told(*events: Event) -> Fold:
    return fold(events)


@pytest.mark.parametrize(
    "pieces",
    [
        [delta(0, "one"), delta(3, " two")],
        [delta(0, "one"), delta(0, "one"), delta(3, " two")],
        [delta(0, "one"), delta(0, "one two"), delta(3, " two")],
        [delta(0, "other"), delta(0, "other", 2), delta(0, "one two", 3)],
    ],
)
def test_text_heard_whole_is_not_missed(pieces: list[Event]) -> None:
    assert told(*pieces, completed(pieces[-1]["attempt"])).unheard(ADA) == []


@pytest.mark.parametrize("pieces", [[], [delta(0, "one")], [delta(3, " two")], [delta(0, "one"), delta(4, "two")]])
def test_text_of_which_nothing_or_not_all_was_heard_is_missed(pieces: list[Event]) -> None:
    folded = told(*pieces, completed())

    assert folded.misread == []
    assert len(folded.unheard(ADA)) == 1


def test_what_another_attempt_said_does_not_count() -> None:
    assert len(told(delta(0, "one two"), completed(attempt=2)).unheard(ADA)) == 1


def test_what_was_cut_off_or_is_for_others_need_not_be_heard() -> None:
    assert told(completed(finish="stopped")).unheard(ADA) == []
    assert told(completed(audience=["ben"])).unheard(ADA) == []
