import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from local.web_pubsub.app import Service
from local.web_pubsub.settings import DEV_ACCESS_KEY
from tests.local.web_pubsub.harness import JSON, RELIABLE, Delivery, Handler, client, client_url, raw_client, until


def signed(service: Service, **changes: Any) -> str:
    claims: dict[str, Any] = {
        "aud": f"{service.url}/client/hubs/chat",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    }
    claims.update(changes)
    key = claims.pop("key", DEV_ACCESS_KEY)
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm="HS256")


async def status_of(url: str, **options: Any) -> int:
    with pytest.raises(InvalidStatus) as refused:
        async with raw_client(url, **options):
            pass
    return refused.value.response.status_code


def endpoint(service: Service, query: str = "", hub: str = "chat") -> str:
    return f"{service.url.replace('http', 'ws')}/client/hubs/{hub}{query}"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another key that is long enough to sign with"},
        {"aud": "http://elsewhere/client/hubs/chat"},
        {"aud": None},
        {"exp": None},
        {"exp": datetime.now(UTC) - timedelta(minutes=6)},
    ],
    ids=["wrong key", "wrong audience", "no audience", "no expiry", "expired"],
)
async def test_a_bad_token_is_401_before_the_upgrade(
    service: Service, handler: Handler, changes: dict[str, Any]
) -> None:
    assert await status_of(endpoint(service, f"?access_token={signed(service, **changes)}")) == 401
    assert handler.deliveries == []


async def test_no_token_is_401(service: Service) -> None:
    assert await status_of(endpoint(service)) == 401


async def test_a_token_expired_four_minutes_ago_is_within_the_clock_skew(service: Service) -> None:
    token = signed(service, exp=datetime.now(UTC) - timedelta(minutes=4))
    async with raw_client(endpoint(service, f"?access_token={token}")) as socket:
        assert socket.subprotocol is None


async def test_the_audience_is_compared_without_regard_to_case(service: Service) -> None:
    token = signed(service, aud=f"{service.url.upper()}/CLIENT/hubs/Chat")
    async with raw_client(endpoint(service, f"?access_token={token}")) as socket:
        assert (await socket.ping()) is not None


async def test_a_token_may_come_in_the_header_and_the_hub_in_the_query(service: Service) -> None:
    url = f"{service.url.replace('http', 'ws')}/client/?hub=chat"
    headers = {"Authorization": f"Bearer {signed(service, sub='u')}"}
    async with raw_client(url, additional_headers=headers, subprotocols=[Subprotocol(JSON)]) as socket:
        assert json.loads(await socket.recv())["userId"] == "u"


async def test_a_token_for_another_hub_is_401(service: Service) -> None:
    assert await status_of(endpoint(service, f"?access_token={signed(service)}", hub="group_chat")) == 401


async def test_an_invalid_group_in_the_token_is_400(service: Service) -> None:
    token = signed(service, **{"webpubsub.group": ["fine", "   "]})
    assert await status_of(endpoint(service, f"?access_token={token}")) == 400


async def test_an_invalid_hub_name_is_400(service: Service) -> None:
    assert await status_of(endpoint(service, f"?access_token={signed(service)}", hub="1chat")) == 400


async def test_a_request_that_is_no_upgrade_is_400(service: Service) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{service.url}/client/hubs/chat?access_token={signed(service)}") as response,
    ):
        assert response.status == 400


async def test_the_first_supported_subprotocol_is_echoed(service: Service) -> None:
    offered = [Subprotocol(name) for name in ("other", RELIABLE, JSON)]
    async with raw_client(client_url(service), subprotocols=offered) as socket:
        assert socket.subprotocol == RELIABLE


async def test_an_unknown_subprotocol_alone_makes_a_plain_client(service: Service, handler: Handler) -> None:
    async with raw_client(client_url(service), subprotocols=[Subprotocol("mine.v1")]) as socket:
        assert socket.subprotocol is None
        await socket.send("hello")
        assert (await handler.first("message")).body == b"hello"


async def test_a_connected_client_is_told_who_it_is(service: Service) -> None:
    async with client(service, user_id="u1") as plain, client(service, protocol=RELIABLE) as reliable:
        assert plain.connected == {
            "type": "system",
            "event": "connected",
            "userId": "u1",
            "connectionId": plain.id,
        }
        assert "userId" not in reliable.connected
        assert reliable.connected["reconnectionToken"]


async def test_the_connect_event_tells_all_but_the_token(service: Service, handler: Handler) -> None:
    url = client_url(service, user_id="u1", roles=["r"]) + "&k=1&k=2"
    async with raw_client(url, subprotocols=[Subprotocol(JSON)], additional_headers={"X-Mine": "yes"}):
        delivery = await handler.first("connect")
    body = json.loads(delivery.body)
    assert body["claims"]["sub"] == ["u1"]
    assert body["claims"]["role"] == ["r"]
    assert body["query"] == {"k": ["1", "2"]}
    assert body["headers"]["X-Mine"] == ["yes"]
    assert body["subprotocols"] == [JSON]
    assert body["clientCertificates"] == []
    assert "access_token" not in delivery.body.decode()
    assert delivery.headers["ce-type"] == "azure.webpubsub.sys.connect"
    assert delivery.number == 0
    assert delivery.path == "/upstream/chat"
    assert "ce-subprotocol" not in delivery.headers


async def test_the_handler_may_set_user_groups_and_roles(service: Service, handler: Handler) -> None:
    answer = {
        "userId": "renamed",
        "groups": ["g1"],
        "roles": ["webpubsub.sendToGroup.g1"],
        "subprotocol": None,
    }
    handler.answer("connect", body=json.dumps(answer), content_type="application/json")
    async with client(service, user_id="u1", groups=["from-token"]) as one:
        assert one.connected["userId"] == "renamed"
        echo = await one.ask(type="sendToGroup", group="g1", dataType="text", data="x")
        assert (echo["group"], echo["fromUserId"], echo["data"]) == ("g1", "renamed", "x")
        refused = await one.ask(type="joinGroup", group="g1", ackId=1)
        assert refused["error"]["name"] == "Forbidden"
        assert service.hubs.get("chat").groups.keys() == {"g1"}


async def test_nulls_and_an_empty_groups_list_keep_what_the_token_says(service: Service, handler: Handler) -> None:
    answer = {"userId": None, "groups": [], "roles": None}
    handler.answer("connect", body=json.dumps(answer), content_type="application/json")
    async with client(service, user_id="u1", groups=["g"]) as one:
        assert one.connected["userId"] == "u1"
        assert (await one.ask(type="leaveGroup", group="g", ackId=1))["success"] is True


async def test_an_empty_roles_list_takes_the_tokens_roles_away(service: Service, handler: Handler) -> None:
    handler.answer("connect", body=b'{"roles":[]}')
    async with client(service) as one:
        assert (await one.ask(type="joinGroup", group="g", ackId=1))["success"] is False


async def test_the_handler_may_choose_a_custom_subprotocol(service: Service, handler: Handler) -> None:
    handler.answer("connect", body=b'{"subprotocol":"mine.v2"}')
    offered = [Subprotocol("mine.v1"), Subprotocol("mine.v2")]
    async with raw_client(client_url(service), subprotocols=offered) as socket:
        assert socket.subprotocol == "mine.v2"


@pytest.mark.parametrize(("answered", "seen"), [(401, 401), (403, 403), (404, 404), (302, 500), (500, 500)])
async def test_a_refusal_is_the_status_of_the_handshake(
    service: Service, handler: Handler, answered: int, seen: int
) -> None:
    handler.answer("connect", status=answered)
    assert await status_of(client_url(service)) == seen
    assert len(handler.of("connect")) == (4 if answered == 500 else 1)
    assert service.hubs.connections() == []


@pytest.mark.parametrize("body", [b"not json", b'{"groups":[" "]}', b'{"subprotocol":"never.offered"}'])
async def test_an_unusable_answer_to_connect_is_500(service: Service, handler: Handler, body: bytes) -> None:
    handler.answer("connect", body=body)
    assert await status_of(client_url(service)) == 500


async def test_a_client_that_leaves_during_connect_is_forgotten(
    service: Service, handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    gate = asyncio.Event()

    async def slow(_: Delivery) -> web.Response:
        await gate.wait()
        return web.Response(status=204)

    handler.answers["connect"] = slow
    path = client_url(service).partition(str(service.port))[2]
    _, writer = await asyncio.open_connection("127.0.0.1", service.port)
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    writer.write(head.encode())
    await handler.first("connect")
    writer.transport.abort()
    gate.set()
    async with client(service):  # by the time another client is in, the first one has been dealt with
        await until(lambda: len(service.hubs.connections()) == 1)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
