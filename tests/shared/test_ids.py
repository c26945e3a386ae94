import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared import ids

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SAFE = re.compile(r"[A-Za-z0-9_.\-]{1,100}")
anything = st.text(max_size=200)


@given(conversation=anything, principal=anything, message=anything)
def test_ids_fit_every_service_whatever_they_are_made_of(conversation: str, principal: str, message: str) -> None:
    turn = ids.turn_id(conversation, principal, message)
    session = ids.session_id(principal, message)
    call = ids.call(turn, 7, 7)
    for made in (
        turn,
        session,
        call,
        ids.created(ids.question_message(turn)),
        ids.completed(ids.step_message(turn, 7)),
        ids.completed(call),
        ids.end(turn),
        ids.audience_group(session),
        ids.delta_group(session),
        ids.default_command_id(conversation, message),
    ):
        assert SAFE.fullmatch(made), made


@given(first=st.tuples(anything, anything, anything), second=st.tuples(anything, anything, anything))
def test_a_turn_id_says_who_asked_what_where(first: tuple[str, str, str], second: tuple[str, str, str]) -> None:
    separator = "\x1f"
    if any(separator in part for part in (*first, *second)):
        return
    assert (ids.turn_id(*first) == ids.turn_id(*second)) == (first == second)


def test_the_same_command_makes_the_same_session_and_another_one_another() -> None:
    made = ids.session_id("tenant.ada", "c1")
    assert made == ids.session_id("tenant.ada", "c1")
    assert made != ids.session_id("tenant.ada", "c2")
    assert made != ids.session_id("tenant.bob", "c1")


def test_a_call_id_leads_back_to_where_it_was_asked() -> None:
    turn = ids.turn_id("s", "p", "m")
    assert ids.parse_call(ids.call(turn, 3, 11)) == ids.CallPlace(turn_id=turn, step=3, index=11)


def test_events_of_one_turn_have_different_ids() -> None:
    turn = ids.turn_id("s", "p", "m")
    made = [
        ids.created(ids.question_message(turn)),
        ids.queued(turn),
        ids.started(turn),
        ids.stopping(turn),
        ids.end(turn),
        *(ids.completed(ids.step_message(turn, n)) for n in range(3)),
        *(name(ids.call(turn, n, i)) for name in (ids.started, ids.completed) for n in range(3) for i in range(3)),
    ]
    assert len(set(made)) == len(made)
