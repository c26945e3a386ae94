"""What is decided before a client's WebSocket is accepted: who it is, what it may do, which protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel, ValidationError

from local.web_pubsub import names
from local.web_pubsub.cloud_events import CloudEvent
from local.web_pubsub.connection import PUBSUB
from local.web_pubsub.cookies import Cookies
from local.web_pubsub.payload import dump_json
from local.web_pubsub.tokens import ClientClaims
from local.web_pubsub.upstream import Reply, Upstream, UpstreamError

_HIDDEN_QUERY = "access_token"
_HIDDEN_HEADER = "authorization"


class RefusedHandshakeError(Exception):
    """The client is answered with this HTTP status instead of an upgrade."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ConnectReply(BaseModel):
    """A handler's answer to `connect`; a member that is null or absent keeps what the token says."""

    userId: str | None = None  # noqa: N815 - the wire's spelling
    groups: list[str] | None = None
    roles: list[str] | None = None
    subprotocol: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who a connection will be."""

    hub: str
    connection_id: str
    user_id: str | None
    roles: tuple[str, ...]
    groups: frozenset[str]
    subprotocol: str | None
    state: str | None = None
    cookies: Cookies = field(default_factory=Cookies)


def offered_subprotocols(request: web.Request) -> list[str]:
    values = ",".join(request.headers.getall("Sec-WebSocket-Protocol", []))
    return [value.strip() for value in values.split(",") if value.strip()]


def _lists(items: Mapping[str, str], pairs: list[tuple[str, str]], hidden: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in items if name.lower() != hidden}
    for name, value in pairs:
        if name in found:
            found[name].append(value)
    return found


def _connect_body(request: web.Request, claims: ClientClaims, offered: list[str]) -> bytes:
    query, headers = request.query, request.headers
    return dump_json(
        {
            "claims": dict(claims.claims),
            "query": _lists(query, list(query.items()), _HIDDEN_QUERY),
            "headers": _lists(headers, list(headers.items()), _HIDDEN_HEADER),
            "subprotocols": offered,
            "clientCertificates": [],
        }
    )


async def admit(request: web.Request, hub: str, claims: ClientClaims, upstream: Upstream) -> Admission:
    """Return the admission of a client with a valid token, after asking the handler if it wants to be.

    Raises:
        RefusedHandshakeError: the token's groups are invalid (400), or the handler refused or failed.

    """
    if not all(names.is_group(group) for group in claims.groups):
        raise RefusedHandshakeError(HTTPStatus.BAD_REQUEST, "The token names an invalid group.")
    offered = offered_subprotocols(request)
    admission = Admission(
        hub=hub,
        connection_id=names.new_connection_id(),
        user_id=claims.user_id or None,
        roles=claims.roles,
        groups=frozenset(claims.groups),
        subprotocol=next((name for name in offered if name in PUBSUB), None),
    )
    if not upstream.handles(hub, "sys", "connect"):
        return admission
    event = CloudEvent(
        kind="sys",
        name="connect",
        number=0,
        hub=hub,
        connection_id=admission.connection_id,
        user_id=admission.user_id,
        body=_connect_body(request, claims, offered),
        cookies=admission.cookies,
    )
    try:
        reply = await upstream.deliver(event)
    except UpstreamError as error:
        raise RefusedHandshakeError(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)) from error
    return _merge(admission, reply, offered)


def _merge(admission: Admission, reply: Reply, offered: list[str]) -> Admission:
    if HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise RefusedHandshakeError(reply.status, "The event handler refused the connection.")
    if not reply.ok:
        raise RefusedHandshakeError(HTTPStatus.INTERNAL_SERVER_ERROR, f"The handler answered {reply.status}.")
    try:
        answer = ConnectReply.model_validate_json(reply.body) if reply.body else ConnectReply()
    except ValidationError as error:
        raise RefusedHandshakeError(HTTPStatus.INTERNAL_SERVER_ERROR, "The handler's answer is invalid.") from error
    if answer.subprotocol and answer.subprotocol not in offered:
        raise RefusedHandshakeError(
            HTTPStatus.INTERNAL_SERVER_ERROR, "The handler chose a subprotocol that was not offered."
        )
    groups = frozenset(answer.groups) if answer.groups else admission.groups
    if not all(names.is_group(group) for group in groups):
        raise RefusedHandshakeError(HTTPStatus.INTERNAL_SERVER_ERROR, "The handler named an invalid group.")
    return replace(
        admission,
        user_id=admission.user_id if answer.userId is None else answer.userId or None,
        roles=admission.roles if answer.roles is None else tuple(answer.roles),
        groups=groups,
        subprotocol=answer.subprotocol or admission.subprotocol,
        state=reply.state,
    )
