"""The `/admin` endpoints tools poll and tests use."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from local.functions_host.chaos import Chaos, Plan
from local.functions_host.functions import Function
from local.functions_host.http import responses
from local.functions_host.invoker import Invoker, Payload
from local.functions_host.worker.process import WorkerLostError
from local.functions_host.worker.supervisor import WorkerSupervisor

_log = logging.getLogger("functions_host.http")
_BY_HAND = frozenset({"timertrigger", "queuetrigger", "cosmosdbtrigger"})


class Admin:
    """`set_clock_offset` moves the durable clock; `run_timer` runs a timer function out of turn."""

    def __init__(
        self,
        supervisor: WorkerSupervisor,
        invoker: Invoker,
        chaos: Chaos,
        *,
        set_clock_offset: Callable[[float], None],
        run_timer: Callable[[Function], Awaitable[None]],
    ) -> None:
        self._supervisor = supervisor
        self._invoker = invoker
        self._chaos = chaos
        self._set_clock_offset = set_clock_offset
        self._run_timer = run_timer
        self._running: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.Response:
        path = request.path.rstrip("/").lower()
        if path == "/admin/host/status" and request.method == "GET":
            return web.json_response(self.status())
        if path == "/admin/host/ping":
            return web.Response()
        if path == "/admin/chaos":
            return await self._chaos_plan(request)
        if path == "/admin/chaos/struck" and request.method == "GET":
            return web.json_response(self._chaos.struck)
        if path.startswith("/admin/functions"):
            return await self._functions(request)
        return web.Response(status=404)

    def status(self) -> dict[str, Any]:
        return {
            "id": "functions_host",
            "state": self._supervisor.state,
            "version": "4.0",
            "workerPid": self._supervisor.pid,
            "functions": len(self._supervisor.table.functions),
        }

    async def _chaos_plan(self, request: web.Request) -> web.Response:
        if request.method == "PUT":
            try:
                plan = Plan.model_validate_json(await request.read())
            except ValidationError as error:
                return responses.text(400, str(error))
            self._chaos.set(plan)
            self._set_clock_offset(plan.clock_offset_s)
        elif request.method != "GET":
            return web.Response(status=405)
        return web.json_response(text=self._chaos.plan.model_dump_json())

    async def _functions(self, request: web.Request) -> web.Response:
        name = request.path[len("/admin/functions") :].strip("/")
        if not name:
            return web.json_response([self._described(each) for each in self._supervisor.table.functions])
        function = self._supervisor.table.named(name)
        if function is None:
            return web.Response(status=404)
        if request.method == "GET":
            return web.json_response(self._described(function))
        if request.method != "POST":
            return web.Response(status=405)
        return await self._start(request, function)

    async def _start(self, request: web.Request, function: Function) -> web.Response:
        if function.trigger_type not in _BY_HAND:
            return responses.text(400, f"A function with {function.trigger['type']} cannot be started by hand.")
        try:
            document = json.loads(await request.read() or b"{}")
        except ValueError:
            return responses.text(400, 'The body must be JSON: {"input": "..."}.')
        text = document.get("input", "") if isinstance(document, dict) else ""
        work = self._run_timer(function) if function.trigger_type == "timertrigger" else self._run(function, str(text))
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return web.Response(status=202)

    async def _run(self, function: Function, text: str) -> None:
        try:
            await self._invoker.call(function, Payload("string", text.encode()))
        except WorkerLostError as error:
            _log.warning("function %s, started by hand, was lost: %s", function.name, error)

    @staticmethod
    def _described(function: Function) -> dict[str, Any]:
        return {"name": function.name, "language": "python", "config": {"bindings": list(function.bindings)}}
