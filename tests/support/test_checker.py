"""The checker finds each violation of the log in a history made for it, and none in a sound one."""

from dataclasses import replace

import pytest

from shared.event_log.head import Claim
from shared.protocol.durable import ChatResponse
from tests.support.history import Dump, Send, SendOutcome
from tests.support.spoiling import SOUND, names, of_turn, stored
from tests.support.stories import SESSION, Story, dump_of, head_of, placed, question_events


def with_sends(outcome: SendOutcome) -> Story:
    return replace(SOUND, sends=tuple(replace(send, outcome=outcome) for send in SOUND.sends))


def test_a_sound_history_has_no_violation() -> None:
    assert names(SOUND) == set()


def test_a_question_of_unknown_fate_may_be_stored_once_or_never() -> None:
    unknown = with_sends("unknown")
    never = Send(
        conversation_id=SESSION, client_message_id="never", text="never", burst=9, answer=None, outcome="unknown"
    )

    assert names(replace(unknown, sends=(*unknown.sends, never)), dump_of(SOUND)) == set()


def test_an_accepted_question_that_is_not_stored_is_lost() -> None:
    phantom = replace(SOUND.sends[0], client_message_id="phantom", burst=9)

    assert names(replace(SOUND, sends=(*SOUND.sends, phantom)), dump_of(SOUND)) == {"lost"}


@pytest.mark.parametrize("outcome", ["ok", "unknown"])
def test_a_stored_question_without_an_end_is_lost(outcome: SendOutcome) -> None:
    cut = stored(SOUND, *SOUND.events[:-1])
    frames = [frame for frame in SOUND.frames if not (isinstance(frame, ChatResponse) and of_turn(frame, "b"))]

    assert names(replace(with_sends(outcome), frames=tuple(frames)), cut) == {"lost"}


def test_a_refused_question_must_not_be_stored() -> None:
    assert names(with_sends("fail")) == {"stored though refused"}


def test_a_question_asked_twice_is_a_duplicate_turn() -> None:
    again = SOUND.events[0].model_copy(update={"message_id": "t_other.q", "turn_id": "t_other"})
    twice = stored(SOUND, *SOUND.events, placed(again, len(SOUND.events) + 1))

    assert "duplicate turn" in names(SOUND, twice)


def test_an_event_stored_twice_is_found() -> None:
    again = placed(SOUND.events[1], len(SOUND.events) + 1)

    assert "duplicate event" in names(SOUND, stored(SOUND, *SOUND.events, again))


def test_a_missing_and_a_doubled_seq_are_gaps() -> None:
    doubled = (*SOUND.events[:1], placed(SOUND.events[1], 1), *SOUND.events[2:])

    assert "seq gap" in names(SOUND, stored(SOUND, *SOUND.events[1:], head=head_of(SOUND.events)))
    assert "seq gap" in names(SOUND, stored(SOUND, *doubled))


def test_a_head_behind_its_events_is_a_gap() -> None:
    behind = head_of(SOUND.events[:-1])

    assert names(SOUND, dump_of(SOUND, behind)) == {"seq gap"}


def test_a_turn_that_ends_twice_is_found() -> None:
    again = placed(SOUND.events[-1], len(SOUND.events) + 1)

    assert "several ends" in names(SOUND, stored(SOUND, *SOUND.events, again))


def test_what_a_turn_says_after_its_end_is_found() -> None:
    *before, answer, end = SOUND.events
    swapped = stored(SOUND, *before, placed(end, answer.seq), placed(answer, end.seq))

    assert "after the end" in names(SOUND, swapped)


def test_turns_answered_in_another_order_than_asked_are_found() -> None:
    first, second = question_events("a", 1), question_events("b", 1)
    events = [first[0], second[0], *second[1:], *first[1:]]
    crossed = stored(SOUND, *(placed(event, seq) for seq, event in enumerate(events, start=1)))

    assert "order" in names(SOUND, crossed)


def test_a_later_burst_stored_before_an_earlier_one_is_out_of_order() -> None:
    first, second = SOUND.sends

    assert names(replace(SOUND, sends=(replace(first, burst=7), second))) == {"order"}


def test_a_floor_that_is_held_after_the_end_is_found() -> None:
    head = head_of(SOUND.events).model_copy(update={"claim": Claim(check_after=1.0)})

    assert names(SOUND, dump_of(SOUND, head)) == {"floor not free"}


def test_more_effects_than_calls_is_an_effect_twice() -> None:
    dump = dump_of(SOUND)

    assert names(SOUND, replace(dump, effects=(*dump.effects, dump.effects[0]))) == {"effect twice"}


def test_fewer_effects_than_calls_is_no_violation() -> None:
    assert names(SOUND, replace(dump_of(SOUND), effects=())) == set()


def test_a_finished_step_without_a_whole_model_answer_is_truncated() -> None:
    dump = dump_of(SOUND)
    cut = tuple(replace(call, whole=call.step == 0) for call in dump.model_calls)

    assert names(SOUND, replace(dump, model_calls=cut)) == {"truncated shown as complete"}


def test_a_finished_step_without_any_model_call_on_record_is_no_evidence() -> None:
    assert names(SOUND, replace(dump_of(SOUND), model_calls=())) == {"evidence missing"}


def test_a_conversation_that_is_gone_is_lost() -> None:
    assert names(SOUND, Dump(conversations=())) == {"lost"}
