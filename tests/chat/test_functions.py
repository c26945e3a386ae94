"""The HTTP side of the front door, by the functions the host would call."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import azure.functions as func
import pytest

from chat.functions import MAX_PAGE, chat_blueprint
from shared.identity import Principal
from shared.runtime import Runtime
from shared.turn_engine import TurnEngines
from tests.support.world import World

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]


def _functions(world: World) -> dict[str, Handler]:
    """Return the blueprint's functions by name."""
    runtime = Runtime(
        settings=cast("Any", None),
        log=world.log,
        live=world.live,
        people=world.people,
        ledger=world.spending.ledger,
        summaries=world.turn.summaries,
        blobs=world.blobs,
        manifests=world.chat.manifests,
        catalog=world.catalog,
        tools=world.tools,
        model=cast("Any", world.model),
        chat_hub=world.hub,
        chat_publisher=world.publisher,
        validator=world.tokens,
        upstream_validator=world.tokens,
    )
    blueprint = cast("Any", chat_blueprint(runtime, TurnEngines(cast("Any", None))))
    built = [builder._function for builder in blueprint._function_builders]
    return {function.get_function_name(): function.get_user_function() for function in built}


def _request(method: str, params: dict[str, str] | None = None, token: str | None = None) -> func.HttpRequest:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return func.HttpRequest(method=method, url="/api/x", headers=headers, params=params or {}, body=b"")


def _json(response: func.HttpResponse) -> dict[str, Any]:
    return json.loads(response.get_body())


def _signed_in(world: World) -> str:
    person = world.person()
    world.tokens.known["good"] = Principal(
        id=person,
        tenant="tenant",
        name="Ada",
        email=None,
        roles=frozenset({"Sales"}),
        groups=(),
        expires_at=world.clock(),
    )
    return person


@pytest.mark.parametrize(
    ("name", "method"), [("chat_negotiate", "POST"), ("sessions", "GET"), ("session_settings", "PATCH")]
)
@pytest.mark.parametrize("token", [None, "forged"])
async def test_nobody_gets_in_without_a_valid_token(world: World, name: str, method: str, token: str | None) -> None:
    response = await _functions(world)[name](_request(method, token=token))
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (_json(response)["status"], _json(response)["code"]) == (401, "token_invalid")


async def test_the_list_of_sessions_comes_in_pages(world: World) -> None:
    client = await world.client(_signed_in(world))
    opened: list[str] = []
    for n in range(3):
        world.clock.advance(1)
        opened.append(await client.open())
        await client.ask(f"Question {n}")
    sessions = _functions(world)["sessions"]
    first = _json(await sessions(_request("GET", {"limit": "2"}, "good")))
    assert [session["title"] for session in first["sessions"]] == ["Question 2", "Question 1"]
    assert set(first["sessions"][0]) == {"session_id", "title", "updated_at"}
    second = _json(await sessions(_request("GET", {"limit": "2", "before": first["next"]}, "good")))
    assert ([session["session_id"] for session in second["sessions"]], second["next"]) == ([opened[0]], None)


@pytest.mark.parametrize(
    "limit", ["0", "-1", str(MAX_PAGE + 1), "1000000000", "two", "", "1.5", "9" * 5000, "0" * 8 + "150"]
)
async def test_a_page_that_cannot_be_is_refused(world: World, limit: str) -> None:
    _signed_in(world)
    response = await _functions(world)["sessions"](_request("GET", {"limit": limit}, "good"))
    assert (response.status_code, _json(response)["code"]) == (400, "invalid_command")


async def test_a_place_nobody_has_gives_an_empty_page(world: World) -> None:
    _signed_in(world)
    response = await _functions(world)["sessions"](_request("GET", {"before": "' OR 1=1 --"}, "good"))
    assert (response.status_code, _json(response)) == (200, {"sessions": [], "next": None})


async def test_what_a_session_does_while_busy_is_set_over_http(world: World) -> None:
    client = await world.client(_signed_in(world))
    session_id = await client.open()
    change = _functions(world)["session_settings"]

    async def patch(where: str, body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": "Bearer good"}
        request = func.HttpRequest(
            method="PATCH", url="/api/x", headers=headers, route_params={"session_id": where}, body=body
        )
        response = await change(request)
        return response.status_code, _json(response)

    assert await patch(session_id, b'{"while_busy": "reject"}') == (200, {"while_busy": "reject"})
    assert (await world.head(session_id)).while_busy == "reject"
    assert (await patch(session_id, b'{"while_busy": 1}'))[0] == 400
    status, problem = await patch("s_nothing", b'{"while_busy": "queue"}')
    assert (status, problem["code"]) == (404, "conversation_not_found")
