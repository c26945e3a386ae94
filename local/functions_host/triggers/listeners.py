"""Queue and Cosmos DB functions of the app: checked when the app loads, served while it runs."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from local.functions_host.functions import Function, FunctionTable
from local.functions_host.invoker import Invoker
from local.functions_host.settings import Settings
from local.functions_host.triggers.connections import connection_text
from local.functions_host.triggers.queue import QueueListener
from local.functions_host.triggers.storage_queue import QueueStore


class Listener(Protocol):
    async def serve(self) -> None:
        """Run until cancelled."""
        ...


class Listeners:
    """All functions that listen to another service."""

    def __init__(self, invoker: Invoker, settings: Settings) -> None:
        self._invoker = invoker
        self._settings = settings
        self._tasks: list[asyncio.Task[None]] = []

    def check(self, table: FunctionTable) -> None:
        """Raise SettingsError when a trigger is incomplete or its connection is missing."""
        self._build(table)

    def start(self, table: FunctionTable, report: Callable[[asyncio.Task[None]], None]) -> None:
        for listener in self._build(table):
            task = asyncio.create_task(listener.serve())
            task.add_done_callback(report)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Stop listening; what was being worked on is offered again by its service."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _build(self, table: FunctionTable) -> list[Listener]:
        queues = [self._queue(each) for each in table.of_type("queuetrigger")]
        return [*queues, *(self._change_feed(each) for each in table.of_type("cosmosdbtrigger"))]

    def _queue(self, function: Function) -> Listener:
        name = str(function.trigger.get("connection") or "AzureWebJobsStorage")
        store = QueueStore(connection_text(self._settings.environment, name))
        return QueueListener(function, self._invoker, self._settings.queues, store)

    def _change_feed(self, function: Function) -> Listener:
        from local.functions_host.triggers.change_feed import (  # noqa: PLC0415 - the SDK takes long to import
            ChangeFeedListener,
        )

        return ChangeFeedListener(function, self._invoker, self._settings.environment)
