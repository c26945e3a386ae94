"""What a turn's model steps left behind."""

import asyncio

from shared.protocol.durable import MessageCompleted
from tests.orchestration.turns import Turn


async def forever() -> None:
    await asyncio.Event().wait()


async def step_events(turn: Turn) -> list[MessageCompleted]:
    return [event for event in await turn.world.events(turn.session_id) if isinstance(event, MessageCompleted)]


def published(turn: Turn, kind: str) -> list[dict[str, object]]:
    return [sent.event for sent in turn.world.hub.sent if sent.type == kind]
