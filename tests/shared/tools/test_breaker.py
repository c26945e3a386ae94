from datetime import timedelta

import pytest

from shared.tools.breaker import FIRST_PAUSE, LONGEST_PAUSE, PROBE_TIME, THRESHOLD, Breaker, Breakers
from tests.shared.tools.conftest import Clock

MOMENT = timedelta(seconds=1)


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int = THRESHOLD) -> None:
    for _ in range(times):
        assert breaker.enter() is None
        breaker.failed()


def test_a_few_failures_stop_nothing(breaker: Breaker) -> None:
    fail(breaker, THRESHOLD - 1)
    assert breaker.enter() is None


def test_failures_in_a_row_stop_calls_for_a_while(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    pause = breaker.enter()
    assert pause is not None
    assert pause.until == clock.at + FIRST_PAUSE
    clock.advance(FIRST_PAUSE - MOMENT)
    assert breaker.enter() is not None


def test_an_answer_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, THRESHOLD - 1)
    breaker.answered()
    fail(breaker, THRESHOLD - 1)
    assert breaker.enter() is None


def test_after_the_pause_one_call_is_let_through_and_the_others_wait(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.advance(FIRST_PAUSE)
    assert breaker.enter() is None
    assert breaker.enter() is not None
    breaker.answered()
    assert breaker.enter() is None
    assert breaker.enter() is None


def test_each_failed_try_doubles_the_pause_up_to_a_limit(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    pauses: list[timedelta] = []
    for _ in range(6):
        pause = breaker.enter()
        assert pause is not None
        pauses.append(pause.until - clock.at)
        clock.at = pause.until
        assert breaker.enter() is None
        breaker.failed()
    assert pauses == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 8, LONGEST_PAUSE, LONGEST_PAUSE]


def test_calls_that_were_under_way_do_not_lengthen_the_pause(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    for _ in range(20):
        breaker.failed()
    pause = breaker.enter()
    assert pause is not None
    assert pause.until == clock.at + FIRST_PAUSE


def test_a_try_nobody_heard_of_again_is_followed_by_another(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.advance(FIRST_PAUSE)
    assert breaker.enter() is None
    clock.advance(PROBE_TIME - MOMENT)
    assert breaker.enter() is not None
    clock.advance(MOMENT)
    assert breaker.enter() is None


def test_the_reason_says_how_long_and_until_when(breaker: Breaker, clock: Clock) -> None:
    breaker.failed()
    clock.advance(timedelta(minutes=3))
    fail(breaker, THRESHOLD - 1)
    pause = breaker.enter()
    assert pause is not None
    assert pause.reason(clock.at) == "has not answered for 3 minutes; it is tried again at 09:04 UTC"
    assert pause.brief == "has not answered since 09:00 UTC"
    clock.advance(timedelta(seconds=-170))
    assert "for about a minute" in pause.reason(clock.at)


def test_each_server_has_its_own(clock: Clock) -> None:
    breakers = Breakers(clock)
    fail(breakers.of("crm"))
    assert breakers.of("crm").enter() is not None
    assert breakers.of("mail").enter() is None
