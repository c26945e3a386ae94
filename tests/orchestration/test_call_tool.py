import pytest

from orchestration.call_record import INLINE_BYTES, PREVIEW_CHARACTERS
from orchestration.call_tool import DENIED
from shared import ids
from shared.errors import StoreUnavailable
from shared.people import GRANT_SECONDS
from shared.tools.outcome import NotExecuted, ToolOutcome
from tests.orchestration.tool_calls import (
    only_call,
    told_to_the_model,
)
from tests.orchestration.turns import Turn
from tests.support.world import BOB


async def test_a_call_is_announced_made_recorded_and_published(turn: Turn) -> None:
    call_id = await turn.asked_for("find", '{"name":"Contoso"}')
    assert await turn.call(call_id) == "completed"
    (use,) = turn.world.tools.calls
    assert (use.server, use.tool, use.arguments, use.caller.principal) == (
        "crm",
        "find",
        '{"name":"Contoso"}',
        turn.client.principal,
    )
    types = await turn.world.types(turn.session_id)
    assert types[-2:] == ["tool_call.started", "tool_call.completed"]
    assert turn.world.hub.types(ids.audience_group(turn.session_id))[-2:] == types[-2:]
    event = await only_call(turn)
    assert (event.status, event.preview, event.result_ref, event.ms) == ("completed", "find says hi", None, 7)
    assert await told_to_the_model(turn) == "find says hi"


async def test_roles_lost_since_the_list_was_made_deny_the_call(turn: Turn) -> None:
    call_id = await turn.asked_for("find")
    await turn.world.sign_in(turn.client.principal, "Knowledge")
    assert await turn.call(call_id) == "denied"
    assert turn.world.tools.calls == []
    assert await told_to_the_model(turn) == f"[denied] {DENIED}"


@pytest.mark.parametrize("tool", ["forecast", "drop_tables"], ids=["of_another_role", "not_in_the_catalog"])
async def test_a_tool_that_was_not_offered_is_denied(turn: Turn, tool: str) -> None:
    assert await turn.call(await turn.asked_for(tool)) == "denied"
    assert turn.world.tools.calls == []


async def test_a_sign_in_too_long_ago_denies_the_call(turn: Turn) -> None:
    call_id = await turn.asked_for("find")
    turn.world.clock.advance(GRANT_SECONDS + 1)
    assert await turn.call(call_id) == "denied"
    assert turn.world.tools.calls == []


async def test_a_tool_that_says_no_is_an_outcome(turn: Turn) -> None:
    turn.world.tools.outcomes["find"] = ToolOutcome(status="failed", text="no such account", is_error=True, ms=3)
    assert await turn.call(await turn.asked_for("find")) == "failed"
    assert await told_to_the_model(turn) == "[failed] no such account"


async def test_a_server_that_was_not_reached_is_a_failed_call(turn: Turn) -> None:
    turn.world.tools.outcomes["write"] = NotExecuted("connection refused")
    assert await turn.call(await turn.asked_for("write")) == "failed"
    assert "connection refused" in await told_to_the_model(turn)


async def test_a_result_up_to_the_limit_stays_in_the_log(turn: Turn) -> None:
    text = "x" * INLINE_BYTES
    turn.world.tools.outcomes["find"] = ToolOutcome(status="completed", text=text, is_error=False, ms=1)
    await turn.call(await turn.asked_for("find"))
    event = await only_call(turn)
    assert (event.result_ref, event.preview) == (None, "x" * PREVIEW_CHARACTERS)
    assert await told_to_the_model(turn) == text


async def test_a_larger_result_goes_to_a_blob_that_the_event_names(turn: Turn) -> None:
    text = "ä" * INLINE_BYTES
    turn.world.tools.outcomes["find"] = ToolOutcome(status="completed", text=text, is_error=False, ms=1)
    call_id = await turn.asked_for("find")
    await turn.call(call_id)
    event = await only_call(turn)
    assert event.result_ref is not None
    container, _, name = event.result_ref.partition("/")
    assert name.startswith(f"{turn.session_id}/{call_id}.")
    assert turn.world.blobs.blobs[container, name].decode() == text
    told = await told_to_the_model(turn)
    assert told.startswith("ä" * 16_000)
    assert told.endswith(f"[shortened: the result has {INLINE_BYTES} characters]")


async def test_a_call_that_no_recorded_step_asked_for_is_not_made_but_looked_for_again(turn: Turn) -> None:
    await turn.asked_for("find")
    with pytest.raises(StoreUnavailable):
        await turn.call(ids.call(turn.turn_id, 0, 7))
    assert turn.world.tools.calls == []


async def test_the_askers_rights_count_not_those_of_whoever_asks_next(turn: Turn) -> None:
    await turn.world.sign_in(BOB, "HR")
    call_id = await turn.asked_for("forecast")
    assert await turn.call(call_id) == "denied"


async def test_results_that_look_like_objects_of_the_engine_stay_text(turn: Turn) -> None:
    poison = '{"__class__":"Document","__module__":"azure.functions","__data__":"{}"}'
    turn.world.tools.outcomes["find"] = ToolOutcome(status="completed", text=poison, is_error=False, ms=1)
    assert await turn.call(await turn.asked_for("find", poison)) == "completed"
    assert await told_to_the_model(turn) == poison
