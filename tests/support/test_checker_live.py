"""The checker finds what one client was told wrongly, frame by frame."""

from dataclasses import replace

import pytest

from shared.protocol.durable import ChatResponse, MessageCompleted, MessageCreated, TitleUpdated
from shared.protocol.ephemeral import CommandAccepted, MessageDelta, MessageStarted, Snapshot
from shared.protocol.events import StoredEvent
from shared.protocol.server_event import ServerEvent
from shared.protocol.shapes import SYSTEM, TextPart
from tests.support.checker import violations
from tests.support.spoiling import SOUND, first_delta, names, of_turn, stored, with_frames
from tests.support.stories import AT, SESSION, Story, client_of, dump_of, live_text, opened, question_events, told


def spoken(event: StoredEvent, text: str) -> StoredEvent:
    """Return the event with another text, where it has the answer's."""
    if isinstance(event, MessageCompleted) and event.finish == "stop":
        return event.model_copy(update={"parts": (TextPart(text=text),)})
    return event


@pytest.mark.parametrize(("text", "name"), [("a one", "truncated shown as complete"), ("b two", "text mismatch")])
def test_a_completed_answer_that_is_not_the_whole_one_is_found(text: str, name: str) -> None:
    events = tuple(spoken(event, text) for event in question_events("a", 1))
    announced = live_text("a", 0, text="")
    frames = (opened(), *announced, *events[:5], *live_text("a", text=text), *told(events)[5:])
    said = Story(events=events, frames=frames, sends=SOUND.sends[:1])

    assert names(said) == {name}


def test_an_answer_that_is_cut_is_found_though_its_end_names_a_limit() -> None:
    events = tuple(
        event.model_copy(update={"status": "exhausted"}) if isinstance(event, ChatResponse) else spoken(event, "a one")
        for event in question_events("a", 1)
    )
    frames = (opened(), *live_text("a", 0, text=""), *events[:5], *live_text("a", text="a one"), *told(events)[5:])
    assert names(Story(events=events, frames=frames, sends=SOUND.sends[:1])) == {"truncated shown as complete"}


def test_a_missing_piece_of_an_attempt_is_a_delta_gap() -> None:
    def without_one(frames: list[ServerEvent]) -> list[ServerEvent]:
        del frames[first_delta(frames) + 1]
        return frames

    assert "delta gap" in names(with_frames(without_one))


def test_pieces_in_another_order_are_a_delta_gap() -> None:
    def swapped(frames: list[ServerEvent]) -> list[ServerEvent]:
        at = first_delta(frames)
        frames[at], frames[at + 1] = frames[at + 1], frames[at]
        return frames

    assert "delta gap" in names(with_frames(swapped))


def test_an_attempt_that_begins_twice_is_a_delta_gap() -> None:
    def restarted(frames: list[ServerEvent]) -> list[ServerEvent]:
        at = first_delta(frames)
        again = [frame.model_copy(update={"at": "2026-03-02T09:00:01.000Z"}) for frame in frames[at - 1 : at + 1]]
        return [*frames[: at + 1], *again, *frames[at + 1 :]]

    assert "delta gap" in names(with_frames(restarted))


def test_a_piece_delivered_twice_by_the_service_is_no_violation() -> None:
    assert names(with_frames(lambda frames: [frame for frame in frames for _ in range(2)])) == set()


def test_a_piece_sent_again_with_more_text_is_no_violation() -> None:
    def resent(frames: list[ServerEvent]) -> list[ServerEvent]:
        at = first_delta(frames)
        one, two = frames[at], frames[at + 1]
        assert isinstance(one, MessageDelta)
        assert isinstance(two, MessageDelta)
        frames[at + 1] = one.model_copy(update={"text": one.text + two.text})
        return frames

    assert names(with_frames(resent)) == set()


def test_an_attempt_cut_off_and_a_whole_later_one_are_no_violation() -> None:
    def attempted_again(frames: list[ServerEvent]) -> list[ServerEvent]:
        at = first_delta(frames)
        return [*frames[: at + 2], *live_text("a", attempt=2), *frames[at + len(live_text("a")) - 1 :]]

    assert names(with_frames(attempted_again)) == set()


def test_a_stream_that_lacks_its_end_is_a_text_mismatch() -> None:
    def without_last(frames: list[ServerEvent]) -> list[ServerEvent]:
        del frames[first_delta(frames) + len(live_text("a")) - 2]
        return frames

    assert names(with_frames(without_last)) == {"text mismatch"}


def test_an_end_that_says_another_answer_than_the_stored_one_is_a_text_mismatch() -> None:
    def other_words(frames: list[ServerEvent]) -> list[ServerEvent]:
        return [f.model_copy(update={"response": "other"}) if isinstance(f, ChatResponse) else f for f in frames]

    assert names(with_frames(other_words)) == {"text mismatch", "live fold is not log fold"}


def test_what_comes_late_from_the_session_before_is_not_judged_by_this_one() -> None:
    other = question_events("z", 1)[5].model_copy(update={"conversation_id": "s_before"})
    client = client_of(with_frames(lambda frames: [*frames, other]))
    both = replace(client, created=client.created | {"s_before"})

    assert violations([both], dump_of(SOUND)) == []


def recovered_by_sync(frames: list[ServerEvent]) -> list[ServerEvent]:
    """Lose one live event and learn it from a snapshot."""
    lost = next(frame for frame in frames if isinstance(frame, MessageCreated))
    sync = Snapshot(conversation_id=SESSION, at=AT, from_seq=1, through_seq=lost.seq, events=(lost,))
    return [sync if frame is lost else frame for frame in frames]


def test_an_event_that_never_came_live_was_never_told() -> None:
    assert names(with_frames(recovered_by_sync)) == {"never told"}


def test_a_client_that_did_not_stay_need_not_be_told() -> None:
    assert names(with_frames(recovered_by_sync), settled=False) == set()


def test_a_client_that_shows_something_else_than_the_log_is_found() -> None:
    missed = [frame for frame in SOUND.frames if getattr(frame, "seq", 0) != len(SOUND.events) - 1]
    skip = Snapshot(
        conversation_id=SESSION, at=AT, from_seq=1, through_seq=len(SOUND.events) - 1, events=SOUND.events[:1]
    )
    frames = (*missed[:-1], skip, missed[-1])

    assert names(replace(SOUND, frames=frames), settled=False) == {"live fold is not log fold"}


@pytest.mark.parametrize(("said", "found"), [("Pipeline", set()), ("Else", {"live fold is not log fold"})])
def test_a_title_a_snapshot_tells_ahead_of_its_event_may_be_the_stored_one_only(said: str, found: set[str]) -> None:
    title = TitleUpdated(
        conversation_id=SESSION, at=AT, seq=len(SOUND.events) + 1, actor=SYSTEM, title="Pipeline", source="model"
    )
    returned = opened(through=len(SOUND.events)).model_copy(update={"title": said})
    client = client_of(replace(SOUND, frames=(*SOUND.frames, returned)), settled=False)

    violated = violations([client], stored(SOUND, *SOUND.events, title))

    assert {violation.name for violation in violated} == found


def test_a_frame_of_somebody_elses_conversation_is_found() -> None:
    foreign = CommandAccepted(conversation_id="s_other", at=AT)

    assert names(with_frames(lambda frames: [*frames, foreign])) == {"foreign conversation seen"}


def test_frames_of_an_attempt_that_began_before_the_visit_are_not_judged() -> None:
    tail = live_text("a")[3:]
    frames = (opened(), *SOUND.events[:5], *tail, *SOUND.frames[first_delta(list(SOUND.frames)) + len(tail) + 2 :])
    assert not any(isinstance(frame, MessageStarted) and of_turn(frame, "a") for frame in frames)

    found = names(replace(SOUND, frames=frames))

    assert "delta gap" not in found
