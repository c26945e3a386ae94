"""The reference fold: whatever way events come, the picture is that of the log."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.protocol.durable import ChatResponse, TurnQueued, TurnStarted
from shared.protocol.ephemeral import MessageDelta, Snapshot
from shared.protocol.events import StoredEvent
from shared.protocol.server_event import ServerEvent
from shared.protocol.shapes import LiveText
from tests.support.fold import begin_recovery, fold_log, has_gap, receive
from tests.support.folded import Folded, Turn, picture
from tests.support.stories import (
    ASKER,
    AT,
    SESSION,
    answer_of,
    live_text,
    opened,
    placed,
    question_events,
    story,
    told,
    turn_of,
)

TWO = story("a", "b")
LOG = fold_log(SESSION, TWO.events)


def fold(*frames: ServerEvent) -> Folded:
    state = Folded(conversation_id=SESSION)
    for frame in frames:
        state = receive(state, frame)
    return state


def only_turn(state: Folded) -> Turn:
    (turn,) = state.turns
    return turn


def test_a_log_folds_to_its_questions_answers_and_calls() -> None:
    first, second = LOG.turns

    assert (first.question and first.question.text, first.status, first.response) == (
        "a effect",
        "completed",
        answer_of("a"),
    )
    assert [(call.tool, call.status) for step in second.steps for call in step.calls] == [("log_activity", "completed")]
    assert [step.text for step in second.steps] == ["", answer_of("b")]
    assert LOG.last_seq == len(TWO.events)


def test_what_was_told_live_folds_to_the_log() -> None:
    assert picture(fold(*TWO.frames)) == picture(LOG)


@given(st.permutations(TWO.frames[1:]))
def test_frames_in_any_order_fold_to_the_log(frames: list[ServerEvent]) -> None:
    assert picture(fold(opened(), *frames)) == picture(LOG)


@given(
    st.permutations([frame for frame in TWO.frames[1:] for _ in range(2)]),
    st.integers(0, len(TWO.events)),
    st.integers(0, 20),
)
def test_duplicates_and_a_reconnect_in_their_midst_fold_to_the_log(
    frames: list[ServerEvent], stored: int, cut: int
) -> None:
    state = fold(opened(), *frames[:cut])
    state = begin_recovery(state)
    missed = tuple(event for event in told(TWO.events)[:stored] if event.seq > state.last_seq)
    through = max(stored, state.last_seq)
    for frame in (*frames[cut:], opened(through=through, events=missed), *frames):
        state = receive(state, frame)

    assert picture(state) == picture(LOG)


def test_an_early_event_waits_for_the_one_before_it() -> None:
    first, second, *_ = question_events("a", 1)

    waiting = fold(opened(), second)

    assert waiting.turns == ()
    assert has_gap(waiting)
    assert only_turn(receive(waiting, first)).phase == "running"


def test_a_snapshot_closes_the_gap_and_lets_the_early_one_through() -> None:
    events = question_events("a", 1)
    answer = Snapshot(conversation_id=SESSION, at=AT, from_seq=1, through_seq=2, events=events[:2])

    state = receive(fold(opened(), events[2]), answer)

    assert state.last_seq == 3
    assert not has_gap(state)


def test_events_before_the_snapshot_of_a_connection_wait_for_it() -> None:
    events = question_events("a", 1)

    parked = fold(events[1])

    assert parked.turns == ()
    assert only_turn(receive(parked, opened(through=1, events=events[:1]))).phase == "running"


def test_text_grows_by_offset_and_a_piece_behind_a_hole_waits() -> None:
    asked = question_events("a", 1)[:2]
    start, first, second, *_ = live_text("a")

    state = fold(opened(), *asked, start, second)
    assert only_turn(state).steps[0].text == ""
    assert has_gap(state)

    whole = receive(receive(state, first), first)
    assert only_turn(whole).steps[0].text == answer_of("a")[:8]
    assert not has_gap(whole)


def test_a_later_attempt_resets_the_text_and_an_older_one_is_ignored() -> None:
    old, new = live_text("a", text="old text"), live_text("a", attempt=2, text="new")

    state = fold(opened(), *old[:2], *new, *old[2:])

    assert only_turn(state).steps[0].text == "new"


def test_a_completed_step_replaces_what_was_streamed_and_ignores_what_follows() -> None:
    events = question_events("a", 1)
    late = live_text("a", attempt=9, text="late")

    state = fold(opened(), *live_text("a", text="wrong"), *events[:6], *late)

    assert only_turn(state).steps[-1].text == answer_of("a")


def test_a_checkpoint_is_taken_when_it_is_further_than_the_stream() -> None:
    start, first, *_ = live_text("a")
    assert isinstance(first, MessageDelta)
    live = LiveText(
        message_id=first.message_id, turn_id=first.turn_id, step=1, attempt=1, offset=8, text=answer_of("a")[:8]
    )
    behind = live.model_copy(update={"text": "a"})

    state = fold(opened(), start, first)

    assert only_turn(receive(state, _snapshot_with(behind))).steps[0].text == answer_of("a")[:4]
    assert only_turn(receive(state, _snapshot_with(live))).steps[0].text == answer_of("a")[:8]


def _snapshot_with(live: LiveText) -> Snapshot:
    return Snapshot(conversation_id=SESSION, at=AT, from_seq=1, through_seq=0, events=(), live=live)


def test_the_end_of_a_turn_drops_text_that_was_only_streamed_and_closes_open_calls() -> None:
    events = question_events("a", 1)
    end = events[-1].model_copy(update={"seq": 5, "message_id": None, "status": "failed"})

    turn = only_turn(fold(opened(), *events[:4], *live_text("a", text="partial"), end))

    assert [step.step for step in turn.steps] == [0]
    assert turn.steps[0].calls[0].status == "cancelled"
    assert turn.status == "failed"


def test_the_end_of_a_turn_moves_the_queue_up() -> None:
    names = ("a", "b", "c")
    asked_a, asked_b, asked_c = (question_events(name, 1)[0] for name in names)
    end = ChatResponse(actor=ASKER, turn_id=turn_of("a"), status="completed", next_turn_id=turn_of("b"))
    log: list[StoredEvent] = [
        asked_a,
        TurnStarted(actor=ASKER, turn_id=turn_of("a")),
        asked_b,
        TurnQueued(actor=ASKER, turn_id=turn_of("b"), position=1),
        asked_c,
        TurnQueued(actor=ASKER, turn_id=turn_of("c"), position=2),
        end,
    ]

    state = fold_log(SESSION, [placed(event, seq) for seq, event in enumerate(log, start=1)])

    assert [turn.turn_id for turn in state.turns] == [turn_of(name) for name in names]
    assert [(turn.phase, turn.position) for turn in state.turns] == [("ended", 0), ("running", 0), ("queued", 1)]


def test_two_readers_agree_whatever_attempt_they_saw() -> None:
    def with_attempt(attempt: int) -> Folded:
        changed = tuple(
            replace(turn, steps=tuple(replace(step, attempt=attempt) for step in turn.steps)) for turn in LOG.turns
        )
        return replace(LOG, turns=changed)

    assert picture(with_attempt(1)) == picture(with_attempt(5))
