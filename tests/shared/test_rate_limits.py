"""How fast one person may go."""

import pytest
from pydantic import ValidationError

from shared import rate_limits
from shared.errors import RateLimited
from shared.problems import problem
from shared.rate_limits import NO_LIMITS, Rate, RateLimiter, RateLimits
from tests.support.doubles import Clock

TWO_AT_ONCE = RateLimits(requests=Rate(per_minute=6, burst=2), commands=None)


def _taken(limiter: RateLimiter, principal: str, times: int) -> int:
    """Return how many of so many requests were let in."""
    let_in = 0
    for _ in range(times):
        try:
            limiter.take(principal, "requests")
        except RateLimited:
            continue
        let_in += 1
    return let_in


def test_a_burst_is_let_in_and_then_as_many_as_the_minute_gives() -> None:
    clock = Clock()
    limiter = RateLimiter(TWO_AT_ONCE, clock)
    assert _taken(limiter, "ada", 10) == 2
    clock.advance(9.9)
    assert _taken(limiter, "ada", 10) == 0
    clock.advance(0.2)
    assert _taken(limiter, "ada", 10) == 1
    clock.advance(3600)
    assert _taken(limiter, "ada", 10) == 2


def test_who_is_refused_is_told_when_there_is_room_again() -> None:
    clock = Clock()
    limiter = RateLimiter(TWO_AT_ONCE, clock)
    _taken(limiter, "ada", 2)
    with pytest.raises(RateLimited, match="6 a minute") as refused:
        limiter.take("ada", "requests")
    told = problem(refused.value)
    assert (told.status, told.headers["Retry-After"]) == (429, "10")
    clock.advance(10)
    limiter.take("ada", "requests")


def test_people_and_kinds_do_not_count_for_each_other() -> None:
    limiter = RateLimiter(TWO_AT_ONCE, Clock())
    assert (_taken(limiter, "ada", 5), _taken(limiter, "bob", 5)) == (2, 2)
    for _ in range(100):
        limiter.take("ada", "commands")
    limiter.take("ada", "questions")


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    clock = Clock()
    limiter = RateLimiter(TWO_AT_ONCE, clock)
    _taken(limiter, "ada", 1)
    clock.advance(-3600)
    assert _taken(limiter, "ada", 5) == 1


def test_no_limits_let_everything_in() -> None:
    assert _taken(RateLimiter(NO_LIMITS, Clock()), "ada", 10_000) == 10_000


def test_only_so_many_people_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "PEOPLE_KEPT", 2)
    limiter = RateLimiter(TWO_AT_ONCE, Clock())
    for name in ("ada", "bob", "ada", "eve"):
        _taken(limiter, name, 1)
    assert _taken(limiter, "ada", 5) == 0
    assert _taken(limiter, "bob", 5) == 2


@pytest.mark.parametrize(
    "wrong", [{"requests": {"per_minute": 0, "burst": 1}}, {"requests": {"per_minute": 1}}, {"frames": None}]
)
def test_a_slip_in_the_setting_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        RateLimits.model_validate(wrong)
