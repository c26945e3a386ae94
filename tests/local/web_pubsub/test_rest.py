import asyncio
import io
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import HttpResponseError
from azure.messaging.webpubsubservice import WebPubSubServiceClient as SyncServiceClient
from websockets.typing import Subprotocol

from local.web_pubsub.app import Service
from local.web_pubsub.tokens import Tokens
from tests.local.web_pubsub.harness import (
    JSON,
    ODD,
    RELIABLE,
    Client,
    ServiceSdk,
    client,
    client_url,
    connection_string,
    raw_client,
)


async def call(service: Service, method: str, path: str, **options: Any) -> tuple[int, Any]:
    """Call the data plane without the SDK, with a token for the exact URL."""
    url = f"{service.url}{path}"
    token = Tokens("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH").make_client(url, None, [], [], 1)
    headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers, **options) as response,
    ):
        return response.status, await response.json() if response.content_type.endswith("json") else None


@pytest.mark.parametrize(
    ("content", "content_type", "data_type", "data"),
    [
        ({"a": "é"}, "application/json", "json", {"a": "é"}),
        ("hi", "application/json", "json", "hi"),
        ("hi", "text/plain", "text", "hi"),
        (b"\xff\x00", "application/octet-stream", "binary", "/wA="),
    ],
)
async def test_each_content_type_arrives_as_its_data_type(
    sdk: ServiceSdk, one: Client, content: Any, content_type: str, data_type: str, data: Any
) -> None:
    await sdk.send_to_all(content, content_type=content_type)
    assert await one.recv() == {"type": "message", "from": "server", "dataType": data_type, "data": data}


async def test_text_in_another_charset_is_converted(service: Service, one: Client) -> None:
    headers = {"Content-Type": "text/plain; charset=iso-8859-1"}
    assert (await call(service, "POST", "/api/hubs/chat/:send", data=b"h\xe9", headers=headers))[0] == 202
    assert (await one.recv())["data"] == "hé"


async def test_a_send_to_a_group_comes_from_the_group_without_a_user(sdk: ServiceSdk, one: Client) -> None:
    await sdk.send_to_group(ODD, "x", content_type="text/plain")
    assert await one.recv() == {
        "type": "message",
        "from": "group",
        "group": ODD,
        "dataType": "text",
        "data": "x",
    }


async def test_sends_reach_only_their_target(service: Service, sdk: ServiceSdk, one: Client) -> None:
    async with client(service, user_id="other") as other:
        await sdk.send_to_user("u@x/y", 1)
        await sdk.send_to_connection(one.id, 2)
        await sdk.send_to_all(3, excluded=[other.id, "nobody"])
        await sdk.send_to_all(4, filter="userId eq 'u@x/y' and length(connectionId) gt 3")
        await sdk.send_to_group(ODD, 5, excluded=[one.id])
        await sdk.send_to_all(6)
        assert [(await one.recv())["data"] for _ in range(5)] == [1, 2, 3, 4, 6]
        assert [frame["data"] for frame in await other.pong()] == [6]


async def test_a_plain_client_gets_bare_content(service: Service, sdk: ServiceSdk) -> None:
    async with raw_client(client_url(service)) as socket:
        await sdk.send_to_all("hi")
        assert await socket.recv() == '"hi"'
        await sdk.send_to_all(b"\x01", content_type="application/octet-stream")
        assert await socket.recv() == b"\x01"


async def test_sends_and_closes_without_a_target_succeed(sdk: ServiceSdk) -> None:
    await sdk.send_to_all(1)
    await sdk.send_to_group("nobody", 1)
    await sdk.send_to_user("nobody", 1)
    await sdk.send_to_connection("nobody", 1)
    await sdk.close_connection("nobody")
    await sdk.close_all_connections()
    await sdk.close_group_connections("nobody")
    await sdk.close_user_connections("nobody")
    await sdk.remove_connection_from_group("g", "nobody")
    await sdk.remove_connection_from_all_groups("nobody")
    await sdk.remove_user_from_group("g", "nobody")
    await sdk.remove_user_from_all_groups("nobody")
    await sdk.add_user_to_group("g", "nobody")
    await sdk.revoke_permission("sendToGroup", "nobody")


@pytest.mark.parametrize("which", ["connection", "user", "group", "all"])
async def test_closing_tells_the_reason_and_spares_the_excluded(
    service: Service, sdk: ServiceSdk, one: Client, which: str
) -> None:
    async with client(service, user_id="u@x/y", groups=[ODD], protocol=RELIABLE) as spared:
        match which:
            case "connection":
                await sdk.close_connection(one.id, reason="enough")
            case "user":
                await sdk.close_user_connections("u@x/y", excluded=[spared.id], reason="enough")
            case "group":
                await sdk.close_group_connections(ODD, excluded=[spared.id], reason="enough")
            case _:
                await sdk.close_all_connections(excluded=[spared.id], reason="enough")
        code, frames = await one.closed()
        assert (code, one.socket.close_reason) == (1000, "enough")
        assert frames == [{"type": "system", "event": "disconnected", "message": "enough"}]
        assert await spared.pong() == []
        assert await sdk.connection_exists(one.id) is False


async def test_generated_tokens_open_a_connection(service: Service) -> None:
    query = "userId=u%2F1&role=webpubsub.joinLeaveGroup&role=x&group=g1&group=g2&minutesToExpire=5"
    status, body = await call(service, "POST", f"/api/hubs/chat/:generateToken?{query}")
    assert status == 200
    url = f"{service.url.replace('http', 'ws')}/client/hubs/chat?access_token={body['token']}"
    async with raw_client(url, subprotocols=[Subprotocol(JSON)]) as socket:
        one = Client(socket)
        assert (await one.recv())["userId"] == "u/1"
        assert (await one.ask(type="leaveGroup", group="g2", ackId=1))["success"] is True
        assert service.hubs.get("chat").groups.keys() == {"g1"}


async def test_request_headers_become_metadata(service: Service, one: Client) -> None:
    headers = {"X-WebPubSub-Metadata-Trace": "t1", "Content-Type": "text/plain"}
    status, _ = await call(service, "POST", "/api/hubs/chat/:send", data="x", headers=headers)
    assert status == 202
    assert (await one.recv())["metadata"] == {"Trace": "t1"}


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("/:send", {"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("/:send", {"data": b"NaN", "headers": {"Content-Type": "application/json"}}, 400),
        ("/:send", {"data": b"\xff", "headers": {"Content-Type": "text/plain"}}, 400),
        ("/:send", {"data": b"<x/>", "headers": {"Content-Type": "text/xml"}}, 415),
        ("/:send", {"data": io.BytesIO(bytes(1024 * 1024 + 1))}, 400),
        ("/:send", {"data": bytes(1024 * 1024)}, 202),
        ("/:send?messageTtlSeconds=301", {"data": b""}, 400),
        ("/:send?messageTtlSeconds=-1", {"data": b""}, 400),
        ("/:send?filter=userId%20eq", {"data": b""}, 400),
        ("/:send?filter=userId%20gt%201", {"data": b""}, 400),
        ("/groups/%20/:send", {"data": b""}, 400),
        ("/:addToGroups", {"json": {"groups": []}}, 400),
        ("/:addToGroups", {"json": {"groups": ["a", " "]}}, 400),
        ("/:generateToken?clientType=Telnet", {}, 400),
        ("/:generateToken?minutesToExpire=0", {}, 400),
    ],
)
async def test_wrong_calls_get_their_status(
    service: Service, one: Client, path: str, options: dict[str, Any], status: int
) -> None:
    got, body = await call(service, "POST", f"/api/hubs/chat{path}", **options)
    assert got == status
    if got >= 400:
        assert body["code"].startswith("Error.")
        assert body["message"]


async def test_an_unknown_permission_or_hub_name_is_400(sdk: ServiceSdk, service: Service) -> None:
    with pytest.raises(HttpResponseError) as refused:
        await sdk.grant_permission("fly", "x")
    assert refused.value.status_code == 400
    assert (await call(service, "POST", "/api/hubs/1chat/:send", data=b""))[0] == 400


async def test_the_blocking_sdk_works_too(service: Service, one: Client) -> None:
    def work() -> tuple[bool, list[str]]:
        with SyncServiceClient.from_connection_string(connection_string(service), "chat") as sdk:
            sdk.send_to_group(ODD, {"a": 1})
            listed = [member.connection_id for member in sdk.list_connections(group=ODD)]
            return sdk.user_exists("u@x/y"), listed

    assert await asyncio.to_thread(work) == (True, [one.id])
    assert (await one.recv())["data"] == {"a": 1}


async def test_health_and_status_page_need_no_token(service: Service, one: Client) -> None:
    await one.ask(type="sendToGroup", group=ODD, dataType="text", data="a secret text")
    async with aiohttp.ClientSession() as session:
        async with session.head(f"{service.url}/api/health") as response:
            assert response.status == 200
        async with session.get(f"{service.url}/") as response:
            page = await response.text()
    assert one.id in page
    assert "u@x/y" in page
    assert "g 1/é" in page
    assert "a secret text" not in page
