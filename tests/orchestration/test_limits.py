"""What makes a turn's next model step its last: so many calls, so many tokens, so little time left."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from orchestration.limits import LAST_WORDS_S, MAX_CALLS, MAX_TURN_TOKENS, reached
from orchestration.model_request import LAST_STEP
from shared.event_log.floor import TURN_SECONDS
from shared.model import ModelCompleted, TextDelta, ToolRequested
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import TextPart, Usage
from tests.orchestration.records import Notes
from tests.orchestration.steps import step_events
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks

DEADLINE = 120.0
"""When the turn that `Notes.active` gives the floor to is over."""
BEGINNING = 0.0
LAST_MOMENT = DEADLINE - LAST_WORDS_S


def _limit(notes: Notes, at: float = BEGINNING) -> ErrorCode | None:
    return reached(notes.record(), "t_1", datetime.fromtimestamp(at, UTC))


def _asked() -> Notes:
    return Notes().question("t_1", "How is my pipeline?").started("t_1").active("t_1")


def _used(read: int, written: int) -> Usage:
    return Usage(input_tokens=read, output_tokens=written)


def test_a_turn_that_used_little_may_go_on() -> None:
    assert _limit(_asked().step("t_1", 0, "", "find", usage=_used(900, 100))) is None


@pytest.mark.parametrize(("calls", "limit"), [(MAX_CALLS - 1, None), (MAX_CALLS, ErrorCode.LIMIT_CALLS)])
def test_the_calls_of_all_steps_count_up_to_the_last_a_turn_may_make(calls: int, limit: ErrorCode | None) -> None:
    notes = _asked().step("t_1", 0, "", *["find"] * 10).step("t_1", 1, "Also:", *["find"] * (calls - 10))
    assert _limit(notes) == limit


@pytest.mark.parametrize(
    ("written", "limit"),
    [(99_999, None), (100_000, ErrorCode.LIMIT_TOKENS), (100_001, ErrorCode.LIMIT_TOKENS)],
)
def test_what_was_read_and_what_was_written_in_all_steps_count_as_tokens(written: int, limit: ErrorCode | None) -> None:
    first, second = _used(MAX_TURN_TOKENS - 150_000, 20_000), _used(30_000, written)
    notes = _asked().step("t_1", 0, "", "find", usage=first).step("t_1", 1, "", "find", usage=second)
    assert _limit(notes) == limit


def test_a_step_whose_tokens_the_service_did_not_count_counts_as_none() -> None:
    notes = _asked().step("t_1", 0, "", "find").step("t_1", 1, "", "find", usage=_used(MAX_TURN_TOKENS - 1, 0))
    assert _limit(notes) is None


def test_what_other_turns_used_does_not_count() -> None:
    before = Notes().question("t_0", "And before?").started("t_0")
    before.step("t_0", 0, "", *["find"] * MAX_CALLS, usage=_used(MAX_TURN_TOKENS, 0)).end("t_0")
    notes = before.question("t_1", "How is my pipeline?").started("t_1").active("t_1").step("t_1", 0, "", "find")
    assert _limit(notes) is None


@pytest.mark.parametrize(
    ("at", "limit"),
    [
        (LAST_MOMENT - 0.001, None),
        (LAST_MOMENT, None),
        (LAST_MOMENT + 0.001, ErrorCode.LIMIT_TIME),
        (DEADLINE + 1, ErrorCode.LIMIT_TIME),
    ],
)
def test_shortly_before_its_deadline_a_turn_has_its_last_words(at: float, limit: ErrorCode | None) -> None:
    assert _limit(_asked().step("t_1", 0, "", "find"), at) == limit


def test_the_first_step_is_never_the_last_for_want_of_time() -> None:
    assert _limit(_asked(), DEADLINE) is None


def test_a_turn_without_the_floor_has_no_deadline_to_reach() -> None:
    notes = Notes().question("t_1", "How is my pipeline?").started("t_1").step("t_1", 0, "", "find")
    assert _limit(notes, DEADLINE) is None


def test_of_several_limits_the_calls_are_named_first_and_the_time_last() -> None:
    def used(calls: int, tokens: int) -> Notes:
        return _asked().step("t_1", 0, "", *["find"] * calls, usage=_used(tokens, 0))

    assert _limit(used(MAX_CALLS, MAX_TURN_TOKENS), DEADLINE) is ErrorCode.LIMIT_CALLS
    assert _limit(used(1, MAX_TURN_TOKENS), DEADLINE) is ErrorCode.LIMIT_TOKENS
    assert _limit(used(1, 1), DEADLINE) is ErrorCode.LIMIT_TIME


async def _uses_its_calls(turn: Turn) -> None:
    await turn.step(0, *asks(*[("crm__find", f'{{"number":{n}}}') for n in range(MAX_CALLS)]))


async def _uses_its_tokens(turn: Turn) -> None:
    wanted = ToolRequested(name="crm__find", arguments="{}")
    await turn.step(0, wanted, ModelCompleted(finish="tools", usage=_used(MAX_TURN_TOKENS, 0)))


async def _uses_its_time(turn: Turn) -> None:
    await turn.step(0, *asks(("crm__find", "{}")))
    turn.world.clock.advance(TURN_SECONDS - LAST_WORDS_S + 1)


LIMITS: dict[ErrorCode, Callable[[Turn], Awaitable[None]]] = {
    ErrorCode.LIMIT_CALLS: _uses_its_calls,
    ErrorCode.LIMIT_TOKENS: _uses_its_tokens,
    ErrorCode.LIMIT_TIME: _uses_its_time,
}


@pytest.mark.parametrize("limit", LIMITS)
async def test_the_step_at_a_limit_gets_no_tools_and_its_message_carries_the_limit(
    turn: Turn, limit: ErrorCode
) -> None:
    await LIMITS[limit](turn)
    result = await turn.step(1, *answer("This is what I found."))
    before, last = turn.world.model.requests
    assert [bool(request.tools) for request in (before, last)] == [True, False]
    assert [request.instructions.endswith(LAST_STEP) for request in (before, last)] == [False, True]
    assert (result.outcome, result.limit) == ("answered", limit)
    assert [step.limit for step in await step_events(turn)] == [None, limit]
    assert (await turn.step(1)).limit == limit


async def test_a_model_that_asks_for_tools_at_a_limit_all_the_same_gets_none(turn: Turn) -> None:
    await _uses_its_time(turn)
    result = await turn.step(1, TextDelta("One more look."), *asks(("crm__find", "{}")))
    assert (result.outcome, result.calls, result.limit) == ("answered", (), ErrorCode.LIMIT_TIME)
    *_, last = await step_events(turn)
    assert (last.parts, last.finish) == ((TextPart(text="One more look."),), "stop")


async def test_a_model_that_says_nothing_at_a_limit_ends_the_turn_by_it(turn: Turn) -> None:
    await _uses_its_tokens(turn)
    result = await turn.step(1, *asks(("crm__find", "{}")))
    assert (result.outcome, result.limit) == ("answered", ErrorCode.LIMIT_TOKENS)
    assert [step.step for step in await step_events(turn)] == [0]


async def test_a_turn_that_began_late_has_its_tools_in_its_first_step(turn: Turn) -> None:
    turn.world.clock.advance(TURN_SECONDS - LAST_WORDS_S + 1)
    result = await turn.step(0, *asks(("crm__find", "{}")))
    (request,) = turn.world.model.requests
    assert (result.outcome, bool(request.tools)) == ("tools", True)
