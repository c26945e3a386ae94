"""The admin door to a service's holds, the same for every service."""

from collections.abc import Mapping

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from local.holds import Decision, HoldError, Holds, HoldSpec

_WAIT = TypeAdapter[float](float)
_DECISION = TypeAdapter[Decision](Decision)


def add_hold_routes(app: web.Application, path: str, holds: Holds) -> None:
    """Open the door at `path` and, for one hold, `path`/N."""

    async def handle(request: web.Request) -> web.Response:
        status, body = await at_the_door(
            holds, request.method, request.match_info.get("number", ""), request.query, await request.read()
        )
        return web.json_response(body, status=status)

    app.router.add_route("*", path, handle)
    app.router.add_route("*", path + "/{number}", handle)


def abort(request: web.Request) -> web.Response:
    """Break the connection of a request that is to be lost; the answer returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def at_the_door(
    holds: Holds, method: str, number: str, query: Mapping[str, str], body: bytes
) -> tuple[int, object]:
    """Answer a request to a service's admin door with a status and a JSON value; `number` is '' for all holds.

    `POST` arms a hold, `GET` lists them, `DELETE` forgets them all. Of one: `GET ?wait_s=` looks until a request is
    held, `POST ?do=carry_out|drop` decides.
    """
    try:
        match method, number:
            case "POST", "":
                return 201, holds.arm(HoldSpec.model_validate_json(body or b"{}")).as_json()
            case "GET", "":
                return 200, holds.as_json()
            case "DELETE", "":
                holds.clear()
                return 200, []
            case "GET", _:
                hold = await holds.look(_number(number), _WAIT.validate_python(query.get("wait_s", "0")))
                return 200, hold.as_json()
            case "POST", _:
                holds.decide(_number(number), _DECISION.validate_python(query.get("do", "carry_out")))
                return 200, holds.as_json()
            case _:
                return 405, {"error": f"{method} means nothing here"}
    except HoldError as error:
        return error.status, {"error": str(error)}
    except ValidationError as error:
        return 400, {"error": str(error)}


def _number(text: str) -> int:
    if not text.isdecimal():
        raise HoldError(404, f"there is no hold {text!r}")
    return int(text)
