"""Bindings of the hub `group_chat`: HTTP in, HTTP out; everything else is the service's."""

from collections.abc import Callable
from functools import partial

import azure.durable_functions as df
import azure.functions as func

from group_chat.commands import GroupCommands
from group_chat.dependencies import GroupDependencies, group_dependencies
from group_chat.membership import leave
from group_chat.service import Deeds, GroupService
from shared.ambient import GroupEngine
from shared.negotiation import answer_negotiate
from shared.runtime import GROUP_HUB, Runtime
from shared.turn_engine import TurnEngines
from shared.upstream import Upstream


def group_chat_blueprint(runtime: Runtime, engines: TurnEngines) -> df.Blueprint:
    """Return the functions of the front door of groups."""
    deps = group_dependencies(runtime)
    blueprint = df.Blueprint()
    _register_negotiate(blueprint, runtime, deps)
    _register_upstream(blueprint, runtime, deps, engines)
    return blueprint


def _register_negotiate(blueprint: df.Blueprint, runtime: Runtime, deps: GroupDependencies) -> None:
    @blueprint.function_name("group_chat_negotiate")
    @blueprint.route(route="group_chat/negotiate", methods=["POST"])
    async def group_chat_negotiate(req: func.HttpRequest) -> func.HttpResponse:
        told = await answer_negotiate(deps, runtime.credentials, req.headers)
        return func.HttpResponse(
            told.content, status_code=told.status, mimetype=told.media_type, headers=dict(told.headers)
        )

    _ = group_chat_negotiate


def _register_upstream(
    blueprint: df.Blueprint, runtime: Runtime, deps: GroupDependencies, engines: TurnEngines
) -> None:
    hub, deeds = runtime.group_hub, _deeds(deps)

    @blueprint.function_name("group_chat_upstream")
    @blueprint.route(route="upstream/group_chat", methods=["OPTIONS", "POST"])
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def group_chat_upstream(req: func.HttpRequest, durable: str) -> func.HttpResponse:
        upstream = Upstream(
            GROUP_HUB,
            GroupService(deps, deeds(engines.engine(durable))),
            host=hub.host,
            keys=hub.access_keys(),
            prover=runtime.prove_service,
            now=deps.now,
        )
        reply = await upstream.handle(req.method, dict(req.headers), req.get_body())
        return func.HttpResponse(reply.body, status_code=reply.status, headers=dict(reply.headers))

    _ = group_chat_upstream


def _deeds(deps: GroupDependencies) -> Callable[[GroupEngine], Deeds]:
    """Return what members may say and do, with the engine of the request; the rest is made once for the process."""
    commands = GroupCommands(deps)
    return lambda engine: Deeds(do=partial(commands.run, engine), leave=partial(leave, deps))
