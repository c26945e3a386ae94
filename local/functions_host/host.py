"""The host put together: worker, durable engine, HTTP front, timers; start, serve, drain, stop."""

import asyncio
import logging
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from local import service
from local.functions_host.chaos import Chaos
from local.functions_host.durable.dispatcher import Dispatcher
from local.functions_host.durable.engine import Engine
from local.functions_host.functions import Function, FunctionTable
from local.functions_host.http.admin import Admin
from local.functions_host.http.front import Front
from local.functions_host.http.management import PREFIX, Management
from local.functions_host.invoker import Invoker
from local.functions_host.reload import changes
from local.functions_host.settings import Settings, SettingsError
from local.functions_host.triggers import warm_up
from local.functions_host.triggers.listeners import Listeners
from local.functions_host.triggers.retry import WITH_RETRY
from local.functions_host.triggers.timer import Timers
from local.functions_host.worker.supervisor import WorkerSupervisor

_log = logging.getLogger("functions_host")
_DRAIN_SECONDS = 4.0  # with the worker's own grace it stays within the 5 s a supervisor gives us


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says. `state` is the folder that survives restarts, or None for memory only."""

    state: Path | None
    reload: bool
    log_level: str


def describe(table: FunctionTable, settings: Settings, port: int) -> str:
    """Return the function table as Core Tools prints it."""
    lines = ["", "Functions:", ""]
    for function in sorted(table.functions, key=lambda each: (each.trigger_type != "httptrigger", each.name.lower())):
        if function.trigger_type == "httptrigger":
            methods = ",".join(str(each).upper() for each in function.trigger.get("methods") or ())
            path = "/".join(part for part in (settings.route_prefix, function.route) if part)
            lines.append(f"\t{function.name}: [{methods or 'ALL'}] http://{service.HOST}:{port}/{path}")
        else:
            lines.append(f"\t{function.name}: {function.trigger['type']}")
        lines.append("")
    return "\n".join(lines)


def _is_reserved(function: Function) -> bool:
    """Tell whether the route is in the space production keeps for itself, whatever the prefix before it."""
    return function.trigger_type == "httptrigger" and function.route.lower().startswith(("admin", "runtime"))


class Host:
    """Owns every part. `start` raises AppLoadError, SettingsError or WorkerLostError and leaves nothing running."""

    def __init__(self, settings: Settings, options: Options, port: int) -> None:
        self._settings = settings
        self._options = options
        self._port = port
        environment = dict(settings.environment)
        if options.reload:
            # Bytecode is matched by size and whole seconds: a quick edit of equal length would run the old code.
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        self._supervisor = WorkerSupervisor(settings.app_dir, environment, options.log_level, prepare=self._prepare)
        self._started = asyncio.Event()
        self._invoker = Invoker(self._supervisor, timeout=settings.timeout)
        self._invoker.client_config = self._client_config
        self._chaos = Chaos(self._supervisor.kill)
        self._engine = Engine(options.state, settings.limits)
        self._dispatcher: Dispatcher | None = None
        self._timers = Timers(self._invoker, self._engine.journal)
        self._listeners = Listeners(self._invoker, settings)
        admin = Admin(
            self._supervisor,
            self._invoker,
            self._chaos,
            set_clock_offset=self._set_clock_offset,
            run_timer=self._timers.run_now,
        )
        self._front = Front(settings, self._invoker, admin, Management(self._engine))
        self._rpc_port = 0
        self._runner = web.AppRunner(self._front.application(), access_log=None, shutdown_timeout=1.0)
        self._tasks: list[asyncio.Task[None]] = []
        self._supervisor.on_loaded = self._on_loaded

    @property
    def table(self) -> FunctionTable:
        return self._supervisor.table

    async def start(self, sock: socket.socket) -> None:
        self._engine.load()
        self._rpc_port = await self._engine.serve()
        if self._options.reload:
            self._watch()
        await self._supervisor.start()
        await warm_up.warm_up(self.table, self._invoker)
        self._dispatcher = Dispatcher(self._engine, self._invoker, self._chaos)
        await self._runner.setup()
        await web.SockSite(self._runner, sock, backlog=1024).start()
        self._dispatcher.pump()
        self._start_triggers()
        self._started.set()

    async def stop(self) -> None:
        """Take no new requests, let running ones finish, stop the worker; unfinished work stays in the journal."""
        for task in self._tasks:
            task.cancel()
        for site in tuple(self._runner.sites):
            await site.stop()
        await asyncio.gather(self._front.drain(_DRAIN_SECONDS), self._listeners.stop())
        await self._timers.stop()
        if self._dispatcher is not None:
            await self._dispatcher.stop()
        await self._runner.cleanup()
        await self._supervisor.stop()
        await self._engine.close()

    def _prepare(self, table: FunctionTable) -> FunctionTable:
        """Resolve settings in bindings, leave out disabled functions, refuse what cannot be served."""
        kept = [each.resolved(self._settings.resolve) for each in table.functions if not self._disabled(each)]
        unsupported = [f"{each.name}: {kind}" for each in kept for kind in each.unsupported]
        if unsupported:
            raise SettingsError(f"This host does not support these bindings: {', '.join(unsupported)}.")
        reserved = [each.name for each in kept if _is_reserved(each)]
        if reserved:
            raise SettingsError(f"Routes that begin with admin or runtime are the host's own: {', '.join(reserved)}.")
        prepared = FunctionTable(kept)
        warm_up.check(prepared)
        self._timers.check(prepared)
        self._listeners.check(prepared)
        ignored = [each.name for each in kept if each.retry is not None and each.trigger_type not in WITH_RETRY]
        if ignored:
            _log.warning("retry policies of %s have no effect: production knows none for these triggers", ignored)
        return prepared

    def _start_triggers(self) -> None:
        self._timers.start(self.table, self._report)
        self._listeners.start(self.table, self._report)

    def _disabled(self, function: Function) -> bool:
        return self._settings.disabled(function.name)

    def _on_loaded(self, table: FunctionTable) -> None:
        self._front.load(table)

    def _watch(self) -> None:
        async def watch() -> None:
            async for names in changes(self._settings.app_dir):
                await self._started.wait()
                _log.info("restarting the worker: %s changed", ", ".join(names))
                await self._supervisor.restart()
                await self._listeners.stop()
                self._start_triggers()

        task = asyncio.create_task(watch())
        task.add_done_callback(self._report)
        self._tasks.append(task)

    def _report(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a background task of the host failed", exc_info=error)

    def _set_clock_offset(self, seconds: float) -> None:
        with self._engine.hub.step():
            self._engine.hub.clock_offset = seconds

    def _client_config(self) -> dict[str, Any]:
        """Return the value of a durable client binding, in the form of the gRPC protocol."""
        return {
            "taskHubName": self._settings.hub_name,
            "connectionName": None,
            "creationUrls": None,
            "managementUrls": None,
            "baseUrl": None,
            "requiredQueryStringParameters": "code=local",
            "rpcBaseUrl": f"http://127.0.0.1:{self._rpc_port}",
            "httpBaseUrl": f"http://{service.HOST}:{self._port}{PREFIX}",
            "maxGrpcMessageSizeInBytes": self._settings.limits.message_bytes,
            "grpcHttpClientTimeout": "00:01:40",
        }
