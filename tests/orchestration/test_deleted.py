"""A turn whose conversation is deleted meanwhile ends in silence, wherever it is."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from orchestration.functions import orchestration_blueprint, suppress_gone
from orchestration.messages import (
    CALL_MODEL,
    CALL_TOOL,
    FINISH_TURN,
    CallRequest,
    FinishRequest,
    StepResult,
)
from shared.errors import CommandRefused
from shared.protocol.codes import ErrorCode
from shared.settings import Settings
from shared.turn_engine import TurnEngines
from shared.usage.teams import UNASSIGNED
from tests.orchestration.turns import Turn
from tests.shared.test_settings import COMPLETE
from tests.support.doubles import answer
from tests.support.functions import functions_of, runtime_of
from tests.support.world import World


def _activities(world: World) -> dict[str, Any]:
    """Return the activities as the host would call them; no engine is there to be talked to."""
    runtime = replace(runtime_of(world), settings=Settings.from_environment(COMPLETE))
    return dict(functions_of(orchestration_blueprint(runtime, TurnEngines(lambda _: cast("Any", None)))))


async def test_every_activity_of_a_deleted_conversations_turn_says_that_it_is_over(turn: Turn) -> None:
    world, asker = turn.world, turn.client.principal
    call_id = await turn.asked_for("write")
    step = await turn.step_request(1)
    call = CallRequest(conversation_id=turn.session_id, asker=asker, call_id=call_id, question_seq=turn.question_seq)
    finish = FinishRequest(
        conversation_id=turn.session_id,
        turn_id=turn.turn_id,
        asker=asker,
        team=UNASSIGNED,
        question_seq=turn.question_seq,
        status="completed",
    )
    await world.erasure.bury(turn.session_id)
    await world.erasure.erase(turn.session_id)
    activities = _activities(world)
    assert StepResult.from_text(await activities[CALL_MODEL](step.text())).outcome == "over"
    assert await activities[CALL_TOOL](call.text(), "") == "cancelled"
    assert await activities[FINISH_TURN](finish.text(), "") == "over"
    assert world.tools.calls == []


async def test_a_step_that_is_streaming_when_its_conversation_is_deleted_stores_nothing(turn: Turn) -> None:
    async def delete() -> None:
        await turn.world.erasure.bury(turn.session_id)
        await asyncio.Event().wait()

    first, *_ = answer("One two three four five")
    before = await turn.world.types(turn.session_id)
    assert (await turn.step(0, first, delete)).outcome == "over"
    events = await turn.world.log.events_after(turn.session_id, 0, 100)
    assert [event.type for event in events] == before
    await turn.world.erasure.erase(turn.session_id)
    assert await turn.world.log.events_after(turn.session_id, 0, 100) == ()


def test_other_refusals_are_not_hidden() -> None:
    with pytest.raises(CommandRefused), suppress_gone():
        raise CommandRefused("no", code=ErrorCode.QUEUE_FULL)
    with suppress_gone():
        raise CommandRefused("gone", code=ErrorCode.CONVERSATION_NOT_FOUND)
