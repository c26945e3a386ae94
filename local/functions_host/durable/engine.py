"""The durable engine put together, apart from whoever carries out its work."""

import logging
from pathlib import Path

import grpc.aio

from local.functions_host.durable.control import Control
from local.functions_host.durable.entities import EntityBook
from local.functions_host.durable.episodes import Episodes
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.journal import Journal
from local.functions_host.durable.model import Limits
from local.functions_host.durable.retention import Retention
from local.functions_host.durable.rpc import ClientService, Methods, serve

_log = logging.getLogger("functions_host.durable")
_FILE = "functions_host.sqlite"


class Engine:
    """Orchestrations and entities of one task hub; `state` is a folder, or None to keep nothing.

    Raises:
        StateError: another process uses the folder.

    """

    def __init__(self, state: Path | None, limits: Limits) -> None:
        self.journal = Journal(state / _FILE if state is not None else None)
        self.hub = Hub(self.journal, limits)
        self.entities = EntityBook(self.hub)
        self.episodes = Episodes(self.hub, self.entities)
        self.control = Control(self.hub, self.episodes)
        self._retention = Retention(self.hub)
        self._server: grpc.aio.Server | None = None

    def load(self) -> None:
        """Read the stored state; unfinished work becomes ready to be delivered again."""
        self.hub.load()
        self.entities.load()
        self._retention.load()

    async def serve(self, port: int = 0, more: Methods | None = None) -> int:
        """Answer clients over gRPC on a loopback port, with `more` methods if given; return the port.

        Raises:
            PortBusyError: another program holds the port.

        """
        methods = {**ClientService(self.control, self.entities).methods(), **(more or {})}
        self._server, bound = await serve(methods, self.hub.limits.message_bytes, port)
        return bound

    async def close(self) -> None:
        """Stop answering and close the journal; what is unfinished stays there."""
        if self._server is not None:
            await self._server.stop(grace=None)
        self.hub.alarms.close()
        self.journal.close()
