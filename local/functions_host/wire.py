"""Frames between host and worker: a JSON header and one binary body, both length-prefixed.

Layout: `u32 header length | u32 body length | header (UTF-8 JSON) | body`, big-endian.
"""

import asyncio
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

_LENGTHS = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Frame:
    header: dict[str, Any]
    body: bytes = b""


def encode(frame: Frame) -> bytes:
    header = json.dumps(frame.header, separators=(",", ":")).encode()
    return b"".join((_LENGTHS.pack(len(header), len(frame.body)), header, frame.body))


class FrameProtocol(asyncio.Protocol):
    """Cuts a byte stream into frames and hands each to `on_frame`; `on_lost` is called once at the end."""

    def __init__(self, on_frame: Callable[[Frame], None], on_lost: Callable[[], None]) -> None:
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        start, have = 0, len(self._buffer)
        while have - start >= _LENGTHS.size:
            header_length, body_length = _LENGTHS.unpack_from(self._buffer, start)
            split = start + _LENGTHS.size + header_length
            if have < split + body_length:
                break
            header = json.loads(self._buffer[start + _LENGTHS.size : split])
            body = bytes(self._buffer[split : split + body_length])
            start = split + body_length
            self._on_frame(Frame(header, body))
        if start:
            del self._buffer[:start]

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._on_lost()

    def send(self, frame: Frame) -> None:
        """Queue a frame.

        Raises:
            ConnectionError: the peer is gone.

        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("the other process is gone")
        self._transport.write(encode(frame))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
