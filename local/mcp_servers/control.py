"""The control routes: `/_faults`, `/_calls`, `/_holds`. They need no sign-in; loopback only."""

from collections.abc import Set as AbstractSet

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.hold_door import at_the_door
from local.holds import Holds
from local.mcp_servers.call_log import CallLog
from local.mcp_servers.faults import Fault, FaultBoard


def control_routes(board: FaultBoard, calls: CallLog, servers: AbstractSet[str]) -> list[Route]:
    """Return the routes that read and change `board` and `calls`; a fault must name one of `servers`."""

    async def put_fault(request: Request) -> Response:
        try:
            fault = Fault.model_validate_json(await request.body())
        except ValidationError as error:
            return _refused(str(error))
        if fault.server not in servers:
            return _refused(f"unknown server {fault.server!r}; there are {', '.join(sorted(servers))}")
        if fault.fail is None and not fault.delay_ms:
            return _refused("a fault needs delay_ms, fail, or both")
        board.put(fault)
        return Response(status_code=204)

    async def get_faults(_request: Request) -> Response:
        return JSONResponse([fault.model_dump() for fault in board.live()])

    async def delete_faults(_request: Request) -> Response:
        board.clear()
        return Response(status_code=204)

    async def get_calls(_request: Request) -> Response:
        return JSONResponse(calls.as_json())

    async def delete_calls(_request: Request) -> Response:
        calls.clear()
        return Response(status_code=204)

    return [
        Route("/_faults", put_fault, methods=["PUT"]),
        Route("/_faults", get_faults, methods=["GET"]),
        Route("/_faults", delete_faults, methods=["DELETE"]),
        Route("/_calls", get_calls, methods=["GET"]),
        Route("/_calls", delete_calls, methods=["DELETE"]),
    ]


def hold_routes(holds: Holds) -> list[Route]:
    """Return the door to `holds`."""

    async def at_holds(request: Request) -> Response:
        number = request.path_params.get("number", "")
        status, body = await at_the_door(holds, request.method, number, request.query_params, await request.body())
        return JSONResponse(body, status_code=status)

    return [
        Route("/_holds", at_holds, methods=["GET", "POST", "DELETE"]),
        Route("/_holds/{number}", at_holds, methods=["GET", "POST"]),
    ]


def _refused(reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status_code=400)
