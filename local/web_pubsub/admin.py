"""The admin port: chaos switches and a machine-readable list of connections, for tests."""

from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from local.hold_door import add_hold_routes
from local.web_pubsub.chaos import Chaos, Switches
from local.web_pubsub.connection import Connection
from local.web_pubsub.hub import Hubs
from local.web_pubsub.lifecycle import Lifecycle


class ChaosRequest(BaseModel):
    """Body of `POST /chaos`; a member left out stays as it is.

    The counts apply to the next deliveries. `event` limits the webhook switches to one event name.
    `drop_sockets` is true (all), a number of sockets, or connection ids; they are cut, or closed with `close_code`
    when it is given (the Python asyncio client recovers only from the latter). `expire_recovery` ends sessions that
    have lost their socket, dropped ones included. `reset` turns everything off first.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    event: str | None = None
    duplicate_webhooks: int | None = Field(default=None, ge=0)
    fail_webhooks: int | None = Field(default=None, ge=0)
    delay_webhooks: int | None = Field(default=None, ge=0)
    delay_seconds: float | None = Field(default=None, ge=0, le=120)
    reorder_webhooks: int | None = Field(default=None, ge=0)
    duplicate_sends: int | None = Field(default=None, ge=0)
    reorder_sends: int | None = Field(default=None, ge=0)
    fail_sends: int | None = Field(default=None, ge=0)
    send_status: int | None = Field(default=None, ge=400, le=599)
    lose_answers: int | None = Field(default=None, ge=0)
    drop_sockets: bool | int | list[str] = False
    close_code: int | None = Field(default=None, ge=1000, le=4999)
    expire_recovery: bool = False
    reset: bool = False


class Admin:
    def __init__(self, chaos: Chaos, hubs: Hubs, lifecycle: Lifecycle) -> None:
        self._chaos = chaos
        self._hubs = hubs
        self._lifecycle = lifecycle

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/chaos", self._show)
        app.router.add_post("/chaos", self._set)
        app.router.add_get("/connections", self._connections)
        add_hold_routes(app, "/holds", self._chaos.holds)
        return app

    async def _show(self, _: web.Request) -> web.Response:
        return web.json_response(self._chaos.state())

    async def _set(self, request: web.Request) -> web.Response:
        try:
            wish = ChaosRequest.model_validate_json(await request.read())
        except ValidationError as error:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text=error.json(), content_type="application/json")
        self._turn(wish)
        dropped = self._drop(wish)
        expired = self._expire() if wish.expire_recovery else 0
        return web.json_response({**self._chaos.state(), "dropped": dropped, "expired": expired})

    def _turn(self, wish: ChaosRequest) -> None:
        if wish.reset:
            self._chaos.switches = Switches()
            self._chaos.webhook_order.arm(0)
            self._chaos.send_order.arm(0)
        given = wish.model_dump(exclude_unset=True)
        for name in Switches.__dataclass_fields__:
            if name in given:
                setattr(self._chaos.switches, name, given[name])
        if wish.reorder_webhooks is not None:
            self._chaos.webhook_order.arm(wish.reorder_webhooks)
        if wish.reorder_sends is not None:
            self._chaos.send_order.arm(wish.reorder_sends)

    def _drop(self, wish: ChaosRequest) -> int:
        attached = [each for each in self._hubs.connections() if each.outbox is not None]
        match wish.drop_sockets:
            case bool():
                chosen = attached if wish.drop_sockets else []
            case int():
                chosen = attached[: wish.drop_sockets]
            case ids:
                chosen = [each for each in attached if each.id in ids]
        for connection in chosen:
            self._lifecycle.drop_socket(connection, wish.close_code)
        return len(chosen)

    def _expire(self) -> int:
        detached = [each for each in self._hubs.connections() if each.outbox is None]
        for connection in detached:
            self._lifecycle.end(connection, "The recovery window has passed.")
        return len(detached)

    async def _connections(self, _: web.Request) -> web.Response:
        return web.json_response({"connections": [_described(each) for each in self._hubs.connections()]})


def _described(connection: Connection) -> dict[str, object]:
    return {
        "connectionId": connection.id,
        "hub": connection.hub,
        "userId": connection.user_id,
        "subprotocol": connection.subprotocol,
        "groups": sorted(connection.groups),
        "attached": connection.outbox is not None,
        "unacknowledged": len(connection.unacked or ()),
    }
