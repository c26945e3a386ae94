"""The HTTP side of the front door of groups, by the functions the host would call."""

from typing import Any, cast

import pytest

from group_chat.functions import group_chat_blueprint
from shared.turn_engine import TurnEngines
from tests.support.functions import functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import World


def _functions(world: World) -> Any:
    return functions_of(group_chat_blueprint(runtime_of(world), TurnEngines(cast("Any", None))))


@pytest.mark.parametrize("token", [None, "forged"])
async def test_nobody_negotiates_without_a_valid_token(world: World, token: str | None) -> None:
    response = await _functions(world)["group_chat_negotiate"](request("POST", token=token))
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert json_of(response)["code"] == "token_invalid"


async def test_who_is_signed_in_gets_a_url_of_the_hub_of_groups(world: World) -> None:
    person = signed_in(world)
    response = await _functions(world)["group_chat_negotiate"](request("POST", token="good"))
    assert response.status_code == 200
    assert "/client/hubs/group_chat?access_token=" in json_of(response)["url"]
    assert (await world.people.grant(person, world.clock())).name == "Ada"


async def test_the_webhook_is_registered_for_the_hub_of_groups_only(world: World) -> None:
    upstream = _functions(world)["group_chat_upstream"]
    assert upstream is not None
    routes = {
        binding.route
        for builder in cast(
            "Any", group_chat_blueprint(runtime_of(world), TurnEngines(cast("Any", None)))
        )._function_builders
        for binding in builder._function.get_bindings()
        if hasattr(binding, "route")
    }
    assert routes == {"group_chat/negotiate", "upstream/group_chat"}
