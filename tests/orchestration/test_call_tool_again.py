"""A tool call that runs twice, late, or at the wrong moment."""

import pytest

from orchestration.make_call import UNKNOWN
from shared import ids
from shared.clock import iso
from shared.errors import CallInFlight, PublishFailed
from shared.people import Grant
from shared.protocol.durable import ToolCallStarted
from shared.tools.outcome import ToolOutcome
from tests.orchestration.tool_calls import (
    LEASE_S,
    completed_calls,
    crashed_call,
    only_call,
    told_to_the_model,
)
from tests.orchestration.turns import Turn


async def test_the_lease_is_the_servers_timeout_and_a_margin(turn: Turn) -> None:
    await turn.call(await turn.asked_for("find"))
    events = await turn.world.events(turn.session_id)
    (started,) = [event for event in events if isinstance(event, ToolCallStarted)]
    turn.world.clock.advance(LEASE_S)
    assert started.lease_until == iso(turn.world.clock())


async def test_a_recorded_call_is_published_again_and_not_made_again(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    await turn.call(call_id)
    turn.world.hub.sent.clear()
    assert await turn.call(call_id) == "completed"
    assert len(turn.world.tools.calls) == 1
    assert [sent.type for sent in turn.world.hub.sent] == ["tool_call.started", "tool_call.completed"]


async def test_a_second_execution_inside_the_lease_waits(turn: Turn) -> None:
    call_id = await crashed_call(turn, "write")
    turn.world.clock.advance(LEASE_S - 0.01)
    with pytest.raises(CallInFlight):
        await turn.call(call_id)
    assert len(turn.world.tools.calls) == 1
    assert await completed_calls(turn) == []


async def test_after_the_lease_a_call_with_an_effect_is_reported_as_unknown_and_never_repeated(turn: Turn) -> None:
    call_id = await crashed_call(turn, "write")
    turn.world.clock.advance(LEASE_S)
    assert await turn.call(call_id) == "unknown"
    assert len(turn.world.tools.calls) == 1
    assert await told_to_the_model(turn) == f"[unknown] {UNKNOWN}"


async def test_a_call_that_may_be_repeated_is_repeated_at_once(turn: Turn) -> None:
    call_id = await crashed_call(turn, "find")
    assert await turn.call(call_id) == "completed"
    assert len(turn.world.tools.calls) == 2
    types = await turn.world.types(turn.session_id)
    assert types.count("tool_call.started") == types.count("tool_call.completed") == 1


async def test_of_two_executions_side_by_side_the_first_result_counts(turn: Turn) -> None:
    call_id = await turn.asked_for("find")

    async def second_execution() -> None:
        turn.world.tools.during = None
        turn.world.tools.outcomes["find"] = ToolOutcome(status="completed", text="second", is_error=False, ms=1)
        assert await turn.call(call_id) == "completed"
        turn.world.tools.outcomes["find"] = ToolOutcome(status="failed", text="first", is_error=True, ms=1)

    turn.world.tools.during = second_execution
    assert await turn.call(call_id) == "completed"
    assert (await only_call(turn)).preview == "second"


async def test_a_result_whose_publish_failed_is_published_by_the_next_execution(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    turn.world.hub.refuse = lambda sent: sent.type == "tool_call.completed"
    with pytest.raises(PublishFailed):
        await turn.call(call_id)
    turn.world.hub.refuse = lambda _: False
    assert await turn.call(call_id) == "completed"
    assert len(turn.world.tools.calls) == 1
    assert turn.world.hub.types(ids.audience_group(turn.session_id))[-1] == "tool_call.completed"


async def test_a_call_of_a_stopped_turn_is_not_made(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    await turn.stop()
    assert await turn.call(call_id) == "cancelled"
    assert turn.world.tools.calls == []


async def test_a_call_of_an_ended_turn_is_not_made(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    await turn.finish("exhausted", "limit_time")
    turn.world.tools.calls.clear()
    await turn.call(call_id)
    assert turn.world.tools.calls == []


async def test_a_stop_while_the_tool_runs_keeps_its_result(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    turn.world.tools.during = turn.stop
    assert await turn.call(call_id) == "completed"
    assert (await only_call(turn)).status == "completed"


async def test_a_stop_just_before_the_call_begins_cancels_it(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    call_id = await turn.asked_for("write")
    read_grant = turn.world.people.grant

    async def stopped_meanwhile(principal: str, now: object) -> Grant:
        monkeypatch.undo()
        await turn.stop()
        return await read_grant(principal, turn.world.clock())

    monkeypatch.setattr(turn.world.people, "grant", stopped_meanwhile)
    assert await turn.call(call_id) == "cancelled"
    assert turn.world.tools.calls == []
    assert "tool_call.started" not in await turn.world.types(turn.session_id)
    assert all(event.status == "cancelled" for event in await completed_calls(turn))


async def test_a_result_that_comes_after_the_end_is_dropped(turn: Turn) -> None:
    call_id = await turn.asked_for("write")

    async def end() -> None:
        await turn.finish("exhausted", "limit_time")

    turn.world.tools.during = end
    assert await turn.call(call_id) == "cancelled"
    assert (await only_call(turn)).status == "unknown"
    assert (await turn.world.types(turn.session_id))[-1] == "chat_response"
