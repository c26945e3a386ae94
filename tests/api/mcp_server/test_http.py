"""The MCP server as HTTP: who gets in, what is refused, and what never gets out."""

import json
from dataclasses import replace
from typing import Any, cast

import azure.functions as func
import httpx2
import pytest
from mcp import MCPError

from api.mcp_server.functions import coach_server_blueprint
from api.mcp_server.reading import list_conversations
from api.mcp_server.sign_in import METADATA_ROUTE, SERVER_ROUTE, Place
from api.mcp_server.transport import CoachServer
from shared.rate_limits import Rate, RateLimiter, RateLimits
from shared.turn_engine import TurnEngines
from tests.api.mcp_server.conftest import QUICK, URL, Coach, text_of
from tests.support.doubles import RecordingEngine
from tests.support.functions import functions_of, json_of, runtime_of
from tests.support.world import World

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


async def post(coach: Coach, body: bytes, **headers: str) -> httpx2.Response:
    transport = httpx2.MockTransport(coach.answer)
    async with httpx2.AsyncClient(transport=transport) as http:
        return await http.post(URL, content=body, headers=ACCEPT | {"authorization": "Bearer good"} | headers)


async def test_a_request_is_answered_as_a_whole(coach: Coach) -> None:
    response = await post(coach, json.dumps(PING).encode())
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    (data,) = [line for line in response.text.splitlines() if line.startswith("data: ")]
    assert json.loads(data.removeprefix("data: ")) == {"jsonrpc": "2.0", "id": 1, "result": {}}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"not json", {}, 400),
        (b'{"jsonrpc": "2.0"}', {}, 400),
        (json.dumps(PING | {"padding": "x" * 300_000}).encode(), {}, 413),
        (json.dumps(PING).encode(), {"accept": "text/html"}, 406),
        (json.dumps(PING).encode(), {"mcp-protocol-version": "1999-01-01"}, 400),
    ],
)
async def test_what_is_not_mcp_is_refused(coach: Coach, body: bytes, headers: dict[str, str], status: int) -> None:
    assert (await post(coach, body, **headers)).status_code == status


async def test_what_breaks_inside_is_for_the_log_alone(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(f"api.mcp_server.tools.{list_conversations.__name__}", broken)
    async with coach.client() as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("list_conversations", {})
    assert "swordfish" not in str(caught.value)
    assert "swordfish" in caplog.text


@pytest.mark.parametrize("token", [None, "forged"])
async def test_nobody_gets_in_without_a_valid_token_and_is_told_where_to_get_one(
    world: World, token: str | None
) -> None:
    def connect(_: str) -> object:
        raise AssertionError("no engine is needed to refuse")

    engines = TurnEngines(cast("Any", connect))
    handle = functions_of(coach_server_blueprint(runtime_of(world), engines))["mcp_server"]
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = func.HttpRequest(method="POST", url=URL, headers=headers, body=json.dumps(PING).encode())
    response = await cast("Any", handle)(request, durable="{}")
    assert (response.status_code, json_of(response)["fault"]) == (401, "auth")
    where = "http://coach.example/api/.well-known/oauth-protected-resource"
    assert response.headers["WWW-Authenticate"] == f'Bearer resource_metadata="{where}"'


@pytest.mark.parametrize(
    ("url", "route"),
    [
        ("https://coach.example/api/mcp", SERVER_ROUTE),
        ("https://coach.example/api/mcp/?code=1", SERVER_ROUTE),
        ("https://coach.example/api/.well-known/oauth-protected-resource", METADATA_ROUTE),
    ],
)
def test_the_metadata_names_the_server_and_its_issuer(url: str, route: str) -> None:
    document = Place.of(url, route, {}, "https://public.example").metadata("https://issuer.example/v2.0", "api://coach")
    assert json.loads(document.model_dump_json()) == {
        "resource": "https://coach.example/api/mcp",
        "authorization_servers": ["https://issuer.example/v2.0"],
        "scopes_supported": ["api://coach/.default"],
        "bearer_methods_supported": ["header"],
        "resource_name": "SalesCoach",
    }


async def test_a_person_is_no_faster_through_this_door(coach: Coach) -> None:
    limits = RateLimits(requests=Rate(per_minute=6, burst=2), commands=None, questions=Rate(per_minute=6, burst=1))
    world = coach.world
    world.chat = replace(world.chat, limiter=RateLimiter(limits, world.clock))
    limited = Coach(world, coach.engine, CoachServer(world.chat, QUICK))
    assert not (await limited.call("ask_coach", question="One?")).is_error
    told = await limited.call("ask_coach", question="Two?")
    assert (told.is_error, "Too many questions" in text_of(told)) == (True, True)
    assert len(await world.memberships.page(world.tokens.known["good"].id, before=None, limit=10)) == 1

    handle: Any = functions_of(coach_server_blueprint(runtime_of(world), cast("Any", _Engines())))["mcp_server"]
    headers = ACCEPT | {"authorization": "Bearer good"}
    request = func.HttpRequest(method="POST", url=URL, headers=headers, body=json.dumps(PING).encode())
    replies = [await handle(request, durable="{}") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert (json_of(replies[2])["code"], replies[2].headers["Retry-After"]) == ("rate_limited", "10")


class _Engines:
    def engine(self, _configuration: str) -> RecordingEngine:
        return RecordingEngine()


@pytest.mark.parametrize("header", [{"x-forwarded-host": "Public.example"}, {"x-azure-fdid": "of the profile"}])
def test_behind_front_door_clients_are_sent_to_the_public_address(header: dict[str, str]) -> None:
    url = "https://func-x.azurewebsites.net/api/mcp"
    place = Place.of(url, SERVER_ROUTE, header, "https://public.example")
    assert place.base == "https://public.example/api"
    assert "https://public.example/api/" in place.challenge()


def test_another_forwarded_host_is_not_believed() -> None:
    url = "https://func-x.azurewebsites.net/api/mcp"
    place = Place.of(url, SERVER_ROUTE, {"x-forwarded-host": "evil.example"}, "https://public.example")
    assert place.base == "https://func-x.azurewebsites.net/api"
    assert Place.of(url, SERVER_ROUTE, {"x-azure-fdid": "x"}, "").base == "https://func-x.azurewebsites.net/api"
