"""The webhook side of Web PubSub: CloudEvents over HTTP for every hub, read, proven and handed to the hub.

Facts: CloudEvents 1.0 in binary mode, `ce-*` headers; `ce-signature` proves who sends, not what, so the principal
is taken only from the state this app sealed for the connection at `connect`. An answer other than 2xx would drop a
plain client's connection, so everything a person did wrong is answered as an `error` event with status 200; 5xx is
kept for "deliver this again", and on the last delivery that too is answered in words.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from opentelemetry.trace import Span, SpanKind

from shared.clock import utc_now
from shared.connection import Answer, Connection, ConnectionState, HubHandler, StateSeal
from shared.errors import BROKEN, NotAllowed, SalesCoachError, Transient
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.commands import Command
from shared.protocol.durable import EventBase
from shared.protocol.ephemeral import ErrorEvent
from shared.protocol.frames import CommandError, parse_command
from shared.publisher import wire
from shared.signature import signature_is_valid
from shared.telemetry.metrics import connections, failed
from shared.telemetry.tracing import current_trace_id, mark_failed, span

_LOG = logging.getLogger(__name__)
LAST_DELIVERY_S = 7.0
"""The service delivers again 1, 4 and 9 s after the event, then closes a plain client: from here on, say why."""
_STATE = "ce-connectionState"
_USER_EVENTS = frozenset({"command", "message"})


class Prover(Protocol):
    """Proves that a request comes from our Web PubSub service by a bearer token (identity form)."""

    async def __call__(self, authorization: str | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Upstream:
    """The webhook of one hub. `keys` check signatures and seal states; without keys `prover` checks a bearer token."""

    def __init__(
        self,
        hub: str,
        handler: HubHandler,
        *,
        host: str,
        keys: Sequence[bytes],
        prover: Prover,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._hub = hub
        self._handler = handler
        self._host = host
        self._keys = keys
        self._seal = StateSeal(keys)
        self._prover = prover
        self._now = now

    async def handle(self, method: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
        """Answer one request; `headers` have lower-case names."""
        if method == "OPTIONS":
            return self._validate(headers)
        try:
            await self._prove(headers)
        except NotAllowed as error:
            _LOG.warning("upstream request refused: %s", error.code)
            return HttpReply(status=401, headers={}, body=error.message.encode())
        except Transient as error:
            return _again(error)
        return await self._event(headers, body)

    def _validate(self, headers: Mapping[str, str]) -> HttpReply:
        origins = [origin.strip() for origin in headers.get("webhook-request-origin", "").split(",")]
        if self._host not in {origin.lower() for origin in origins}:
            return HttpReply(status=403, headers={}, body=b"This webhook belongs to another Web PubSub service.")
        return HttpReply(status=200, headers={"WebHook-Allowed-Origin": self._host})

    async def _prove(self, headers: Mapping[str, str]) -> None:
        if not self._keys:
            await self._prover(headers.get("authorization"))
            return
        if not signature_is_valid(headers.get("ce-signature"), headers.get("ce-connectionid", ""), self._keys):
            raise NotAllowed("The signature does not fit.", code=ErrorCode.SIGNATURE_INVALID)

    async def _event(self, headers: Mapping[str, str], body: bytes) -> HttpReply:
        if headers.get("ce-hub", "").lower() != self._hub:
            return HttpReply(status=400, headers={}, body=b"This webhook serves another hub.")
        match headers.get("ce-type", ""):
            case "azure.webpubsub.sys.connect":
                return self._connect(headers)
            case "azure.webpubsub.sys.connected":
                return await self._connected(headers)
            case "azure.webpubsub.sys.disconnected":
                connections.add(1, {"hub": self._hub, "change": "closed"})
                return HttpReply(status=204, headers={})
            case kind if kind.startswith("azure.webpubsub.user."):
                return await self._command(headers, body)
            case _:
                return HttpReply(status=400, headers={}, body=b"Unknown event type.")

    def _connect(self, headers: Mapping[str, str]) -> HttpReply:
        principal = headers.get("ce-userid", "")
        if not principal:
            return HttpReply(status=401, headers={}, body=b"Sign in first: negotiate a client URL.")
        sealed = self._seal.close(ConnectionState(principal=principal), headers.get("ce-connectionid", ""))
        return HttpReply(status=204, headers={_STATE: sealed})

    def _connection(self, headers: Mapping[str, str]) -> Connection | None:
        """Return the connection, or None when its principal is not the one this app admitted."""
        connection_id = headers.get("ce-connectionid", "")
        state = self._seal.open(headers.get(_STATE.lower(), ""), connection_id)
        if state is None or state.principal != headers.get("ce-userid"):
            _LOG.warning("security: an event names another principal than its connection was admitted with")
            return None
        return Connection(id=connection_id, event_id=headers.get("ce-id", ""), state=state)

    def _answered(self, answer: Answer, connection: Connection) -> HttpReply:
        if answer.state is None:
            return _told(answer.event)
        return _told(answer.event, {_STATE: self._seal.close(answer.state, connection.id)})

    async def _connected(self, headers: Mapping[str, str]) -> HttpReply:
        connection = self._connection(headers)
        if connection is None:
            return HttpReply(status=204, headers={})
        connections.add(1, {"hub": self._hub, "change": "opened"})
        try:
            await self._handler.connected(connection)
        except Transient as error:
            return _again(error)
        return HttpReply(status=204, headers={})

    async def _command(self, headers: Mapping[str, str], body: bytes) -> HttpReply:
        connection = self._connection(headers)
        if connection is None:
            refused = NotAllowed("This connection is not signed in. Connect again.", code=ErrorCode.TOKEN_INVALID)
            return _told(_error_event(refused))
        try:
            command = _parsed(headers, body)
        except CommandError as error:
            _LOG.info("frame refused: %s", error.code)
            failed("command", error.code)
            return _told(_frame_error(error))
        with span(f"command {command.type}", kind=SpanKind.SERVER, parent=command.traceparent) as telling:
            return await self._obeyed(connection, command, headers, telling)

    async def _obeyed(
        self, connection: Connection, command: Command, headers: Mapping[str, str], telling: Span
    ) -> HttpReply:
        """Have the command carried out; whatever comes of it is told in words, or asked for again."""
        try:
            return self._answered(await self._handler.command(connection, command), connection)
        except SalesCoachError as error:
            mark_failed(telling, error)
            failed("command", error.code)
            return self._refused(error, command, headers)
        except Exception as error:  # noqa: BLE001 - the boundary: a defect of ours must be seen, and drop nobody's connection
            _LOG.exception("a command failed unexpectedly")
            mark_failed(telling, error)
            failed("command", ErrorCode.INTERNAL)
            return _told(_error_event(SalesCoachError(BROKEN), command))

    def _refused(self, error: SalesCoachError, command: Command, headers: Mapping[str, str]) -> HttpReply:
        if isinstance(error, Transient):
            if _age_s(headers, self._now()) < LAST_DELIVERY_S:
                return _again(error)
            _LOG.warning("upstream event given up: %s", error.code)
        else:
            _LOG.info("command refused: %s", error.code)
        return _told(_error_event(error, command))


def _parsed(headers: Mapping[str, str], body: bytes) -> Command:
    name = headers.get("ce-eventname", "")
    if name not in _USER_EVENTS:
        raise CommandError(ErrorCode.UNKNOWN_COMMAND, "Send commands as the event `command`.")
    return parse_command(body)


def _age_s(headers: Mapping[str, str], now: datetime) -> float:
    """Return how long ago the event happened; an event that does not say is a new one."""
    try:
        return now.timestamp() - datetime.fromisoformat(headers.get("ce-time", "")).timestamp()
    except ValueError:
        return 0.0


def _told(event: EventBase, headers: Mapping[str, str] | None = None) -> HttpReply:
    return HttpReply(status=200, headers={"Content-Type": "application/json", **(headers or {})}, body=wire(event))


def _again(error: Transient) -> HttpReply:
    """Ask for redelivery; every command is idempotent, so nothing happens twice."""
    _LOG.warning("upstream event will be delivered again: %s", error.code)
    return HttpReply(status=503, headers={"Retry-After": "1"}, body=error.message.encode())


def _error_event(error: SalesCoachError, command: Command | None = None) -> ErrorEvent:
    info = error.info()
    return ErrorEvent(
        code=info.code,
        fault=info.fault,
        message=info.message,
        retryable=info.retryable,
        after_ms=info.after_ms,
        command_id=command.command_id if command else None,
        client_message_id=getattr(command, "client_message_id", None),
        trace_id=current_trace_id(),
    )


def _frame_error(error: CommandError) -> ErrorEvent:
    return ErrorEvent(
        code=error.code, fault=FAULT_OF[error.code], message=error.message, retryable=False, command_id=error.command_id
    )
