"""The HTTP API, by the functions the host would call."""

from typing import Any

import pytest

from api.functions import api_blueprint
from api.sessions import MAX_PAGE
from tests.support.functions import NO_ENGINES, Handler, functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import World


def _functions(world: World) -> dict[str, Handler]:
    return functions_of(api_blueprint(runtime_of(world), NO_ENGINES))


@pytest.mark.parametrize(("name", "method"), [("api_list_sessions", "GET"), ("api_change_session", "PATCH")])
@pytest.mark.parametrize("token", [None, "forged"])
async def test_nobody_gets_in_without_a_valid_token(world: World, name: str, method: str, token: str | None) -> None:
    response = await _functions(world)[name](request(method, token=token))
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (json_of(response)["status"], json_of(response)["code"]) == (401, "token_invalid")


async def test_the_list_of_sessions_comes_in_pages(world: World) -> None:
    client = await world.client(signed_in(world))
    opened: list[str] = []
    for n in range(3):
        world.clock.advance(1)
        opened.append(await client.open())
        await client.ask(f"Question {n}")
    sessions = _functions(world)["api_list_sessions"]
    first = json_of(await sessions(request("GET", {"limit": "2"}, "good")))
    assert [session["title"] for session in first["sessions"]] == ["Question 2", "Question 1"]
    assert set(first["sessions"][0]) == {"session_id", "title", "updated_at", "pinned", "archived"}
    second = json_of(await sessions(request("GET", {"limit": "2", "before": first["next"]}, "good")))
    assert ([session["session_id"] for session in second["sessions"]], second["next"]) == ([opened[0]], None)


@pytest.mark.parametrize(
    "limit", ["0", "-1", str(MAX_PAGE + 1), "1000000000", "two", "", "1.5", "9" * 5000, "0" * 8 + "150"]
)
async def test_a_page_that_cannot_be_is_refused(world: World, limit: str) -> None:
    signed_in(world)
    response = await _functions(world)["api_list_sessions"](request("GET", {"limit": limit}, "good"))
    assert (response.status_code, json_of(response)["code"]) == (400, "invalid_command")


async def test_a_place_nobody_has_gives_an_empty_page(world: World) -> None:
    signed_in(world)
    response = await _functions(world)["api_list_sessions"](request("GET", {"before": "' OR 1=1 --"}, "good"))
    assert (response.status_code, json_of(response)) == (200, {"sessions": [], "next": None})


async def test_what_a_session_does_while_busy_is_set_over_http(world: World) -> None:
    client = await world.client(signed_in(world))
    session_id = await client.open()
    change = _functions(world)["api_change_session"]

    async def patch(where: str, body: bytes) -> tuple[int, dict[str, Any]]:
        response = await change(request("PATCH", token="good", path={"session_id": where}, body=body))
        return response.status_code, json_of(response)

    status, changed = await patch(session_id, b'{"while_busy": "reject"}')
    assert (status, changed["while_busy"], changed["session_id"]) == (200, "reject", session_id)
    assert (await world.head(session_id)).while_busy == "reject"
    for wrong, field in (
        (b"", "body"),
        (b"[]", "body"),
        (b'{"while_busy": 1}', "while_busy"),
        (b'{"while_buzy": "queue"}', "while_"),
    ):
        status, problem = await patch(session_id, wrong)
        assert status == 400
        assert problem["title"].startswith(field)
    status, problem = await patch("s_nothing", b'{"while_busy": "queue"}')
    assert (status, problem["code"]) == (404, "conversation_not_found")
