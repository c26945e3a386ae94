"""Bindings of the hub `chat`: HTTP in, HTTP out; everything else is the service's."""

import json
from dataclasses import asdict

import azure.durable_functions as df
import azure.functions as func

from chat.dependencies import ChatDependencies
from chat.service import ChatService
from chat.session import list_sessions
from chat.session_settings import change_settings, parse_settings
from chat.sign_in import negotiate
from shared.clock import iso, utc_now
from shared.errors import NotAllowed, SalesCoachError, Transient
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.shapes import ErrorInfo, Participant
from shared.runtime import CHAT_HUB, Runtime
from shared.turn_engine import TurnEngines
from shared.upstream import Upstream

_JSON = "application/json"
_PROBLEM = "application/problem+json"
DEFAULT_PAGE = 50
MAX_PAGE = 100
_MAX_DIGITS = 3


def chat_blueprint(runtime: Runtime, engines: TurnEngines) -> df.Blueprint:
    """Return the functions of the front door."""
    deps = ChatDependencies(
        log=runtime.log,
        people=runtime.people,
        manifests=runtime.manifests,
        publisher=runtime.chat_publisher,
        web_pubsub=runtime.chat_hub,
        validator=runtime.validator,
        now=utc_now,
    )
    blueprint = df.Blueprint()
    _register_negotiate(blueprint, deps)
    _register_sessions(blueprint, deps)
    _register_upstream(blueprint, runtime, deps, engines)
    return blueprint


def _register_negotiate(blueprint: df.Blueprint, deps: ChatDependencies) -> None:
    @blueprint.function_name("chat_negotiate")
    @blueprint.route(route="chat/negotiate", methods=["POST"])
    async def chat_negotiate(req: func.HttpRequest) -> func.HttpResponse:
        try:
            client = await negotiate(deps, req.headers.get("authorization"))
        except SalesCoachError as error:
            return _problem(error)
        body = {"url": client.url, "expires_at": iso(client.expires_at), "capabilities": ["streaming"]}
        return func.HttpResponse(json.dumps(body), mimetype=_JSON)

    _ = chat_negotiate


def _register_sessions(blueprint: df.Blueprint, deps: ChatDependencies) -> None:
    @blueprint.function_name("sessions")
    @blueprint.route(route="sessions", methods=["GET"])
    async def sessions(req: func.HttpRequest) -> func.HttpResponse:
        try:
            principal = await deps.validator.validate(req.headers.get("authorization"))
            limit = _limit(req.params.get("limit"))
            page = await list_sessions(deps, principal.id, before=req.params.get("before"), limit=limit)
        except SalesCoachError as error:
            return _problem(error)
        return func.HttpResponse(json.dumps(asdict(page)), mimetype=_JSON)

    @blueprint.function_name("session_settings")
    @blueprint.route(route="sessions/{session_id}", methods=["PATCH"])
    async def session_settings(req: func.HttpRequest) -> func.HttpResponse:
        try:
            principal = await deps.validator.validate(req.headers.get("authorization"))
            wanted = parse_settings(req.get_body())
            person = Participant(kind="person", id=principal.id, name=principal.name)
            await change_settings(deps, person, req.route_params["session_id"], wanted)
        except SalesCoachError as error:
            return _problem(error)
        return func.HttpResponse(wanted.model_dump_json(), mimetype=_JSON)

    _ = sessions, session_settings


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


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_PAGE
    if not text.isdecimal() or len(text) > _MAX_DIGITS or not 1 <= int(text) <= MAX_PAGE:
        raise SalesCoachError(f"limit must be a number from 1 to {MAX_PAGE}.", code=ErrorCode.INVALID_COMMAND)
    return int(text)


_STATUS = {"auth": 401, "user": 400}
_NOT_FOUND = 404


def _problem(error: SalesCoachError) -> func.HttpResponse:
    """Answer with problem details (RFC 9457); `code` is the wire code."""
    status = 503 if isinstance(error, Transient) else _STATUS.get(FAULT_OF[error.code], 500)
    if error.code is ErrorCode.CONVERSATION_NOT_FOUND:
        status = _NOT_FOUND
    info: ErrorInfo = error.info()
    body = {"type": "about:blank", "title": info.message, "status": status, **info.model_dump(mode="json")}
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAllowed) else {}
    if error.after_ms is not None:
        headers["Retry-After"] = str(max(1, error.after_ms // 1000))
    return func.HttpResponse(json.dumps(body), status_code=status, mimetype=_PROBLEM, headers=headers)
