"""Which bytes reach a client together."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def together(transport: asyncio.BaseTransport | None) -> Generator[None]:
    """Let what is written in the block leave in as few TCP segments as it fits in, at the end of the block.

    Only Linux can hold it back, and for 200 ms at most; elsewhere every write leaves by itself.
    """
    carrier = transport.get_extra_info("socket") if transport is not None else None
    if carrier is None or not hasattr(socket, "TCP_CORK"):
        yield
        return
    carrier.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, True)
    try:
        yield
    finally:
        if carrier.fileno() >= 0:
            carrier.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, False)
