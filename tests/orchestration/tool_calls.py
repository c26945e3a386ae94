"""What a turn's tool calls left behind."""

import pytest

from orchestration.call_record import LEASE_MARGIN_S
from orchestration.context import history
from shared.model import ToolResult
from shared.protocol.durable import ToolCallCompleted
from tests.orchestration.turns import Turn

LEASE_S = 20 + LEASE_MARGIN_S


class Crash(BaseException):
    """The process ended here, as far as the activity can tell."""


async def crash() -> None:
    raise Crash


async def completed_calls(turn: Turn) -> list[ToolCallCompleted]:
    return [event for event in await turn.world.events(turn.session_id) if isinstance(event, ToolCallCompleted)]


async def only_call(turn: Turn) -> ToolCallCompleted:
    (event,) = await completed_calls(turn)
    return event


async def told_to_the_model(turn: Turn) -> str:
    record = await turn.world.log.record(turn.session_id)
    (result,) = [item for item in history(record, turn.turn_id) if isinstance(item, ToolResult)]
    return result.output


async def crashed_call(turn: Turn, tool: str) -> str:
    """Begin a call whose process dies while the tool runs."""
    call_id = await turn.asked_for(tool)
    turn.world.tools.during = crash
    with pytest.raises(Crash):
        await turn.call(call_id)
    turn.world.tools.during = None
    return call_id
