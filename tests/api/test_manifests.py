"""What the coach knew and might do at an answer, and which prompts are in use."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from api.functions import api_blueprint
from shared import ids
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import answer
from tests.support.functions import NO_ENGINES, functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import World


async def _get(world: World, name: str, path: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    response = await functions_of(api_blueprint(runtime_of(world), NO_ENGINES))[name](
        request("GET", token="good", path=path)
    )
    return response.status_code, json_of(response)


async def _answered(world: World) -> tuple[Turn, dict[str, str]]:
    turn = await new_turn(world)
    await turn.step(0, *answer("Fine."))
    world.tokens.known["good"] = replace(world.tokens.known["good"], id=turn.client.principal)
    return turn, {"session_id": turn.session_id, "message_id": ids.step_message(turn.turn_id, 0)}


async def test_an_answer_tells_what_the_coach_knew_and_might_do(world: World) -> None:
    signed_in(world)
    _, path = await _answered(world)
    version = world.blobs.label("coach", "Another one. {{today}} {{tools}}", "staging")
    status, told = await _get(world, "api_answer_manifest", path)
    assert status == 200
    assert (told["prompt"], told["roles"]) == ("coach", ["Sales"])
    assert told["prompt_version"] != version
    assert told["variables"]["today"] == "Monday, 02 March 2026"
    assert [tool["tool"] for tool in told["tools"]] == ["find", "write"]
    assert told["tools_hash"]
    assert "instructions" not in told


async def test_another_persons_answer_looks_missing(world: World) -> None:
    signed_in(world)
    _, path = await _answered(world)
    signed_in(world)
    status, told = await _get(world, "api_answer_manifest", path)
    assert (status, told["code"]) == (404, "conversation_not_found")


async def test_a_message_that_is_no_answer_has_no_manifest(world: World) -> None:
    signed_in(world)
    turn, path = await _answered(world)
    status, told = await _get(world, "api_answer_manifest", path | {"message_id": ids.question_message(turn.turn_id)})
    assert (status, told["code"]) == (404, "message_not_found")


async def test_an_administrator_sees_versions_labels_and_what_is_in_use(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    admin = signed_in(world, "Admin")
    await new_turn(world)
    staged = world.blobs.label("coach", "Another one. {{today}} {{tools}}", "staging")
    with caplog.at_level(logging.INFO, logger="salescoach.security"):
        status, told = await _get(world, "api_admin_prompts")
    assert status == 200
    (coach,) = told["prompts"]
    assert {label["label"]: label["version"] for label in coach["labels"]} == {
        "staging": staged,
        "production": coach["in_use"],
    }
    assert (len(coach["versions"]), coach["degraded"]) == (2, False)
    assert f"admin_access principal={admin}" in caplog.text


async def test_prompts_are_for_administrators(world: World) -> None:
    signed_in(world, "Sales")
    status, told = await _get(world, "api_admin_prompts")
    assert (status, told["code"]) == (403, "forbidden")
