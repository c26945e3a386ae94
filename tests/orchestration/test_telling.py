"""What a turn tells: its steps within its trace, its end once, and whose fault it was."""

from collections.abc import Generator

import pytest

from orchestration.messages import CALL_MODEL, StepRequest
from orchestration.telling import activity, tool_call
from shared.errors import ModelUnavailable
from shared.protocol.shapes import ToolCallPart
from shared.telemetry import names
from shared.tools.outcome import CallOutcome, NotExecuted, SignInNeeded, ToolOutcome
from tests.orchestration.turns import Turn
from tests.shared.telemetry.recorder import Recorder, recorder
from tests.support.doubles import answer

CLIENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PART = ToolCallPart(call_id="t_1.0.0", server="crm", tool="get_pipeline", arguments='{"account": "Contoso"}')


@pytest.fixture
def told() -> Generator[Recorder]:
    with recorder().listening() as found:
        yield found


async def test_a_turn_is_counted_and_measured_when_it_ends_and_only_then(turn: Turn, told: Recorder) -> None:
    ended = {names.STATUS: "completed"}
    before = told.total(names.TURNS, **ended), told.total(names.TURN_DURATION, **ended)
    await turn.step(0, *answer("Yes."))
    assert told.total(names.TURNS, **ended) == before[0]
    await turn.finish()
    await turn.finish()
    assert (told.total(names.TURNS, **ended), told.total(names.TURN_DURATION, **ended)) == (
        before[0] + 1,
        before[1] + 1,
    )


async def test_the_wait_for_the_first_text_is_measured_once_a_turn(turn: Turn, told: Recorder) -> None:
    before = told.total(names.TIME_TO_FIRST_DELTA)
    call_id = await turn.asked_for("find")
    assert told.total(names.TIME_TO_FIRST_DELTA) == before
    await turn.call(call_id)
    await turn.step(1, *answer("Found."))
    assert told.total(names.TIME_TO_FIRST_DELTA) == before + 1


async def test_a_failed_turn_says_whose_fault_it_was(turn: Turn, told: Recorder) -> None:
    wanted = {names.STATUS: "failed", names.FAULT: "model"}
    before = told.total(names.TURNS, **wanted)
    await turn.finish("failed")
    assert told.total(names.TURNS, **wanted) == before + 1


def _step() -> StepRequest:
    return StepRequest(
        conversation_id="s_1",
        turn_id="t_1",
        asker="p",
        team="",
        question_seq=1,
        manifest_id=None,
        step=0,
        last=False,
        trace=CLIENT,
    )


def test_an_activity_that_fails_is_counted_with_its_fault_and_raises_on(told: Recorder) -> None:
    wanted = {names.PLACE: CALL_MODEL, names.FAULT: "model"}
    before = told.total(names.FAILURES, **wanted)
    with pytest.raises(ModelUnavailable), activity(CALL_MODEL, _step()):
        raise ModelUnavailable("busy")
    assert told.total(names.FAILURES, **wanted) == before + 1
    span = told.spans()[CALL_MODEL]
    assert span.attributes is not None
    assert span.attributes[names.TURN] == "t_1"
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == CLIENT.split("-")[1]


async def _gives(outcome: CallOutcome | Exception) -> CallOutcome:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _outcome(status: str, *, is_error: bool = False) -> ToolOutcome:
    return ToolOutcome(status=status, text="Contoso: 3 deals", is_error=is_error, ms=7)  # pyright: ignore[reportArgumentType] - one of the words


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [
        (_outcome("completed"), "completed", None),
        (_outcome("unknown"), "unknown", "unknown"),
        (_outcome("failed", is_error=True), "failed", "tool_error"),
        (SignInNeeded(server="crm"), "SignInNeeded", None),
    ],
)
async def test_a_tool_call_tells_how_it_went(
    told: Recorder, outcome: CallOutcome, status: str, error: str | None
) -> None:
    assert await tool_call("crm", PART, "t_1.0.0", _gives(outcome), content=False) is outcome
    span = told.spans()["execute_tool get_pipeline"]
    assert span.attributes is not None
    assert (span.attributes[names.STATUS], span.attributes.get(names.ERROR)) == (status, error)
    assert span.attributes.get(names.FAULT) == ("tool" if error else None)
    assert "Contoso" not in span.to_json()


async def test_content_of_a_tool_call_is_told_where_it_is_wanted(told: Recorder) -> None:
    await tool_call("crm", PART, "t_1.0.0", _gives(_outcome("completed")), content=True)
    attributes = told.spans()["execute_tool get_pipeline"].attributes
    assert attributes is not None
    assert attributes["gen_ai.tool.call.arguments"] == PART.arguments
    assert attributes["gen_ai.tool.call.result"] == "Contoso: 3 deals"


async def test_a_call_that_was_not_made_is_measured_and_raises_on(told: Recorder) -> None:
    before = told.total(names.TOOL_DURATION, **{names.STATUS: "not_made"})
    with pytest.raises(NotExecuted):
        await tool_call("crm", PART, "t_1.0.0", _gives(NotExecuted("away")), content=False)
    assert told.total(names.TOOL_DURATION, **{names.STATUS: "not_made"}) == before + 1
