import asyncio
from dataclasses import replace

import pytest
from aiohttp import web
from websockets.exceptions import ConnectionClosed

from local.web_pubsub import unacked
from local.web_pubsub.app import Service, running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import RELIABLE, Client, Handler, ServiceSdk, client, recovered, until


async def cut(service: Service, one: Client) -> None:
    """Cut the socket as a network failure would."""
    connection = service.hubs.get("chat").connections[one.id]
    service.lifecycle.drop_socket(connection)
    with pytest.raises(ConnectionClosed):
        await one.recv()


async def test_messages_are_numbered_and_controls_are_not(service: Service, sdk: ServiceSdk) -> None:
    async with client(service, protocol=RELIABLE, groups=["g"]) as one:
        await sdk.send_to_all({"n": 1})
        assert (await one.recv())["sequenceId"] == 1
        message = await one.ask(type="sendToGroup", group="g", data={"n": 2}, ackId=1)
        assert message["sequenceId"] == 2
        assert "sequenceId" not in await one.recv()


async def test_recovery_replays_what_was_not_acknowledged_in_order(
    service: Service, sdk: ServiceSdk, handler: Handler
) -> None:
    async with client(service, protocol=RELIABLE, user_id="u", groups=["g"]) as one:
        for number in range(1, 4):
            await sdk.send_to_group("g", number)
            assert (await one.recv())["sequenceId"] == number
        await one.send(type="sequenceAck", sequenceId=2)
        await one.pong()
        await cut(service, one)
        await sdk.send_to_group("g", 4)
        async with recovered(service, one) as again:
            hello = await again.recv()
            assert (hello["event"], hello["connectionId"], hello["userId"]) == ("connected", one.id, "u")
            assert hello["reconnectionToken"]
            got = [await again.recv(), await again.recv()]
            assert [(frame["sequenceId"], frame["data"]) for frame in got] == [(3, 3), (4, 4)]
            await sdk.send_to_group("g", 5)
            assert (await again.recv())["sequenceId"] == 5
    await handler.first("disconnected")
    assert [delivery.event for delivery in handler.deliveries] == ["connect", "connected", "disconnected"]


async def test_ack_ids_are_remembered_over_a_recovery(service: Service) -> None:
    async with client(service, protocol=RELIABLE) as one:
        assert (await one.ask(type="joinGroup", group="g", ackId=5))["success"] is True
        await cut(service, one)
        async with recovered(service, one) as again:
            await again.recv()
            assert (await again.ask(type="joinGroup", group="g", ackId=5))["error"]["name"] == "Duplicate"


async def test_a_new_socket_replaces_one_that_is_still_open(service: Service) -> None:
    async with client(service, protocol=RELIABLE) as one, recovered(service, one) as again:
        await again.recv()
        code, _ = await one.closed()
        assert code == 1006
        assert await again.pong() == []


@pytest.mark.parametrize("spoil", ["token", "id"])
async def test_a_recovery_that_cannot_be_is_closed_with_1008(service: Service, spoil: str) -> None:
    async with client(service, protocol=RELIABLE) as one, client(service, protocol=RELIABLE) as other:
        token = one.connected["reconnectionToken"]
        if spoil == "token":
            token = other.connected["reconnectionToken"]
        else:
            one.connected["connectionId"] = "unknown"
        async with recovered(service, one, token) as refused:
            assert await refused.closed() == (1008, [])


async def test_when_the_window_has_passed_the_session_is_gone(settings: Settings, handler: Handler) -> None:
    short = replace(settings, recovery_window=0.3)
    async with running(short) as service, client(service, protocol=RELIABLE) as one:
        await cut(service, one)
        assert handler.of("disconnected") == []
        assert service.hubs.connections() != []
        assert b"window" in (await handler.first("disconnected")).body
        assert service.hubs.connections() == []
        async with recovered(service, one) as refused:
            assert (await refused.closed())[0] == 1008


@pytest.mark.parametrize(("code", "ends"), [(1000, True), (1001, False), (1011, False)])
async def test_only_a_normal_close_by_the_client_ends_the_session_at_once(
    service: Service, code: int, *, ends: bool
) -> None:
    async with client(service, protocol=RELIABLE) as one:
        await one.socket.close(code)
        await until(lambda: all(each.outbox is None for each in service.hubs.connections()))
        assert (service.hubs.connections() == []) is ends
        async with recovered(service, one) as again:
            if ends:
                assert (await again.closed())[0] == 1008
            else:
                assert (await again.recv())["event"] == "connected"


async def test_a_message_past_its_time_to_live_is_not_replayed(
    service: Service, sdk: ServiceSdk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with client(service, protocol=RELIABLE) as one:
        await cut(service, one)
        await sdk.send_to_all("short", params={"messageTtlSeconds": 1})
        await sdk.send_to_all("long", params={"messageTtlSeconds": 300})
        await sdk.send_to_all("for ever")

        later = unacked.monotonic() + 2
        monkeypatch.setattr(unacked, "monotonic", lambda: later)
        async with recovered(service, one) as again:
            await again.recv()
            got = [await again.recv(), await again.recv()]
            assert [(frame["sequenceId"], frame["data"]) for frame in got] == [(2, "long"), (3, "for ever")]


@pytest.mark.parametrize("limit", ["messages", "bytes"])
async def test_too_much_unacknowledged_ends_the_session(settings: Settings, limit: str) -> None:
    small = replace(settings, unacked_messages=5, unacked_bytes=10**6)
    if limit == "bytes":
        small = replace(settings, unacked_messages=10**6, unacked_bytes=500)
    async with (
        running(small) as service,
        client(service, protocol=RELIABLE, groups=["g"]) as slow,
        client(service) as sender,
    ):
        for number in range(8):
            await sender.ask(type="sendToGroup", group="g", data=number, ackId=number)
        code, frames = await slow.closed()
        assert code == 1008
        assert [frame["data"] for frame in frames[:-1]] == list(range(5))
        assert frames[-1]["event"] == "disconnected"
        assert len(service.hubs.connections()) == 1
        async with recovered(service, slow) as refused:
            assert (await refused.closed())[0] == 1008


async def test_acknowledging_makes_room(settings: Settings) -> None:
    async with (
        running(replace(settings, unacked_messages=5)) as service,
        client(service, protocol=RELIABLE, groups=["g"]) as one,
    ):
        for number in range(1, 50):
            assert (await one.ask(type="sendToGroup", group="g", data=number))["sequenceId"] == number
            await one.send(type="sequenceAck", sequenceId=number)


async def test_an_event_under_way_when_the_socket_is_lost_answers_after_recovery(
    service: Service, handler: Handler
) -> None:
    gate = asyncio.Event()

    async def slow(_: object) -> web.Response:
        await gate.wait()
        return web.json_response("late")

    handler.answers["ask"] = slow
    async with client(service, protocol=RELIABLE) as one:
        await one.send(type="event", event="ask", data=1, ackId=1)
        await handler.first("ask")
        await cut(service, one)
        async with recovered(service, one) as again:
            await again.recv()
            gate.set()
            assert (await again.recv())["data"] == "late"
            assert (await again.recv())["ackId"] == 1
