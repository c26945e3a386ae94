import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from local.service import HOST
from local.web_pubsub.app import Service, running
from local.web_pubsub.managed_identity import HandlerAuth
from local.web_pubsub.settings import DEV_ACCESS_KEY, Settings
from tests.local.web_pubsub.harness import (
    JSON,
    RELIABLE,
    Delivery,
    Handler,
    client,
    client_url,
    raw_client,
    until,
)


@pytest.mark.parametrize(
    ("frame", "content_type", "body"),
    [
        ({"dataType": "text", "data": "é"}, "text/plain", "é".encode()),
        ({"dataType": "json", "data": {"q": "é"}}, "application/json", '{"q":"é"}'.encode()),
        ({"data": "text"}, "application/json", b'"text"'),
        ({"dataType": "binary", "data": base64.b64encode(b"\x00").decode()}, "application/octet-stream", b"\x00"),
        ({"dataType": "protobuf", "data": "AA=="}, "application/x-protobuf", b"\x00"),
    ],
)
async def test_an_events_body_is_its_bare_payload(
    service: Service, handler: Handler, frame: dict[str, Any], content_type: str, body: bytes
) -> None:
    async with client(service) as one:
        assert (await one.ask(type="event", event="ask", ackId=1, **frame))["success"] is True
    got = await handler.first("ask")
    assert got.body == body
    assert got.headers["content-type"].partition(";")[0] == content_type


async def test_an_event_carries_every_header(service: Service, handler: Handler) -> None:
    async with client(service, protocol=RELIABLE, user_id="üser") as one:
        await one.ask(type="event", event="Ask.me", data=1, ackId=1, metadata={"Trace": "t1"})
        headers = (await handler.first("Ask.me")).headers
        digest = hmac.new(DEV_ACCESS_KEY.encode(), one.id.encode(), hashlib.sha256).hexdigest()
        expected = {
            "ce-type": "azure.webpubsub.user.Ask.me",
            "ce-source": f"/hubs/chat/client/{one.id}",
            "ce-specversion": "1.0",
            "ce-awpsversion": "1.0",
            "ce-hub": "chat",
            "ce-connectionid": one.id,
            "ce-subprotocol": RELIABLE,
            "ce-signature": f"sha256={digest}",
            "webhook-request-origin": "127.0.0.1",
            "x-webpubsub-metadata-trace": "t1",
        }
        assert {name: headers[name] for name in expected} == expected
        assert headers["ce-userid"].encode("utf-8", "surrogateescape").decode() == "üser"
        assert "ce-connectionstate" not in headers
        assert headers["ce-time"].endswith("Z")


@pytest.mark.parametrize(
    ("answer", "data_type", "data"),
    [
        ({"text": "hé"}, "text", "hé"),
        ({"body": b'{"a": 1}', "content_type": "application/json", "charset": "utf-8"}, "json", {"a": 1}),
        ({"body": b"\xff\x00", "content_type": "application/octet-stream"}, "binary", "/wA="),
    ],
)
async def test_a_reply_with_a_body_reaches_the_client_before_the_ack(
    service: Service, handler: Handler, answer: dict[str, Any], data_type: str, data: Any
) -> None:
    handler.answer("ask", **answer)
    async with client(service) as one:
        message = await one.ask(type="event", event="ask", data=1, ackId=1)
        assert message == {"type": "message", "from": "server", "dataType": data_type, "data": data}
        assert await one.recv() == {"type": "ack", "ackId": 1, "success": True}


async def test_events_of_one_connection_wait_for_each_other_but_pings_do_not(
    service: Service, handler: Handler
) -> None:
    gate = asyncio.Event()

    async def slow(_: Delivery) -> web.Response:
        await gate.wait()
        return web.Response(status=204)

    handler.answers["first"] = slow
    async with client(service) as one, client(service) as other:
        await one.send(type="event", event="first", data=1, ackId=1)
        await one.send(type="event", event="second", data=2, ackId=2)
        await handler.first("first")
        assert await one.pong() == []
        assert (await other.ask(type="event", event="third", data=3, ackId=1))["success"] is True
        assert handler.of("second") == []
        gate.set()
        assert [(await one.recv())["ackId"], (await one.recv())["ackId"]] == [1, 2]
    numbers = [each.number for each in handler.deliveries if each.headers["ce-connectionid"] == one.id]
    assert numbers[:4] == [0, 1, 2, 3]


async def test_connection_state_is_kept_as_given_and_sent_back(service: Service, handler: Handler) -> None:
    state = base64.b64encode(json.dumps({"session": "s_1"}).encode()).decode()
    handler.answer("connect", status=204, headers={"ce-connectionState": "Zmlyc3Q="})
    handler.answer("set", status=204, headers={"ce-connectionState": state})
    async with client(service) as one:
        for number, event in enumerate(["before", "set", "after"], start=1):
            await one.ask(type="event", event=event, data=1, ackId=number)
    await handler.first("disconnected")
    states = [each.headers.get("ce-connectionstate") for each in handler.deliveries]
    assert states == [None, "Zmlyc3Q=", "Zmlyc3Q=", "Zmlyc3Q=", state, state]


async def test_a_plain_clients_frames_are_message_events_and_replies_are_bare(
    service: Service, handler: Handler
) -> None:
    async with raw_client(client_url(service, user_id="u")) as socket:
        handler.answer("message", body=b'{"ok": 1}', content_type="application/json")
        await socket.send('{"q": 1}')
        assert await socket.recv() == '{"ok": 1}'
        delivery = await handler.first("message")
        assert delivery.body == b'{"q": 1}'
        assert delivery.headers["content-type"].startswith("text/plain")
        assert delivery.headers["ce-type"] == "azure.webpubsub.user.message"
        assert "ce-subprotocol" not in delivery.headers
        handler.answer("message", body=b"\x01")
        await socket.send(b"\x00")
        assert await socket.recv() == b"\x01"
        assert handler.of("message")[1].headers["content-type"] == "application/octet-stream"


async def test_a_plain_client_is_closed_with_1011_when_its_event_fails(service: Service, handler: Handler) -> None:
    handler.answer("message", status=400)
    async with raw_client(client_url(service)) as socket:
        await socket.send("x")
        await socket.wait_closed()
        assert socket.close_code == 1011


async def test_disconnected_tells_the_reason_and_nobody_waits_for_connected(service: Service, handler: Handler) -> None:
    handler.answer("connected", status=500)
    async with client(service) as one:
        assert (await one.ask(type="event", event="ask", data=1, ackId=1))["success"] is True
        await one.socket.close(1000, "bye")
    assert json.loads((await handler.first("disconnected")).body) == {"reason": "bye"}
    await until(lambda: service.hubs.connections() == [])


async def test_only_chosen_events_go_upstream(settings: Settings, handler: Handler) -> None:
    chosen = replace(settings, user_events=("ask",), system_events=frozenset[str]())
    async with running(chosen) as service, client(service, protocol=JSON) as one:
        assert (await one.ask(type="event", event="ask", data=1, ackId=1))["success"] is True
        assert (await one.ask(type="event", event="other", data=1, ackId=2))["success"] is False
    assert [each.event for each in handler.deliveries] == ["ask"]


async def test_the_handler_can_be_called_with_the_services_identity(settings: Settings, handler: Handler) -> None:
    asked: list[tuple[str, str]] = []

    async def give(request: web.Request) -> web.Response:
        asked.append((request.headers["X-IDENTITY-HEADER"], request.query["resource"]))
        if len(asked) == 1:
            return web.Response(status=503)
        return web.json_response({"access_token": "tok", "expires_on": str(2**31)})

    app = web.Application()
    app.router.add_get("/msi/token", give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    endpoint = f"http://{HOST}:{runner.addresses[0][1]}/msi/token"
    auth = HandlerAuth(endpoint=endpoint, header="secret", resource="api://handler")
    async with running(replace(settings, handler_auth=auth)) as service, client(service) as one:
        assert (await one.ask(type="event", event="ask", data=1, ackId=1))["success"] is True
    await runner.cleanup()
    assert {each.headers["authorization"] for each in handler.deliveries} == {"Bearer tok"}
    assert asked == [("secret", "api://handler")] * 2
