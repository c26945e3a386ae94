"""The check of streamed text names what a client that wished it was not told, or told wrongly."""

from typing import Any, cast

import pytest

from tests.model_based.person import Client, Frame, Visit
from tests.model_based.streams import streams

NOBODY = cast("Any", None)
OPENED: Frame = {"type": "session.created", "through_seq": 1}
BEGUN: Frame = {"type": "turn.started", "turn_id": "t", "seq": 2}
STARTED: Frame = {"type": "message.started", "message_id": "t.0", "attempt": 2}
DELTAS: list[Frame] = [
    {"type": "message.delta", "message_id": "t.0", "attempt": 2, "offset": 0, "text": "All "},
    {"type": "message.delta", "message_id": "t.0", "attempt": 2, "offset": 4, "text": "is well."},
]
WRITTEN: Frame = {
    "type": "message.completed",
    "message_id": "t.0",
    "turn_id": "t",
    "attempt": 2,
    "finish": "stop",
    "parts": [{"type": "text", "text": "All is well."}],
    "seq": 3,
}


def wrongs(*frames: Frame, streaming: bool = True, settled: bool = True, seen_before: int = 1) -> list[str]:
    opened = OPENED | {"through_seq": seen_before}
    visit = Visit(NOBODY, [opened, *frames], settled=settled)
    client = Client(NOBODY, "", streaming=streaming, visits=[visit])
    return list(streams(client, {2: BEGUN, 3: WRITTEN}))


def test_text_streamed_whole_is_well() -> None:
    assert wrongs(BEGUN, STARTED, *DELTAS, WRITTEN) == []


def test_an_answer_of_which_nothing_came_is_found() -> None:
    assert wrongs(BEGUN, WRITTEN) == ["never announced ('t.0', 2)", "nothing streamed for ('t.0', 2)"]


def test_an_attempt_that_was_not_announced_is_found() -> None:
    assert wrongs(BEGUN, *DELTAS, WRITTEN) == ["never announced ('t.0', 2)"]


def test_an_answer_of_which_a_piece_is_missing_is_found() -> None:
    assert len(wrongs(BEGUN, STARTED, *DELTAS[:1], WRITTEN)) == 1
    assert len(wrongs(BEGUN, STARTED, *DELTAS[1:], WRITTEN)) == 2


@pytest.mark.parametrize("excuse", [{"streaming": False}, {"settled": False}, {"seen_before": 2}])
def test_who_did_not_wish_it_or_was_not_there_need_not_be_told(excuse: dict[str, Any]) -> None:
    assert wrongs(BEGUN, WRITTEN, **excuse) == []
