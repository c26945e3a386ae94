"""The checker finds a client that wished to be told text while it is written, and was not told."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.protocol.ephemeral import MessageDelta, MessageStarted
from shared.protocol.server_event import ServerEvent
from tests.support.checker import violations
from tests.support.checker_streams import turns_judged
from tests.support.spoiling import SOUND, names, of_turn, with_frames
from tests.support.stories import Story, client_of, dump_of, opened


def without(unwanted: Callable[[ServerEvent], bool]) -> Story:
    return with_frames(lambda frames: [frame for frame in frames if not unwanted(frame)])


def is_start(frame: ServerEvent) -> bool:
    return isinstance(frame, MessageStarted)


def is_live(frame: ServerEvent) -> bool:
    return isinstance(frame, (MessageStarted, MessageDelta))


def judged(story: Story) -> int:
    return turns_judged([client_of(story)], dump_of(SOUND).conversations)


def test_text_that_is_never_streamed_is_found() -> None:
    assert names(without(is_live)) == {"not streamed", "not announced"}


def test_one_answer_that_is_not_streamed_is_found() -> None:
    quiet = without(lambda frame: isinstance(frame, MessageDelta) and of_turn(frame, "b"))

    assert names(quiet) == {"not streamed", "text mismatch"}


def test_attempts_that_are_never_announced_are_found() -> None:
    assert names(without(is_start)) == {"not announced"}


def test_a_step_without_text_has_to_be_announced_too() -> None:
    assert names(without(lambda frame: isinstance(frame, MessageStarted) and frame.step == 0)) == {"not announced"}


def test_the_attempt_that_wrote_the_answer_has_to_be_the_one_announced() -> None:
    def another(frames: list[ServerEvent]) -> list[ServerEvent]:
        return [f.model_copy(update={"attempt": 2}) if is_live(f) else f for f in frames]

    assert names(with_frames(another)) == {"not streamed", "not announced"}


@pytest.mark.parametrize(("settled", "streaming"), [(False, True), (True, False)])
def test_who_was_cut_off_or_did_not_wish_it_need_not_be_told(*, settled: bool, streaming: bool) -> None:
    client = client_of(without(is_live), settled=settled, streaming=streaming)

    assert violations([client], dump_of(SOUND)) == []
    assert turns_judged([client], dump_of(SOUND).conversations) == 0


def test_who_came_in_the_middle_of_a_turn_need_not_be_told_its_text() -> None:
    came = opened(through=3, events=SOUND.events[:3])
    second = [frame for frame in SOUND.frames[1:] if not of_turn(frame, "a")]

    came_late = replace(SOUND, frames=(came, *SOUND.events[3:7], *second))

    assert not {"not streamed", "not announced"} & names(came_late)
    assert judged(came_late) == 1


def test_turns_heard_from_begin_to_end_are_counted_once() -> None:
    both = [client_of(SOUND), client_of(SOUND)]

    assert judged(SOUND) == turns_judged(both, dump_of(SOUND).conversations) == len(SOUND.sends)
