"""Calls one function on the current worker."""

import asyncio
import base64
import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.functions_host.functions import Function, FunctionTable
from local.functions_host.wire import Frame
from local.functions_host.worker.process import Worker
from local.functions_host.worker.supervisor import WorkerSupervisor

_log = logging.getLogger("functions_host.invocations")


@dataclass(frozen=True, slots=True)
class RetryState:
    """Which retry a call is, of how many, and what the last one failed with."""

    number: int
    limit: int
    message: str


@dataclass(frozen=True, slots=True)
class Payload:
    """What the trigger receives. `kind` is http, string, json, bytes, base64 (bytes sent as text) or empty."""

    kind: str
    body: bytes = b""
    http: dict[str, Any] | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    retry: RetryState | None = None


@dataclass(frozen=True, slots=True)
class Success:
    """What the function returned; `kind` as the runtime encoded it, `none` for nothing."""

    kind: str
    body: bytes
    http: dict[str, Any] | None

    def decoded(self) -> bytes:
        return base64.b64decode(self.body)


@dataclass(frozen=True, slots=True)
class Failure:
    """The function raised: `message` is `TypeName: text`. `final` means that trying again cannot help."""

    message: str
    stack: str = ""
    final: bool = False


Outcome = Success | Failure


class Invoker:
    """Knows the worker, the durable client configuration and the function timeout."""

    def __init__(self, supervisor: WorkerSupervisor, *, timeout: float | None) -> None:
        self._supervisor = supervisor
        self._timeout = timeout
        self.client_config: Callable[[], dict[str, Any]] = dict
        self._client_text = ""

    @property
    def table(self) -> FunctionTable:
        return self._supervisor.table

    async def ready(self, seconds: float) -> bool:
        return await self._supervisor.ready(seconds)

    async def call(
        self, function: Function, payload: Payload, *, traceparent: str = "", tracestate: str = ""
    ) -> Outcome:
        """Run the function once.

        Raises:
            WorkerLostError: the worker ended before it answered.

        """
        worker = await self._supervisor.get()
        invocation = str(uuid.uuid4())
        header: dict[str, Any] = {
            "type": "invoke",
            "invocation": invocation,
            "function": function.id,
            "trigger": function.trigger["name"],
            "kind": payload.kind,
            "strings": dict.fromkeys(function.client_names, self._client()),
            "metadata": payload.metadata,
            "traceparent": traceparent,
            "tracestate": tracestate,
        }
        if payload.retry is not None:
            header["retry"] = [payload.retry.number, payload.retry.limit, payload.retry.message]
        if payload.http is not None:
            header["http"] = payload.http
        _log.debug("Executing 'Functions.%s' (Id=%s)", function.name, invocation)
        answer = await self._within_timeout(worker, function, Frame(header, payload.body))
        if answer.header["ok"]:
            return Success(answer.header["kind"], answer.body, answer.header.get("http"))
        message, stack = str(answer.header["message"]), str(answer.header["stack"])
        _log.error("Executed 'Functions.%s' (Failed, Id=%s)\n%s", function.name, invocation, stack or message)
        return Failure(message, stack)

    async def _within_timeout(self, worker: Worker, function: Function, frame: Frame) -> Frame:
        if self._timeout is None:
            return await worker.send(frame)

        def expire() -> None:
            _log.error("function %s exceeded functionTimeout; the worker is killed", function.name)
            worker.kill()

        expiry = asyncio.get_running_loop().call_later(self._timeout, expire)
        try:
            return await worker.send(frame)
        finally:
            expiry.cancel()

    def _client(self) -> str:
        if not self._client_text:
            self._client_text = json.dumps(self.client_config())
        return self._client_text
