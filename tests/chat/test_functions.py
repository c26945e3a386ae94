"""The HTTP side of the front door, by the functions the host would call."""

from typing import Any, cast

import pytest

from chat.functions import chat_blueprint
from shared.turn_engine import TurnEngines
from tests.support.functions import functions_of, json_of, request, runtime_of
from tests.support.world import World


@pytest.mark.parametrize("token", [None, "forged"])
async def test_nobody_negotiates_without_a_valid_token(world: World, token: str | None) -> None:
    functions = functions_of(chat_blueprint(runtime_of(world), TurnEngines(cast("Any", None))))
    response = await functions["chat_negotiate"](request("POST", token=token))
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (json_of(response)["status"], json_of(response)["code"]) == (401, "token_invalid")
