"""`/client/hubs/{hub}` and `/client/?hub=`: where clients connect and reconnect."""

import logging
from http import HTTPStatus

from aiohttp import hdrs, web

from local.service import HOST
from local.web_pubsub import names
from local.web_pubsub.connection import RELIABLE, Connection
from local.web_pubsub.handshake import Admission, RefusedHandshakeError, admit, offered_subprotocols
from local.web_pubsub.lifecycle import POLICY, Lifecycle
from local.web_pubsub.outbox import Outbox
from local.web_pubsub.permissions import Permissions
from local.web_pubsub.segments import together
from local.web_pubsub.session import RawMode, Sessions, SocketEnd
from local.web_pubsub.settings import MAX_MESSAGE_BYTES, Settings
from local.web_pubsub.tokens import NOBODY, ClientClaims, TokenError, Tokens
from local.web_pubsub.upstream import Upstream

_log = logging.getLogger(__name__)
_CLOSE_SECONDS = 2.0


class ClientEndpoint:
    """Turns an HTTP request into a connection and serves it until its socket is gone."""

    def __init__(
        self, settings: Settings, tokens: Tokens, upstream: Upstream, lifecycle: Lifecycle, sessions: Sessions
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._upstream = upstream
        self._lifecycle = lifecycle
        self._sessions = sessions

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer 400 (not a WebSocket, bad names), 401 (token), the handler's 4xx, 500, or upgrade."""
        try:
            hub = self._check(request)
            recovery = self._recovery(request)
            if recovery is not None:
                return await self._recover(request, hub, *recovery)
            claims = self._claims(request, hub)
            raw = _raw_mode(request)
            admission = await admit(request, hub, claims, self._upstream)
            return await self._serve(request, admission, raw)
        except RefusedHandshakeError as error:
            _log.info("client refused with %d: %s", error.status, error)
            return web.Response(status=error.status, text=str(error))

    def _check(self, request: web.Request) -> str:
        hub = request.match_info.get("hub") or request.query.get("hub", "")
        if not names.is_hub(hub):
            raise RefusedHandshakeError(HTTPStatus.BAD_REQUEST, "The hub name is missing or invalid.")
        probe = web.WebSocketResponse(protocols=offered_subprotocols(request), compress=False)
        if not probe.can_prepare(request).ok:
            raise RefusedHandshakeError(HTTPStatus.BAD_REQUEST, "A WebSocket upgrade is required.")
        return hub.lower()

    def _recovery(self, request: web.Request) -> tuple[str, str] | None:
        connection_id = request.query.get("awps_connection_id")
        token = request.query.get("awps_reconnection_token")
        if connection_id is None or token is None or RELIABLE not in offered_subprotocols(request):
            return None
        return connection_id, token

    def _claims(self, request: web.Request, hub: str) -> ClientClaims:
        scheme, _, credentials = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        token = request.query.get("access_token") or (credentials if scheme.lower() == "bearer" else "")
        if not token and self._settings.allows_anonymous(hub):
            return NOBODY
        if not token:
            raise RefusedHandshakeError(HTTPStatus.UNAUTHORIZED, "An access token is required.")
        try:
            return self._tokens.client(token, _audiences(request, hub))
        except TokenError as error:
            raise RefusedHandshakeError(HTTPStatus.UNAUTHORIZED, f"The token is invalid: {error}") from error

    async def _open_socket(self, request: web.Request, subprotocol: str | None) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            protocols=[subprotocol] if subprotocol else [],
            max_msg_size=MAX_MESSAGE_BYTES + 1,  # the first size that is refused
            autoclose=False,  # how a close frame is answered depends on what becomes of the session
            compress=False,  # a compression context costs more memory than a whole connection
            timeout=_CLOSE_SECONDS,
        )
        try:
            await socket.prepare(request)
        except ConnectionResetError as error:
            raise RefusedHandshakeError(HTTPStatus.BAD_REQUEST, "The client has gone.") from error
        return socket

    async def _serve(self, request: web.Request, admission: Admission, raw: RawMode) -> web.StreamResponse:
        connection = Connection(
            connection_id=admission.connection_id,
            hub=admission.hub,
            user_id=admission.user_id,
            subprotocol=admission.subprotocol,
            permissions=Permissions(admission.roles),
            on_overflow=self._lifecycle.overflow,
            cookies=admission.cookies,
        )
        connection.state = admission.state
        groups = admission.groups
        with together(request.transport):
            socket = await self._open_socket(request, admission.subprotocol)
            outbox = Outbox(socket, request.transport, self._settings.outbox_bytes)
            self._lifecycle.open(connection, groups, outbox)
        await self._read(connection, socket, outbox, raw)
        return socket

    async def _recover(self, request: web.Request, hub: str, connection_id: str, token: str) -> web.StreamResponse:
        with together(request.transport):
            socket = await self._open_socket(request, RELIABLE)
            outbox = Outbox(socket, request.transport, self._settings.outbox_bytes)
            connection = self._lifecycle.find_recoverable(hub, connection_id, token)
            if connection is not None:
                self._lifecycle.recover(connection, outbox)
        if connection is None:
            await outbox.close(POLICY, "The connection cannot be recovered.")
            return socket
        await self._read(connection, socket, outbox, RawMode())
        return socket

    async def _read(self, connection: Connection, socket: web.WebSocketResponse, outbox: Outbox, raw: RawMode) -> None:
        end = SocketEnd(final=False, reason="The connection was lost.")
        answer = False
        try:
            end = await self._sessions.read(connection, socket, raw)
            answer = end.close_frame and not outbox.closing
        finally:
            outbox.closing = True
            self._lifecycle.lost(connection, outbox, final=end.final, reason=end.reason)
        if answer:
            await outbox.answer_close(at_once=end.final)


def _raw_mode(request: web.Request) -> RawMode:
    query = request.query
    match query.get("webpubsub_mode", "sendEvent").lower():
        case "sendevent":
            return RawMode()
        case "sendtogroup" if names.is_group(query.get("group", "")):
            return RawMode(group=query["group"], no_echo=query.get("noEcho", "").lower() == "true")
        case _:
            raise RefusedHandshakeError(HTTPStatus.BAD_REQUEST, "webpubsub_mode or its group is invalid.")


def _audiences(request: web.Request, hub: str) -> list[str]:
    local = request.get_extra_info("sockname")
    hosts = {request.host}
    if local is not None:
        hosts |= {f"{name}:{local[1]}" for name in (HOST, "localhost")}
    return [f"{scheme}://{host}/client/hubs/{hub}" for scheme in ("http", "https") for host in sorted(hosts)]
