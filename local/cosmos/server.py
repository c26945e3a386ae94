"""The data port: HTTP in, one store operation, HTTP out."""

import asyncio
import logging
import sqlite3
import uuid
from collections import deque
from typing import Final
from urllib.parse import unquote

from aiohttp import web

from local.cosmos.auth import Authenticator
from local.cosmos.entra import EntraKeys
from local.cosmos.errors import CosmosError, bad_request
from local.cosmos.faults import Faults
from local.cosmos.routes import dispatch
from local.cosmos.sql.functions.dates import shifted
from local.cosmos.store import Store
from local.cosmos.strict import Rules
from local.cosmos.values import Document, dumps
from local.cosmos.wire import Call, Reply
from local.cosmos.words import KNOWN, words_of
from local.hold_door import abort
from local.holds import Holds, Passage, RequestDroppedError, Words

_LOG: Final = logging.getLogger("cosmos")
_MAX_BODY: Final = 8 * 2**20
_API_VERSION: Final = "2020-07-15"
_OVERTAKEN: Final = 412
_KEPT: Final = 1000
_BODILESS: Final = frozenset({204, 304})


class Cosmos:
    """The emulator: its state, and the application that answers the SDK."""

    def __init__(self, store: Store, rules: Rules | None = None, entra: EntraKeys | None = None) -> None:
        self.store = store
        self.rules = rules or Rules(store.clock)
        self.faults = Faults()
        self.holds = Holds(KNOWN)
        self.overtaken = deque[Words](maxlen=_KEPT)
        self._authenticator = Authenticator(store.clock, entra=entra)

    def reset(self) -> None:
        """Return to an empty account without faults and holds."""
        self.store.reset()
        self.faults.arm([])
        self.holds.clear()
        self.overtaken.clear()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.Response:
        activity = request.headers.get("x-ms-activity-id") or str(uuid.uuid4())
        passage = Passage()
        try:
            call = await _read_call(request)
            passage = self.holds.take(lambda: words_of(call))
            await passage.reach("before")
            reply = await self._answer(call)
        except CosmosError as error:
            reply = _refusal(error)
        except web.HTTPRequestEntityTooLarge:
            reply = _refusal(CosmosError(413, "Request size is too large"))
        except RequestDroppedError:
            return abort(request)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - the boundary: a bug answers 500 and is logged with its traceback
            _LOG.exception("%s %s failed", request.method, request.rel_url.raw_path)
            reply = _refusal(CosmosError(500, "The emulator failed; its log has the cause."))
        _LOG.debug("%s %s %d", request.method, request.rel_url.raw_path, reply.status)
        try:
            await passage.reach("done")
        except RequestDroppedError:
            return abort(request)
        return self._respond(reply, activity)

    async def _answer(self, call: Call) -> Reply:
        caller = await self._authenticator.check(call)
        self.rules.check_caller(call, caller)
        path = f"/{'/'.join(call.segments)}"
        fault = self.faults.take(call.method, path) or self.rules.stumble(call)
        if fault is not None:
            await asyncio.sleep(fault.delay_ms / 1000)
            if fault.status and not fault.after:
                raise fault.error()
        if call.segments:
            self.rules.admit()
        try:
            reply = self._dispatched(call)
        except RecursionError as error:
            raise bad_request("The document is nested too deeply.") from error
        except sqlite3.OperationalError as error:
            _LOG.exception("storage failed")
            raise CosmosError(503, f"Storage failed: {error}") from error
        self.rules.spend(reply.charge)
        if fault is not None and fault.status:
            raise fault.error()
        return reply

    def _dispatched(self, call: Call) -> Reply:
        """Carry the call out; one that somebody else was faster than (412) is remembered."""
        refused = 0
        try:
            with shifted(self.store.clock.offset):
                reply = dispatch(self.store, self.rules, call)
            refused = reply.refused
        except CosmosError as error:
            refused = error.status
            raise
        finally:
            if refused == _OVERTAKEN:
                self.overtaken.append(words_of(call))
        return reply

    def _respond(self, reply: Reply, activity: str) -> web.Response:
        lsn = str(self.store.lsn)
        headers = {
            "Content-Type": "application/json",
            "x-ms-activity-id": activity,
            "x-ms-request-charge": f"{reply.charge:.2f}",
            "x-ms-session-token": f"0:-1#{lsn}",
            "x-ms-version": _API_VERSION,
            "x-ms-gatewayversion": "version=2.14.0",
            "lsn": lsn,
            **reply.headers,
        }
        body = b"" if reply.body is None or reply.status in _BODILESS else reply.body.encode("utf-8", "surrogatepass")
        return web.Response(status=reply.status, body=body, headers=headers)


async def _read_call(request: web.Request) -> Call:
    raw = request.rel_url.raw_path
    try:
        segments = tuple(unquote(part, errors="strict") for part in raw.split("/") if part)
    except UnicodeDecodeError as error:
        raise bad_request("The path is not valid UTF-8.") from error
    return Call(
        method=request.method,
        segments=segments,
        headers=request.headers,
        body=await request.read(),
        base_url=f"{request.scheme}://{request.host}/",
    )


def _refusal(error: CosmosError) -> Reply:
    body: Document = {"code": error.code, "message": error.message}
    headers = {"x-ms-substatus": str(error.substatus), **error.headers}
    return Reply(status=error.status, body=dumps(body), headers=headers)
