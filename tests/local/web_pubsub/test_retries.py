import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from local.web_pubsub.app import Service, running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import (
    Delivery,
    Handler,
    client,
)


@pytest.mark.parametrize("status", [500, 503, 408])
async def test_a_passing_failure_is_retried_under_the_same_id(service: Service, handler: Handler, status: int) -> None:
    async def twice_bad(_: Delivery) -> web.Response:
        return web.Response(status=status if len(handler.of("ask")) < 3 else 204)

    handler.answers["ask"] = twice_bad
    async with client(service) as one:
        assert (await one.ask(type="event", event="ask", data=1, ackId=1))["success"] is True
    assert len({each.headers["ce-id"] for each in handler.of("ask")}) == 1
    assert len(handler.of("ask")) == 3


async def test_a_broken_connection_to_the_handler_is_retried(service: Service, handler: Handler) -> None:
    async def cut_first(_: Delivery) -> web.Response:
        if len(handler.of("ask")) == 1:
            raise ConnectionResetError
        return web.Response(status=204)

    handler.answers["ask"] = cut_first
    async with client(service) as one:
        assert (await one.ask(type="event", event="ask", data=1, ackId=1))["success"] is True
    assert len(handler.of("ask")) == 2


@pytest.mark.parametrize(("status", "tries"), [(500, 4), (400, 1), (404, 1), (429, 1)])
async def test_a_failed_event_is_an_error_ack_and_the_client_stays(
    service: Service, handler: Handler, status: int, tries: int
) -> None:
    handler.answer("ask", status=status)
    async with client(service) as one:
        refused = await one.ask(type="event", event="ask", data=1, ackId=1)
        assert refused["error"]["name"] == "InternalServerError"
        assert len(handler.of("ask")) == tries
        handler.answer("ask", status=204)
        assert (await one.ask(type="event", event="ask", data=1, ackId=1))["success"] is True


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b"{", "content_type": "application/json"},
        {"body": b"<b>", "content_type": "text/html"},
        {"body": b"\xff", "content_type": "text/plain"},
    ],
)
async def test_an_unusable_reply_is_an_error_ack(service: Service, handler: Handler, answer: dict[str, Any]) -> None:
    handler.answer("ask", **answer)
    async with client(service) as one:
        refused = await one.ask(type="event", event="ask", data=1, ackId=1)
        assert refused["error"]["name"] == "InternalServerError"


async def test_a_handler_that_never_answers_runs_into_the_budget(settings: Settings, handler: Handler) -> None:
    gate = asyncio.Event()

    async def hang(_: Delivery) -> web.Response:
        await gate.wait()
        return web.Response()

    handler.answers["ask"] = hang
    async with running(replace(settings, upstream_timeout=0.2)) as service, client(service) as one:
        refused = await one.ask(type="event", event="ask", data=1, ackId=1)
        assert "timed out" in refused["error"]["message"]
        assert len(handler.of("ask")) == 1
        gate.set()
