import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import RELIABLE, Handler, ServiceSdk, client, recovered, until


class AdminClient:
    def __init__(self, session: aiohttp.ClientSession, service: Service) -> None:
        self._session = session
        self._base = f"http://127.0.0.1:{service.admin_port}"

    async def post(self, status: int = 200, **body: Any) -> dict[str, Any]:
        async with self._session.post(f"{self._base}/chaos", json=body) as response:
            assert response.status == status
            return await response.json() if status == 200 else {}

    async def get(self, path: str) -> dict[str, Any]:
        async with self._session.get(self._base + path) as response:
            return await response.json()


@pytest.fixture
async def admin(service: Service) -> AsyncGenerator[AdminClient]:
    async with aiohttp.ClientSession() as session:
        yield AdminClient(session, service)


async def test_the_next_webhook_can_be_delivered_twice_with_one_id(
    service: Service, handler: Handler, admin: AdminClient
) -> None:
    async with client(service) as one:
        await handler.first("connected")
        assert (await admin.post(duplicate_webhooks=1))["duplicate_webhooks"] == 1
        await one.ask(type="event", event="ask", data=1, ackId=1)
        await one.ask(type="event", event="ask", data=2, ackId=2)
    assert [each.body for each in handler.of("ask")] == [b"1", b"1", b"2"]
    assert handler.of("ask")[0].headers["ce-id"] == handler.of("ask")[1].headers["ce-id"]


async def test_switches_can_wait_for_one_event_name(service: Service, handler: Handler, admin: AdminClient) -> None:
    await admin.post(duplicate_webhooks=1, event="command")
    async with client(service) as one:
        await one.ask(type="event", event="ask", data=1, ackId=1)
        await one.ask(type="event", event="command", data=2, ackId=2)
    assert len(handler.of("connect")) == 1
    assert len(handler.of("ask")) == 1
    assert len(handler.of("command")) == 2


async def test_webhooks_can_be_lost_and_are_then_retried(
    service: Service, handler: Handler, admin: AdminClient
) -> None:
    async with client(service) as one:
        await admin.post(fail_webhooks=2, event="ask")
        assert (await one.ask(type="event", event="ask", data=1, ackId=1))["success"] is True
        await admin.post(fail_webhooks=4, event="ask")
        assert (await one.ask(type="event", event="ask", data=2, ackId=2))["success"] is False
    assert len(handler.of("ask")) == 1


async def test_webhooks_can_be_reordered_across_connections(
    service: Service, handler: Handler, admin: AdminClient
) -> None:
    async with client(service) as a, client(service) as b:
        await admin.post(reorder_webhooks=2, event="ask")
        await a.send(type="event", event="ask", data="first", ackId=1)
        await until(lambda: service.chaos.webhook_order.waiting == 1)
        await b.send(type="event", event="ask", data="second", ackId=1)
        assert (await a.recv())["success"] is True
        assert [each.body for each in handler.of("ask")] == [b'"second"', b'"first"']


async def test_webhooks_can_be_delayed(service: Service, handler: Handler, admin: AdminClient) -> None:
    async with client(service) as one:
        await admin.post(delay_webhooks=1, delay_seconds=0.2, event="ask")
        await one.send(type="event", event="ask", data=1, ackId=1)
        await until(lambda: service.chaos.switches.delay_webhooks == 0)
        assert handler.of("ask") == []
        assert (await one.recv())["success"] is True


async def test_rest_sends_can_be_repeated(service: Service, sdk: ServiceSdk, admin: AdminClient) -> None:
    async with client(service) as one:
        await admin.post(duplicate_sends=1)
        await sdk.send_to_all(1)
        await sdk.send_to_all(2)
        assert [(await one.recv())["data"] for _ in range(3)] == [1, 1, 2]


async def test_sockets_can_be_dropped_and_their_recovery_expired(
    service: Service, handler: Handler, admin: AdminClient
) -> None:
    async with client(service, protocol=RELIABLE) as a, client(service, protocol=RELIABLE) as b:
        assert (await admin.post(drop_sockets=[a.id]))["dropped"] == 1
        assert (await a.closed())[0] == 1006
        async with recovered(service, a) as again:
            await again.recv()
            answer = await admin.post(drop_sockets=True, expire_recovery=True)
            assert (answer["dropped"], answer["expired"]) == (2, 2)
            assert (await again.closed())[0] == 1006
        async with recovered(service, b) as refused:
            assert (await refused.closed())[0] == 1008
        assert len(handler.of("connect")) == 2


async def test_dropped_sockets_may_be_closed_with_a_code(service: Service, admin: AdminClient) -> None:
    async with client(service, protocol=RELIABLE) as one:
        assert (await admin.post(drop_sockets=1, close_code=1001))["dropped"] == 1
        assert (await one.closed())[0] == 1001
        async with recovered(service, one) as again:
            assert (await again.recv())["event"] == "connected"


async def test_rest_sends_can_be_reordered(service: Service, sdk: ServiceSdk, admin: AdminClient) -> None:
    async with client(service) as one:
        await admin.post(reorder_sends=2)
        first = asyncio.create_task(sdk.send_to_all(1))
        await until(lambda: service.chaos.send_order.waiting == 1)
        await sdk.send_to_all(2)
        await first
        assert [(await one.recv())["data"] for _ in range(2)] == [2, 1]


async def test_the_admin_port_lists_connections_and_refuses_unknown_switches(
    service: Service, admin: AdminClient
) -> None:
    async with client(service, user_id="u", groups=["g"]) as one:
        assert await admin.get("/connections") == {
            "connections": [
                {
                    "connectionId": one.id,
                    "hub": "chat",
                    "userId": "u",
                    "subprotocol": "json.webpubsub.azure.v1",
                    "groups": ["g"],
                    "attached": True,
                    "unacknowledged": 0,
                }
            ]
        }
    await admin.post(status=400, explode=1)
    await admin.post(status=400, fail_webhooks=-1)
    assert (await admin.get("/chaos"))["fail_webhooks"] == 0
