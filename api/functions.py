"""Bindings of the HTTP API: one HTTP function for each endpoint."""

import azure.durable_functions as df
import azure.functions as func
from azure.functions.warmup import WarmUpContext

from api.endpoint import Endpoint, RawRequest, answer
from api.endpoints import endpoints
from shared.runtime import Runtime
from shared.telemetry.tracing import span
from shared.turn_engine import TurnEngines
from shared.turns import TurnEngine
from shared.warm_up import warm_up


def api_blueprint(runtime: Runtime, engines: TurnEngines) -> df.Blueprint:
    """Return the functions of the HTTP API."""
    blueprint = df.Blueprint()
    for endpoint in endpoints(runtime):
        if endpoint.moves_turns:
            _register_moving(blueprint, endpoint, runtime, engines)
        else:
            _register(blueprint, endpoint, runtime)
    _register_warm_up(blueprint, runtime)
    return blueprint


def _register(blueprint: df.Blueprint, endpoint: Endpoint, runtime: Runtime) -> None:
    async def handle(req: func.HttpRequest) -> func.HttpResponse:
        return await _answer(endpoint, runtime, req, None)

    named = blueprint.function_name(f"api_{endpoint.name}")
    routed = blueprint.route(route=endpoint.path, methods=[endpoint.method])
    named(routed(handle))


def _register_moving(blueprint: df.Blueprint, endpoint: Endpoint, runtime: Runtime, engines: TurnEngines) -> None:
    @blueprint.function_name(f"api_{endpoint.name}")
    @blueprint.route(route=endpoint.path, methods=[endpoint.method])
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def handle(req: func.HttpRequest, durable: str) -> func.HttpResponse:
        return await _answer(endpoint, runtime, req, engines.engine(durable))

    _ = handle


def _register_warm_up(blueprint: df.Blueprint, runtime: Runtime) -> None:
    """Register what the platform calls once in an instance it adds; there may be one in an app, of this name."""

    @blueprint.function_name("warmup")
    @blueprint.warm_up_trigger(arg_name="warmup")  # pyright: ignore[reportUntypedFunctionDecorator] - the SDK's
    async def prepare(warmup: WarmUpContext) -> None:  # noqa: ARG001 - the trigger
        await warm_up(runtime)

    _ = prepare


async def _answer(
    endpoint: Endpoint, runtime: Runtime, req: func.HttpRequest, engine: TurnEngine | None
) -> func.HttpResponse:
    request = RawRequest(
        path=dict(req.route_params),
        query=dict(req.params),
        headers={name.lower(): value for name, value in req.headers.items()},
        body=req.get_body(),
        engine=engine,
    )
    with span(f"api {endpoint.name}"):
        reply = await answer(endpoint, request, runtime.validator, runtime.security, runtime.limiter)
    return func.HttpResponse(
        reply.content(), status_code=reply.status, mimetype=reply.media_type, headers=dict(reply.headers)
    )
