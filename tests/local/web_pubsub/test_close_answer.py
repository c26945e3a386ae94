"""What a client gets to see after it has sent a close frame of its own."""

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from azure.messaging.webpubsubclient import WebPubSubClient, WebPubSubClientCredential

from local.service import HOST
from local.web_pubsub.app import Service, running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import ALL_ROLES, JSON, RELIABLE, client_url, until

_GOING_AWAY, _NORMAL = 1001, 1000
_ANSWER = b"\x88\x23\x03\xe8The client closed the connection."


class BareSocket:
    """A client that sees when each byte comes; small frames only."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.first = b""
        self.first_pieces = 1

    def close(self, code: int | None) -> None:
        body = b"" if code is None else struct.pack("!H", code)
        self._writer.write(bytes((0x88, 0x80 | len(body))) + bytes(4) + body)  # masked with zeros

    async def piece(self) -> bytes:
        """Return what has arrived, waiting for at least one byte; empty at the end of the stream."""
        async with asyncio.timeout(5):
            return await self._reader.read(4096)

    async def pieces(self) -> list[bytes]:
        found: list[bytes] = []
        while piece := await self.piece():
            found.append(piece)
        return found


@asynccontextmanager
async def bare_socket(service: Service, protocol: str) -> AsyncGenerator[BareSocket]:
    """Connect and read up to the `connected` frame."""
    target = client_url(service, roles=ALL_ROLES).partition(f":{service.port}")[2]
    headers = (
        f"GET {target} HTTP/1.1",
        f"Host: {HOST}:{service.port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        f"Sec-WebSocket-Protocol: {protocol}",
    )
    reader, writer = await asyncio.open_connection(HOST, service.port)
    try:
        writer.write("\r\n".join((*headers, "", "")).encode())
        one = BareSocket(reader, writer)
        one.first = await one.piece()
        assert b" 101 " in one.first
        while b'"connected"' not in one.first or not one.first.endswith(b"}"):
            one.first_pieces += 1
            one.first += await one.piece()
        yield one
    finally:
        writer.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_CORK"), reason="only Linux can join the two")
@pytest.mark.parametrize("protocol", [JSON, RELIABLE])
async def test_the_connected_frame_comes_with_the_answer_to_the_handshake(service: Service, protocol: str) -> None:
    async with bare_socket(service, protocol) as one:
        assert one.first_pieces == 1


@pytest.mark.parametrize("protocol", [JSON, RELIABLE])
async def test_a_close_frame_that_does_not_end_the_session_is_answered_slowly(service: Service, protocol: str) -> None:
    async with bare_socket(service, protocol) as one:
        one.close(_GOING_AWAY)
        pieces = await one.pieces()
    assert b"".join(pieces) == _ANSWER
    assert len(pieces) >= 3  # a busy machine may join some


@pytest.mark.parametrize("code", [_NORMAL, None])
async def test_a_normal_close_is_answered_at_once(service: Service, code: int | None) -> None:
    async with bare_socket(service, RELIABLE) as one:
        one.close(code)
        assert await one.pieces() == [b"\x88\x02\x03\xe8"]


async def test_the_session_is_ready_for_recovery_before_its_client_has_the_answer(service: Service) -> None:
    async with bare_socket(service, RELIABLE) as one:
        (connection,) = service.hubs.connections()
        one.close(_GOING_AWAY)
        await one.piece()
        assert connection.outbox is None
        assert service.hubs.connections() == [connection]


async def test_a_client_that_goes_before_the_answer_is_complete_costs_nothing(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    async with bare_socket(service, JSON) as one:
        one.close(_GOING_AWAY)
        await one.piece()
    await until(lambda: service.hubs.connections() == [])
    async with bare_socket(service, JSON) as other:
        other.close(_GOING_AWAY)
        assert b"".join(await other.pieces()) == _ANSWER
    assert [record for record in caplog.records if record.exc_info] == []


async def test_the_service_stops_in_the_middle_of_an_answer(settings: Settings) -> None:
    async with running(settings) as service, bare_socket(service, JSON) as one:
        one.close(_GOING_AWAY)
        await one.piece()
        started = monotonic()
    assert monotonic() - started < 3


@pytest.mark.filterwarnings(  # the client's acknowledging thread dies noisily with each socket
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)
async def test_the_blocking_client_notices_each_time_that_its_socket_was_closed_under_it(service: Service) -> None:
    """It has two threads waiting for the answer; answered in one piece, it hangs about every second time."""
    one = WebPubSubClient(
        WebPubSubClientCredential(lambda: client_url(service, roles=ALL_ROLES)), start_timeout=1, ack_timeout=1
    )
    await asyncio.to_thread(one.open)
    try:
        (connection,) = service.hubs.connections()
        for _ in range(10):
            await until(lambda: connection.outbox is not None and one.is_connected())
            before = one._ws  # pyright: ignore[reportPrivateUsage] - as its own tests do
            assert before is not None
            assert before.sock is not None
            await asyncio.to_thread(before.sock.close, _GOING_AWAY)
            await until(lambda before=before: one._ws is not before)  # pyright: ignore[reportPrivateUsage] - as above
        await until(lambda: connection.outbox is not None)
        assert service.hubs.connections() == [connection]
    finally:
        await asyncio.to_thread(one.close)
