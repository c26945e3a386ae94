"""Serve an ASGI application from a program of its own, with a ready line, until the program is told to stop."""

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette

from local import service

_STOP_GRACE_S = 1


class _Announcing(uvicorn.Server):
    """uvicorn that says where it is once it accepts requests."""

    def __init__(self, config: uvicorn.Config, name: str) -> None:
        super().__init__(config)
        self._name = name

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and not self.should_exit:
            service.announce(self._name, service.port_of(sockets[0]))


async def serve(app: Starlette, name: str, *, port: int = 0) -> None:
    """Serve on the loopback address; SIGTERM or SIGINT end it, requests still running then get one second."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=_STOP_GRACE_S, ws="none")
    await _Announcing(config, name).serve(sockets=[service.bind(port)])


def run(app: Starlette, name: str, *, port: int = 0) -> None:
    """As `serve`, for a program that does nothing else."""
    asyncio.run(serve(app, name, port=port))
