import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import jwt
import pytest
import pytest_asyncio

from local.web_pubsub.settings import DEV_ACCESS_KEY
from shared.errors import SettingsInvalid
from shared.protocol.codes import ErrorCode
from shared.settings import ServiceAddress
from shared.web_pubsub import ConnectionGone, WebPubSub
from shared.web_pubsub_rest import MessageTooLarge
from tests.services import service

pytestmark = pytest.mark.asyncio(loop_scope="module")
PRINCIPAL = "11111111-1111-1111-1111-111111111111.22222222-2222-2222-2222-222222222222"


def connection_string(url: str) -> ServiceAddress:
    return ServiceAddress(connection_string=f"Endpoint={url};AccessKey={DEV_ACCESS_KEY};Version=1.0;")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub() -> AsyncIterator[WebPubSub]:
    async with service("web_pubsub") as running:
        hub = WebPubSub(connection_string(running.url), None, "chat")
        yield hub
        await hub.close()


@dataclass(frozen=True, slots=True)
class Client:
    socket: aiohttp.ClientWebSocketResponse
    connection_id: str

    async def next_data(self) -> object:
        message = await self.socket.receive_json(timeout=5)
        assert message["dataType"] == "json"
        return message["data"]


@asynccontextmanager
async def connected(hub: WebPubSub) -> AsyncGenerator[Client]:
    address = await hub.client_url(PRINCIPAL, 5)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address.url, protocols=["json.webpubsub.azure.v1"], max_msg_size=0) as socket,
    ):
        hello = await socket.receive_json(timeout=5)
        yield Client(socket, hello["connectionId"])


async def test_a_client_url_names_the_person_and_grants_nothing(hub: WebPubSub) -> None:
    before = datetime.now(UTC)
    address = await hub.client_url(PRINCIPAL, 5)
    claims = jwt.decode(address.url.partition("access_token=")[2], options={"verify_signature": False})
    assert claims["sub"] == PRINCIPAL
    assert not claims.get("role")
    assert not claims.get("webpubsub.group")
    assert timedelta(minutes=5) <= address.expires_at - before < timedelta(minutes=5, seconds=5)
    assert abs(claims["exp"] - address.expires_at.timestamp()) < 5


@pytest.mark.parametrize("group", ["c-s_01", "g 1/é%2F?#&+"])
async def test_an_admitted_connection_receives_what_is_sent_to_the_group(hub: WebPubSub, group: str) -> None:
    async with connected(hub) as inside, connected(hub) as outside:
        await hub.admit(inside.connection_id, group)
        await hub.admit(inside.connection_id, group)
        await hub.send_to_group(group, json.dumps({"text": "héllo"}).encode())
        await hub.send_to_connection(outside.connection_id, b'{"only": "you"}')
        assert await inside.next_data() == {"text": "héllo"}
        assert await outside.next_data() == {"only": "you"}


async def test_sends_awaited_one_by_one_arrive_in_order(hub: WebPubSub) -> None:
    async with connected(hub) as client:
        for number in range(50):
            await hub.send_to_connection(client.connection_id, json.dumps(number).encode())
        assert [await client.next_data() for _ in range(50)] == list(range(50))


async def test_a_dismissed_connection_receives_no_more(hub: WebPubSub) -> None:
    async with connected(hub) as client:
        await hub.admit(client.connection_id, "room")
        await hub.dismiss(client.connection_id, "room")
        await hub.send_to_group("room", b'"unheard"')
        await hub.send_to_connection(client.connection_id, b'"heard"')
        assert await client.next_data() == "heard"


async def test_every_connection_of_a_dismissed_person_receives_no_more(hub: WebPubSub) -> None:
    async with connected(hub) as client:
        await hub.admit(client.connection_id, "room")
        await hub.dismiss_user(PRINCIPAL, "room")
        await hub.dismiss_user("nobody", "room")
        await hub.send_to_group("room", b'"unheard"')
        await hub.send_to_connection(client.connection_id, b'"heard"')
        assert await client.next_data() == "heard"


async def test_a_connection_that_is_gone_cannot_be_admitted_but_can_be_dismissed(hub: WebPubSub) -> None:
    async with connected(hub) as client:
        gone = client.connection_id
        await client.socket.close()
        with pytest.raises(ConnectionGone) as raised:
            await hub.admit("no-such-connection", "room")
        assert raised.value.code == ErrorCode.NO_SESSION
        await hub.dismiss("no-such-connection", "room")
    await hub.send_to_connection(gone, b"{}")


async def test_the_access_key_is_what_signs_webhooks(hub: WebPubSub) -> None:
    assert hub.access_keys() == (DEV_ACCESS_KEY.encode(),)


async def test_a_message_of_the_services_limit_is_sent_and_a_larger_one_is_not_tried(hub: WebPubSub) -> None:
    async with connected(hub) as client:
        largest = b'"' + b"x" * (1024 * 1024 - 2) + b'"'
        await hub.send_to_connection(client.connection_id, largest)
        assert await client.next_data() == json.loads(largest)
        with pytest.raises(MessageTooLarge) as raised:
            await hub.send_to_group("room", largest + b" ")
        assert not raised.value.retryable


@pytest.mark.parametrize(
    "address",
    [
        ServiceAddress(connection_string="nonsense"),
        ServiceAddress(connection_string="Endpoint=https://x.example"),
        ServiceAddress(connection_string="AccessKey=hidden"),
        ServiceAddress(connection_string="Endpoint=x.example;AccessKey=hidden"),
        ServiceAddress(service_uri="http://x.example"),
        ServiceAddress(service_uri="https://x.example"),
    ],
)
async def test_an_address_that_cannot_be_used_is_a_setting_error_without_its_secret(address: ServiceAddress) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        WebPubSub(address, None, "chat")
    assert "hidden" not in raised.value.message
