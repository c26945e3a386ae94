"""How a turn's end is stored and told."""

from shared import ids
from shared.errors import ModelFailed
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import ChatResponse
from tests.orchestration.turns import Turn

FILTERED = ModelFailed("No.", code=ErrorCode.CONTENT_FILTERED).info().model_dump_json()


async def end_of(turn: Turn) -> ChatResponse:
    (end,) = [
        event
        for event in await turn.world.events(turn.session_id)
        if isinstance(event, ChatResponse) and event.turn_id == turn.turn_id
    ]
    return end


def told_ends(turn: Turn) -> list[dict[str, object]]:
    group = turn.world.hub.to(ids.audience_group(turn.session_id))
    return [event for event in group if event["type"] == "chat_response" and event["turn_id"] == turn.turn_id]


async def checkpointed(turn: Turn, text: str) -> None:
    """Leave the text of an attempt behind that broke off."""
    live = await turn.world.live.claim(turn.session_id, turn.turn_id, 0, await turn.world.log.live(turn.session_id))
    assert await turn.world.live.checkpoint(turn.session_id, live, text) is not None
