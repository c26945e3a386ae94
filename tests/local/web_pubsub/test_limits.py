import asyncio
import socket
from dataclasses import replace

import pytest
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient
from websockets.typing import Subprotocol

from local.web_pubsub.app import Service, running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import (
    JSON,
    RELIABLE,
    Client,
    Handler,
    client,
    client_url,
    connection_string,
    raw_client,
    until,
)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        '{"type":"dance"}',
        '{"type":"joinGroup"}',
        '{"type":"joinGroup","group":1}',
        '{"type":"joinGroup","group":"g","ackId":-1}',
        '{"type":"joinGroup","group":"g","ackId":"1"}',
        '{"type":"event","event":"e","dataType":"text","data":{}}',
        '{"type":"event","event":"e","dataType":"binary","data":"%"}',
        '{"type":"event","event":"e","dataType":"xml","data":"x"}',
        '{"type":"event","event":"e","data":null}',
        '{"type":"event","event":"e","data":NaN}',
        '{"type":"sendToGroup","group":"g","data":1,"ttlSeconds":301}',
        '{"type":"sendToGroup","group":"g","data":1,"noEcho":"yes"}',
        '{"type":"sendToGroup","group":"g","data":1,"metadata":{"a b":"c"}}',
        '{"type":"sendToGroup","group":"g","data":1,"metadata":{"a":"x\\r\\ny: z"}}',
        '{"type":"sendToGroup","group":"g","data":"x","stream":{"streamId":"s"}}',
        '{"type":"sendToGroup","group":"g","stream":{"streamId":""}}',
        '{"type":"sendToGroup","group":"g","stream":{"streamId":"s","idleTimeoutMs":0}}',
        '{"type":"streamData","streamId":"s","streamSequenceId":1,"data":"x"}',
        '{"type":"streamData","streamId":"s","dataType":"text","data":"x"}',
        '{"type":"streamData","streamId":"s","streamSequenceId":0,"dataType":"text","data":"x"}',
        '{"type":"streamEnd","streamId":"s","error":{"name":"UserError","message":"m"}}',
        '{"type":"invoke","invocationId":"1","target":"group","event":"e","data":1}',
        '{"type":"event","event":"e","data":' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
async def test_a_malformed_frame_closes_with_1007_and_a_reason(service: Service, handler: Handler, text: str) -> None:
    async with client(service) as one:
        await one.socket.send(text)
        code, frames = await one.closed()
        assert code == 1007
        assert frames[-1]["event"] == "disconnected"
        assert frames[-1]["message"].startswith("Invalid frame: ")
    await handler.first("disconnected")


async def test_frame_types_are_matched_without_regard_to_case(service: Service) -> None:
    async with client(service) as one:
        assert (await one.ask(type="JOINGROUP", group="g", ackId=1))["success"] is True


async def test_a_binary_frame_closes_with_1003(service: Service) -> None:
    async with client(service) as one:
        await one.socket.send(b"{}")
        assert (await one.closed())[0] == 1003


async def test_a_frame_may_have_one_megabyte_and_not_a_byte_more(service: Service, handler: Handler) -> None:
    async with raw_client(client_url(service), max_size=None) as socket:
        await socket.send("x" * 1024 * 1024)
        assert len((await handler.first("message")).body) == 1024 * 1024
        await socket.send("x" * (1024 * 1024 + 1))
        await socket.wait_closed()
        assert socket.close_code == 1009
    await handler.first("disconnected")


async def test_an_oversized_frame_ends_a_reliable_session(service: Service) -> None:
    async with client(service, protocol=RELIABLE) as one:
        await one.socket.send("x" * (1024 * 1024 + 1))
        assert (await one.closed())[0] == 1009
        await until(lambda: service.hubs.connections() == [])


async def test_a_client_that_does_not_read_is_closed_and_does_not_slow_the_others(settings: Settings) -> None:
    async with (
        running(replace(settings, outbox_bytes=300_000)) as service,
        client(service, groups=["g"]) as quick,
        WebPubSubServiceClient.from_connection_string(connection_string(service), "chat") as sdk,
    ):
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", service.port))
        url = client_url(service, groups=["g"])
        async with raw_client(
            url, sock=narrow, max_queue=1, subprotocols=[Subprotocol(JSON)], ping_interval=None
        ) as slow:
            stuck = Client(slow)
            stuck.connected = await stuck.recv()
            received = 0
            while stuck.id in service.hubs.get("chat").connections:
                assert received < 400
                await sdk.send_to_group("g", "x" * 60_000, content_type="text/plain")
                assert len((await quick.recv())["data"]) == 60_000
                received += 1
            assert await quick.pong() == []


async def test_a_fast_sender_is_held_back_and_loses_nothing(service: Service, handler: Handler) -> None:
    async with raw_client(client_url(service)) as socket:
        for number in range(1500):
            await socket.send(f"{number}:" + "x" * 4000)
        await until(lambda: len(handler.of("message")) == 1500, seconds=20)
    assert [int(each.body.split(b":")[0]) for each in handler.of("message")] == list(range(1500))
