"""Bindings of the hub `chat`: HTTP in, HTTP out; everything else is the service's."""

import azure.durable_functions as df
import azure.functions as func

from chat.dependencies import ChatDependencies, chat_dependencies
from chat.service import ChatService
from shared.negotiation import answer_negotiate
from shared.runtime import CHAT_HUB, Runtime
from shared.turn_engine import TurnEngines
from shared.upstream import Upstream


def chat_blueprint(runtime: Runtime, engines: TurnEngines) -> df.Blueprint:
    """Return the functions of the front door."""
    deps = chat_dependencies(runtime)
    blueprint = df.Blueprint()
    _register_negotiate(blueprint, runtime, deps)
    _register_upstream(blueprint, runtime, deps, engines)
    return blueprint


def _register_negotiate(blueprint: df.Blueprint, runtime: Runtime, deps: ChatDependencies) -> None:
    @blueprint.function_name("chat_negotiate")
    @blueprint.route(route="chat/negotiate", methods=["POST"])
    async def chat_negotiate(req: func.HttpRequest) -> func.HttpResponse:
        told = await answer_negotiate(deps, runtime.credentials, req.headers)
        return func.HttpResponse(
            told.content, status_code=told.status, mimetype=told.media_type, headers=dict(told.headers)
        )

    _ = chat_negotiate


def _register_upstream(blueprint: df.Blueprint, runtime: Runtime, deps: ChatDependencies, engines: TurnEngines) -> None:
    hub = runtime.chat_hub

    @blueprint.function_name("chat_upstream")
    @blueprint.route(route="upstream/chat", methods=["OPTIONS", "POST"])
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def chat_upstream(req: func.HttpRequest, durable: str) -> func.HttpResponse:
        upstream = Upstream(
            CHAT_HUB,
            ChatService(deps, engines.engine(durable)),
            host=hub.host,
            keys=hub.access_keys(),
            prover=runtime.prove_service,
            now=deps.now,
        )
        reply = await upstream.handle(req.method, dict(req.headers), req.get_body())
        return func.HttpResponse(reply.body, status_code=reply.status, headers=dict(reply.headers))

    _ = chat_upstream
