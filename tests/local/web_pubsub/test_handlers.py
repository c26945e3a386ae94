"""Several handlers of a hub, hub settings from a file, cookies, two access keys, clients without a token."""

import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
from aiohttp import web
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from local.web_pubsub.app import running
from local.web_pubsub.handlers import EventHandler, HubSettings, read_hubs
from local.web_pubsub.managed_identity import HandlerAuth
from local.web_pubsub.settings import DEV_ACCESS_KEY, Settings
from tests.local.web_pubsub.harness import JSON, Client, Delivery, Handler, client, handler_running, raw_client, until

SECOND = "a second access key that is longer than 32 bytes"


def own(*handlers: EventHandler, anonymous: bool = False) -> dict[str, HubSettings]:
    return {"chat": HubSettings(handlers=handlers, anonymous=anonymous)}


async def test_the_first_handler_that_takes_an_event_gets_it(handler: Handler) -> None:
    async with handler_running() as other:
        handlers = (
            EventHandler(url_template=other.url, user_events=("ask", "tell"), system_events=frozenset({"connected"})),
            EventHandler(url_template=handler.url),
        )
        async with running(Settings(hub_settings=own(*handlers))) as service, client(service) as one:
            for number, event in enumerate(("ask", "more", "tell"), start=1):
                assert (await one.ask(type="event", event=event, data=1, ackId=number))["success"] is True
            await until(lambda: other.of("connected"))
        await until(lambda: handler.of("disconnected"))
    assert sorted(each.event for each in other.deliveries) == ["ask", "connected", "tell"]
    assert sorted(each.event for each in handler.deliveries) == ["connect", "disconnected", "more"]


async def test_a_hubs_own_handlers_stand_instead_of_the_common_one(handler: Handler) -> None:
    settings = Settings(upstream=handler.url, hub_settings=own())
    async with running(settings) as service, client(service), client(service, hub="group_chat"):
        await until(lambda: handler.of("connected"))
    assert {each.headers["ce-hub"] for each in handler.deliveries} == {"group_chat"}


def test_hub_settings_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "hubs.json"
    handlers = [
        {"urlTemplate": "http://a/{event}", "userEventPattern": "ask, tell", "systemEvents": ["connect"]},
        {
            "urlTemplate": "http://b",
            "userEventPattern": "*",
            "auth": {"type": "ManagedIdentity", "managedIdentity": {"resource": "api://b"}},
        },
    ]
    file.write_text(json.dumps({"Chat": {"eventHandlers": handlers, "anonymousConnectPolicy": "allow"}}))
    found = read_hubs(file, HandlerAuth(endpoint="http://i", header="h", resource=""))["chat"]
    first, second = found.handlers
    assert found.anonymous is True
    assert first.takes("user", "tell")
    assert not first.takes("user", "more")
    assert first.takes("sys", "connect")
    assert not second.takes("sys", "connect")
    assert first.url("chat", "a/b") == "http://a/a%2Fb"
    assert second.auth == HandlerAuth(endpoint="http://i", header="h", resource="api://b")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "should be an object"),
        ('{"chat":{"eventHandler":[]}}', "chat.eventHandler"),
        ('{"chat":{"anonymousConnectPolicy":"maybe"}}', "allow"),
        ('{"1":{}}', "not a hub name"),
        ('{"chat":{"eventHandlers":[{"urlTemplate":"u","auth":{"type":"ManagedIdentity"}}]}}', "--identity-endpoint"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "hubs.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=problem):
        read_hubs(file, None)


async def test_cookies_of_the_handler_come_back_to_it_for_that_connection_only(
    settings: Settings, handler: Handler
) -> None:
    async def bake(delivery: Delivery) -> web.Response:
        response = web.Response(status=204)
        if delivery.event == "connect":
            response.set_cookie("who", str(len(handler.of("connect"))))
        elif delivery.event == "drop":
            response.del_cookie("who")
        return response

    handler.answers.update(connect=bake, drop=bake)
    async with running(settings) as service, client(service) as one, client(service) as two:
        for each in (one, two):
            await each.ask(type="event", event="ask", data=1, ackId=1)
            await each.ask(type="event", event="drop", data=1, ackId=2)
            await each.ask(type="event", event="after", data=1, ackId=3)
    assert "cookie" not in handler.of("connect")[1].headers
    assert [each.headers["cookie"] for each in handler.of("ask")] == ["who=1", "who=2"]
    assert ["cookie" in each.headers for each in handler.of("after")] == [False, False]


async def test_with_two_keys_events_have_two_signatures_and_tokens_of_either_are_good(
    settings: Settings, handler: Handler
) -> None:
    async with running(replace(settings, secondary_key=SECOND)) as service:
        claims = {"aud": f"{service.url}/client/hubs/chat", "exp": 2**31}
        for key in (DEV_ACCESS_KEY, SECOND):
            token = jwt.encode(claims, key, algorithm="HS256")
            url = f"{service.url.replace('http', 'ws')}/client/hubs/chat?access_token={token}"
            async with raw_client(url):
                pass
        sent = handler.of("connect")[0]
    wanted = [
        "sha256=" + hmac.new(key.encode(), sent.headers["ce-connectionid"].encode(), hashlib.sha256).hexdigest()
        for key in (DEV_ACCESS_KEY, SECOND)
    ]
    assert sent.headers["ce-signature"].split(",") == wanted


async def test_a_hub_that_allows_it_takes_clients_without_a_token(handler: Handler) -> None:
    handler.answer("connect", body=b'{"userId":"guest","roles":["webpubsub.joinLeaveGroup"]}')
    allowed = own(EventHandler(url_template=handler.url), anonymous=True)
    async with running(Settings(hub_settings=allowed, anonymous_hubs=frozenset({"open"}))) as service:
        base = f"{service.url.replace('http', 'ws')}/client/hubs"
        async with raw_client(f"{base}/chat", subprotocols=[Subprotocol(JSON)]) as socket:
            guest = Client(socket)
            assert (await guest.recv())["userId"] == "guest"
            assert (await guest.ask(type="joinGroup", group="g", ackId=1))["success"] is True
        async with raw_client(f"{base}/open", subprotocols=[Subprotocol(JSON)]) as socket:
            assert "userId" not in await Client(socket).recv()
        for refused in ("other", "chat?access_token=nonsense"):
            with pytest.raises(InvalidStatus) as answer:
                async with raw_client(f"{base}/{refused}"):
                    pass
            assert answer.value.response.status_code == 401
    assert json.loads(handler.of("connect")[0].body)["claims"] == {}
