import asyncio
import socket
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from aiohttp import web
from websockets.exceptions import InvalidStatus

from local.service import HOST
from local.web_pubsub.app import Service, running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import Handler, client, handler_app, until


async def test_the_validation_handshake_comes_first_and_is_shared(service: Service, handler: Handler) -> None:
    async with client(service), client(service):
        await until(lambda: len(handler.of("connected")) == 2)
    assert len(handler.validations) == 1
    assert handler.validations[0]["webhook-request-origin"] == "127.0.0.1"
    assert handler.validations[0]["ce-awpsversion"] == "1.0"


@pytest.mark.parametrize("allowed", [None, "other.example"])
async def test_a_handler_that_does_not_agree_gets_no_events_and_clients_are_blocked(
    service: Service, handler: Handler, allowed: str | None
) -> None:
    handler.allowed_origin = allowed
    with pytest.raises(InvalidStatus) as refused:
        async with client(service):
            pass
    assert refused.value.response.status_code == 500
    assert handler.deliveries == []


async def test_a_handler_may_name_the_origin_instead_of_a_star(service: Service, handler: Handler) -> None:
    handler.allowed_origin = "example.org, 127.0.0.1"
    async with client(service):
        assert len(handler.of("connect")) == 1


async def test_a_hub_without_handler_accepts_clients(service: Service, handler: Handler) -> None:
    async with client(service, hub="integration") as one:
        refused = await one.ask(type="event", event="ask", dataType="text", data="x", ackId=1)
        assert refused["error"]["name"] == "InternalServerError"
    assert handler.deliveries == []


async def test_an_event_in_the_url_template_is_filled_in(handler: Handler) -> None:
    async with running(Settings(upstream=handler.url + "/{event}")) as service, client(service) as one:
        await one.ask(type="event", event="ask", dataType="text", data="x", ackId=1)
        assert (await handler.first("ask")).path == "/upstream/chat/ask"


async def test_a_handler_that_comes_up_late_is_found(
    settings: Settings, handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    url = f"http://{HOST}:{port}/upstream/{{hub}}"
    late = replace(settings, upstream=url, retry_delays=(0.3, 1.0, 1.0))
    async with running(late) as service, AsyncExitStack() as stack:
        opening = asyncio.create_task(stack.enter_async_context(client(service)))
        await until(lambda: "event handler not validated" in caplog.text)
        runner = web.AppRunner(handler_app(handler), shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, port).start()
        assert (await opening).id == (await handler.first("connect")).headers["ce-connectionid"]
