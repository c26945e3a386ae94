"""The official Python clients against the real server."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from azure.messaging.webpubsubclient import WebPubSubClient as SyncClient
from azure.messaging.webpubsubclient import WebPubSubClientCredential as SyncCredential
from azure.messaging.webpubsubclient.aio import WebPubSubClient, WebPubSubClientCredential
from azure.messaging.webpubsubclient.models import (
    CallbackType,
    OpenClientError,
    SendMessageError,
    WebPubSubProtocolType,
)
from azure.messaging.webpubsubclient.models import WebPubSubDataType as Data

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import ALL_ROLES, Handler, ServiceSdk, client_url, until


def official(service: Service, **options: Any) -> WebPubSubClient:
    async def url() -> str:
        return client_url(service, roles=ALL_ROLES, user_id="u")

    return WebPubSubClient(WebPubSubClientCredential(url), **options)


def ids(service: Service) -> list[str]:
    return [connection.id for connection in service.hubs.connections()]


@pytest.mark.parametrize("protocol", list(WebPubSubProtocolType))
async def test_the_async_client_joins_publishes_and_sends_events(
    service: Service, sdk: ServiceSdk, handler: Handler, protocol: WebPubSubProtocolType
) -> None:
    got: list[Any] = []

    async def keep(message: Any) -> None:
        got.append(message.data)

    handler.answer("ask", body=b'{"answer":1}', content_type="application/json")
    async with official(service, protocol_type=protocol) as one:
        await one.subscribe(CallbackType.GROUP_MESSAGE, keep)
        await one.subscribe(CallbackType.SERVER_MESSAGE, keep)
        await one.join_group("g")
        await one.send_to_group("g", {"a": "é"}, Data.JSON)
        await one.send_to_group("g", memoryview(b"\x00\x01"), Data.BINARY)
        await one.send_to_group("g", "spared", Data.TEXT, no_echo=True)
        await one.send_event("ask", {"q": 1}, Data.JSON)
        await sdk.send_to_group("g", "from rest", content_type="text/plain")
        await until(lambda: len(got) == 4)
        await one.leave_group("g")
    assert got[0] == {"a": "é"}
    assert bytes(got[1]) == b"\x00\x01"
    assert got[2:] == [{"answer": 1}, "from rest"]
    await until(lambda: ids(service) == [])


async def test_a_failed_event_is_an_error_of_the_client(service: Service, handler: Handler) -> None:
    handler.answer("ask", status=400)
    async with official(service, message_retry_total=0) as one:
        with pytest.raises(SendMessageError) as refused:
            await one.send_event("ask", "x", Data.TEXT)
        assert refused.value.error_detail is not None
        assert refused.value.error_detail.name == "InternalServerError"


async def test_the_async_client_recovers_a_lost_socket_and_misses_nothing(
    service: Service, sdk: ServiceSdk, handler: Handler
) -> None:
    got: list[Any] = []

    async def keep(message: Any) -> None:
        got.append(message.data)

    async with official(service) as one:
        await one.subscribe(CallbackType.GROUP_MESSAGE, keep)
        await one.join_group("g")
        await sdk.send_to_group("g", 1)
        await until(lambda: got == [1])
        connection = service.hubs.connections()[0]
        outbox = connection.outbox
        service.lifecycle.drop_socket(connection, close_code=1001)
        await sdk.send_to_group("g", 2)
        await until(lambda: connection.outbox not in (None, outbox))
        await sdk.send_to_group("g", 3)
        await until(lambda: got == [1, 2, 3])
        assert ids(service) == [connection.id]
    assert len(handler.of("connect")) == 1


async def test_when_recovery_is_refused_the_client_connects_anew_and_joins_again(
    service: Service, sdk: ServiceSdk
) -> None:
    got: list[Any] = []

    async def keep(message: Any) -> None:
        got.append(message.data)

    async with official(service) as one:
        await one.subscribe(CallbackType.GROUP_MESSAGE, keep)
        await one.join_group("g")
        connection = service.hubs.connections()[0]
        service.lifecycle.drop_socket(connection)
        service.lifecycle.end(connection, "expired")
        await until(lambda: len(service.hubs.get("chat").in_group("g")) == 1, seconds=20)
        assert ids(service) != [connection.id]
        await sdk.send_to_group("g", "again")
        await until(lambda: got == ["again"])


async def test_a_refused_token_is_an_open_error(service: Service) -> None:
    url = client_url(service).replace("access_token=", "access_token=x")
    with pytest.raises(OpenClientError):
        async with WebPubSubClient(url, reconnect_retry_total=0, auto_reconnect=False):
            pass


@pytest.mark.filterwarnings(  # the client's acknowledging thread dies noisily with each socket
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)
async def test_the_blocking_client_works_and_recovers_a_lost_socket(service: Service, handler: Handler) -> None:
    handler.answer("ask", text="answer")
    received: list[Any] = []
    url = client_url(service, roles=ALL_ROLES, user_id="u")
    one = SyncClient(SyncCredential(lambda: url))
    one.subscribe(CallbackType.GROUP_MESSAGE, lambda message: received.append(message.data))
    one.subscribe(CallbackType.SERVER_MESSAGE, lambda message: received.append(message.data))
    await asyncio.to_thread(one.open)
    try:
        await asyncio.to_thread(one.join_group, "g")
        await asyncio.to_thread(one.send_event, "ask", "x", Data.TEXT)
        await until(lambda: received == ["answer"])
        connection = service.hubs.connections()[0]
        outbox = connection.outbox
        service.lifecycle.drop_socket(connection)
        await until(lambda: connection.outbox not in (None, outbox))
        await until(one.is_connected)
        await asyncio.to_thread(one.send_to_group, "g", "after", Data.TEXT)
        await until(lambda: received == ["answer", "after"])
        assert ids(service) == [connection.id]
    finally:
        await asyncio.to_thread(one.close)


async def test_many_clients_each_get_every_message_in_order(service: Service, sdk: ServiceSdk) -> None:
    got: dict[int, list[Any]] = {number: [] for number in range(10)}
    clients = [official(service) for _ in got]
    for number, one in enumerate(clients):

        async def keep(message: Any, mine: list[Any] = got[number]) -> None:
            mine.append(message.data)

        await one.subscribe(CallbackType.GROUP_MESSAGE, keep)
    await asyncio.gather(*(one.open() for one in clients))
    await asyncio.gather(*(one.join_group("g") for one in clients))
    for number in range(50):
        await sdk.send_to_group("g", number)
    await until(lambda: all(len(mine) == 50 for mine in got.values()))
    assert all(mine == list(range(50)) for mine in got.values())
    await asyncio.gather(*(one.close() for one in clients))


async def test_the_handlers_refusal_reaches_the_client(service: Service, handler: Handler) -> None:
    async def refuse(_: object) -> web.Response:
        return web.Response(status=403)

    handler.answers["connect"] = refuse
    with pytest.raises(OpenClientError):
        async with official(service, auto_reconnect=False, reconnect_retry_total=0):
            pass
