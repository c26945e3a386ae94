import asyncio

from aiohttp import web

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import (
    Delivery,
    Handler,
    client,
)


async def test_an_invocation_returns_the_handlers_answer(service: Service, handler: Handler) -> None:
    handler.answer("ask", body=b'{"ok":1}', content_type="application/json")
    async with client(service) as one:
        assert await one.ask(type="invoke", invocationId="1", target="event", event="ask", data={"q": 1}) == {
            "type": "invokeResponse",
            "invocationId": "1",
            "success": True,
            "dataType": "json",
            "data": {"ok": 1},
        }
        assert (await handler.first("ask")).body == b'{"q":1}'
        handler.answer("ask", status=400)
        failed = await one.ask(type="invoke", invocationId="2", target="event", event="ask", data=1)
        assert (failed["success"], failed["error"]["name"]) == (False, "InternalServerError")
        handler.answer("ask", status=204)
        empty = await one.ask(type="invoke", invocationId="3", target="event", event="ask", data=1)
        assert (empty["success"], empty["dataType"], empty["data"]) == (True, "text", "")


async def test_a_cancelled_invocation_gets_no_answer(service: Service, handler: Handler) -> None:
    gate = asyncio.Event()

    async def slow(_: Delivery) -> web.Response:
        await gate.wait()
        return web.Response(status=204)

    handler.answers["ask"] = slow
    async with client(service) as one:
        await one.send(type="invoke", invocationId="1", target="event", event="ask", data=1)
        await handler.first("ask")
        await one.send(type="cancelInvocation", invocationId="1")
        assert await one.pong() == []
        gate.set()
        assert await one.ask(type="joinGroup", group="g", ackId=1) == {
            "type": "ack",
            "ackId": 1,
            "success": True,
        }
