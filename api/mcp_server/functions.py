"""Bindings of the MCP server: its one endpoint, and the document that says where to sign in."""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import azure.durable_functions as df
import azure.functions as func

from api.inputs import JSON
from api.mcp_server.sign_in import METADATA_ROUTE, SERVER_ROUTE, Place
from chat.dependencies import ChatDependencies, chat_dependencies
from shared.errors import SalesCoachError
from shared.late import importing_late, late
from shared.problems import problem
from shared.runtime import Runtime
from shared.sign_in import signed_in
from shared.telemetry.tracing import span
from shared.turn_engine import TurnEngines

with importing_late():
    from api.mcp_server import transport

if TYPE_CHECKING:
    from api.mcp_server.transport import CoachServer


def coach_server_blueprint(runtime: Runtime, engines: TurnEngines) -> df.Blueprint:
    """Return the functions of the MCP server."""
    blueprint = df.Blueprint()
    deps = chat_dependencies(runtime)
    _register_server(blueprint, deps, late(lambda: transport.CoachServer(deps)), engines, runtime.settings.public_url)
    _register_metadata(blueprint, runtime)
    return blueprint


def _register_server(
    blueprint: df.Blueprint, deps: ChatDependencies, server: "CoachServer", engines: TurnEngines, public_url: str
) -> None:
    @blueprint.function_name("mcp_server")
    @blueprint.route(route=SERVER_ROUTE, methods=["GET", "POST", "DELETE"])
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def mcp_server(req: func.HttpRequest, durable: str) -> func.HttpResponse:
        with span("mcp_server"):
            return await _served(req, durable)

    async def _served(req: func.HttpRequest, durable: str) -> func.HttpResponse:
        headers = {name.lower(): value for name, value in req.headers.items()}
        try:
            grant = await signed_in(deps, headers.get("authorization"))
            deps.limiter.take(grant.principal, "requests")
        except SalesCoachError as error:
            return _refused(error, Place.of(req.url, SERVER_ROUTE, headers, public_url))
        request = transport.HttpExchange(
            method=req.method.upper(), path=urlsplit(req.url).path, headers=headers, body=req.get_body()
        )
        answer = await server.handle(request, transport.Caller(grant=grant, engine=engines.engine(durable)))
        return func.HttpResponse(
            answer.body, status_code=answer.status, mimetype=answer.media_type, headers=answer.headers
        )

    _ = mcp_server


def _refused(error: SalesCoachError, place: Place) -> func.HttpResponse:
    told = problem(error)
    headers = dict(told.headers)
    if told.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = place.challenge()
    return func.HttpResponse(told.content, status_code=told.status, mimetype=told.media_type, headers=headers)


def _register_metadata(blueprint: df.Blueprint, runtime: Runtime) -> None:
    @blueprint.function_name("mcp_protected_resource")
    @blueprint.route(route=METADATA_ROUTE, methods=["GET"])
    async def mcp_protected_resource(req: func.HttpRequest) -> func.HttpResponse:
        headers = {name.lower(): value for name, value in req.headers.items()}
        place = Place.of(req.url, METADATA_ROUTE, headers, runtime.settings.public_url)
        document = place.metadata(runtime.settings.auth_issuer, runtime.settings.auth_audience)
        return func.HttpResponse(document.model_dump_json(), mimetype=JSON)

    _ = mcp_protected_resource
