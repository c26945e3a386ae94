"""The side door for tests and developers, always on a port of its own."""

import sqlite3
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from local.cosmos.faults import FaultSpec
from local.cosmos.server import Cosmos
from local.hold_door import add_hold_routes

_FAULTS: Final = TypeAdapter(list[FaultSpec])
_MAX_SNAPSHOT: Final = 2**30
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _ClockSetting(BaseModel):
    model_config = ConfigDict(extra="forbid")

    offset_s: float


class _StrictSetting(BaseModel):
    model_config = ConfigDict(extra="forbid")

    enabled: bool = True
    allow: list[str] = []
    ru_per_second: float = Field(default=0.0, ge=0)
    page_size: int = Field(default=0, ge=0)
    flaky: float = Field(default=0.0, ge=0, le=1)
    seed: int | None = None


class Admin:
    """`POST /reset`, `/faults` (also GET), `/clock`, `/strict`, `/restore`; `GET /snapshot`, `/overtaken`; `/holds`."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    def application(self) -> web.Application:
        app = web.Application(client_max_size=_MAX_SNAPSHOT, middlewares=[_refuse_invalid])
        app.router.add_post("/reset", self._reset)
        app.router.add_get("/faults", self._list_faults)
        app.router.add_post("/faults", self._arm)
        app.router.add_post("/clock", self._set_clock)
        app.router.add_post("/strict", self._set_strict)
        app.router.add_get("/snapshot", self._snapshot)
        app.router.add_post("/restore", self._restore)
        app.router.add_get("/overtaken", self._list_overtaken)
        add_hold_routes(app, "/holds", self._cosmos.holds)
        return app

    async def _reset(self, _request: web.Request) -> web.Response:
        self._cosmos.reset()
        return web.Response(status=204)

    async def _list_faults(self, _request: web.Request) -> web.Response:
        return web.json_response([spec.model_dump() for spec in self._cosmos.faults.left()])

    async def _list_overtaken(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self._cosmos.overtaken))

    async def _arm(self, request: web.Request) -> web.Response:
        self._cosmos.faults.arm(_FAULTS.validate_json(await request.read()))
        return web.Response(status=204)

    async def _set_clock(self, request: web.Request) -> web.Response:
        setting = _ClockSetting.model_validate_json(await request.read())
        self._cosmos.store.clock.offset = setting.offset_s
        return web.Response(status=204)

    async def _set_strict(self, request: web.Request) -> web.Response:
        setting = _StrictSetting.model_validate_json(await request.read())
        rules = self._cosmos.rules
        rules.enabled = setting.enabled
        rules.allow(setting.allow)
        rules.budget = setting.ru_per_second
        rules.page = setting.page_size
        rules.flaky = setting.flaky
        rules.dice = Random(setting.seed)  # noqa: S311 - test dice, no secret
        return web.Response(status=204)

    async def _snapshot(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._cosmos.store.database.snapshot(), content_type="application/vnd.sqlite3")

    async def _restore(self, request: web.Request) -> web.Response:
        try:
            self._cosmos.store.restore(await request.read())
        except sqlite3.DatabaseError as error:
            raise web.HTTPBadRequest(text=f"not a snapshot: {error}") from error
        return web.Response(status=204)


@web.middleware
async def _refuse_invalid(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ValidationError as error:
        return web.Response(status=400, text=str(error))
