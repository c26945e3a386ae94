"""What PubSub clients ask for: membership, publishing, events, invocations, streams."""

from local.web_pubsub import messages, names
from local.web_pubsub.cloud_events import user_event
from local.web_pubsub.connection import Connection, message_to
from local.web_pubsub.frames import (
    EndStream,
    Frame,
    GroupState,
    Invoke,
    JoinGroup,
    LeaveGroup,
    SendEvent,
    SendToGroup,
    StartStream,
    StreamData,
)
from local.web_pubsub.hub import Hubs
from local.web_pubsub.payload import DataType, Payload, PayloadError, payload_of_http
from local.web_pubsub.permissions import Permission
from local.web_pubsub.streams import Streams
from local.web_pubsub.traffic import Traffic
from local.web_pubsub.upstream import Reply, Upstream, UpstreamError


class RefusedError(Exception):
    """A request that is answered with an error acknowledgement of this name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def payload_of_reply(reply: Reply) -> Payload | None:
    """Return what the handler wants sent to the client, None for nothing.

    Raises:
        UpstreamError: the body is not what its content type says, or of a type the service does not know.

    """
    if not reply.body:
        return None
    try:
        payload = payload_of_http(reply.content_type or "application/octet-stream", reply.charset, reply.body)
    except PayloadError as error:
        raise UpstreamError(f"the handler's answer is not valid: {error}") from error
    if payload is None:
        raise UpstreamError(f"the handler answered with content type {reply.content_type!r}")
    return payload


async def ask_handler(upstream: Upstream, connection: Connection, event: str, payload: Payload) -> Payload | None:
    """Deliver a user event and return the handler's payload; its new connection state is kept.

    Raises:
        UpstreamError: no handler, no answer, or an answer other than 2xx.

    """
    reply = await upstream.deliver(user_event(connection, event, payload))
    if not reply.ok:
        raise UpstreamError(f"the handler answered {reply.status}")
    if reply.state is not None:
        connection.state = reply.state
    return payload_of_reply(reply)


class Requests:
    """Carries out one frame at a time; the caller keeps a connection's frames in order."""

    def __init__(self, hubs: Hubs, upstream: Upstream, traffic: Traffic) -> None:
        self._hubs = hubs
        self._upstream = upstream
        self._traffic = traffic

    async def handle(self, connection: Connection, frame: Frame) -> None:
        match frame:
            case JoinGroup() | LeaveGroup() | SendToGroup() | SendEvent() | GroupState():
                await self._acknowledged(connection, frame)
            case Invoke():
                await self._invoke(connection, frame)
            case StartStream() | StreamData() | EndStream():
                self._stream(connection, frame)
            case _:
                raise TypeError(f"{frame!r} needs no turn")

    async def _acknowledged(
        self, connection: Connection, frame: JoinGroup | LeaveGroup | SendToGroup | SendEvent | GroupState
    ) -> None:
        ack_id = frame.ack_id
        try:
            _refuse_duplicate(connection, ack_id)
            await self._perform(connection, frame)
        except RefusedError as error:
            if ack_id is not None:
                connection.send_control(messages.error_ack(ack_id, error.name, str(error)))
        else:
            if ack_id is not None:
                connection.remember(ack_id)
                connection.send_control(messages.ack(ack_id))

    async def _perform(
        self, connection: Connection, frame: JoinGroup | LeaveGroup | SendToGroup | SendEvent | GroupState
    ) -> None:
        hub = self._hubs.get(connection.hub)
        match frame:
            case JoinGroup():
                self._require(connection, Permission.JOIN_LEAVE, frame.group)
                hub.join(connection, frame.group)
            case LeaveGroup():
                self._require(connection, Permission.JOIN_LEAVE, frame.group)
                hub.leave(connection, frame.group)
            case SendToGroup():
                self._require(connection, Permission.SEND, frame.group)
                self.publish(connection, frame.group, frame.payload, no_echo=frame.no_echo, ttl=frame.ttl)
            case SendEvent():
                await self._event(connection, frame)
            case GroupState():
                raise RefusedError("BadRequest", "Group state is not supported.")

    def publish(self, sender: Connection, group: str, payload: Payload, *, no_echo: bool, ttl: int = 0) -> None:
        """Send a client's message to the members of a group, to itself too unless `no_echo`."""
        hub = self._hubs.get(sender.hub)
        message = message_to(payload, ttl=ttl, group=group, from_user=sender.user_id)
        members = hub.in_group(group).values()
        count = hub.send((member for member in members if not (no_echo and member is sender)), message)
        self._traffic.note("publish", hub.name, f"group {group}", f"{count} receivers", payload.content)

    def _require(self, connection: Connection, permission: Permission, group: str) -> None:
        if not names.is_group(group):
            raise RefusedError("BadRequest", "A group name has 1 to 1024 characters, not all of them blank.")
        if not connection.permissions.allows(permission, group):
            raise RefusedError("Forbidden", f"No permission {permission} for group {group}.")

    async def _event(self, connection: Connection, frame: SendEvent) -> None:
        _require_event_name(frame.event)
        try:
            answer = await ask_handler(self._upstream, connection, frame.event, frame.payload)
        except UpstreamError as error:
            raise RefusedError("InternalServerError", f"The event failed: {error}") from error
        if answer is not None:
            connection.send(message_to(answer))

    async def _invoke(self, connection: Connection, frame: Invoke) -> None:
        invocation_id = frame.invocation_id
        try:
            _require_event_name(frame.event)
            answer = await ask_handler(self._upstream, connection, frame.event, frame.payload)
        except RefusedError as error:
            response = messages.invoke_error(invocation_id, error.name, str(error))
        except UpstreamError as error:
            response = messages.invoke_error(invocation_id, "InternalServerError", str(error))
        else:
            empty = Payload(data_type=DataType.TEXT, content=b"")
            response = messages.invoke_response(invocation_id, answer or empty)
        if connection.invocations is not None and invocation_id in connection.invocations:
            connection.invocations.discard(invocation_id)
            connection.send_control(response)

    def _stream(self, connection: Connection, frame: StartStream | StreamData | EndStream) -> None:
        if connection.ended:
            return
        if connection.streams is None:
            connection.streams = Streams(connection, self._hubs.get(connection.hub))
        match frame:
            case StartStream():
                connection.streams.start(frame)
            case StreamData():
                connection.streams.data(frame)
            case EndStream():
                connection.streams.finish(frame)


def _refuse_duplicate(connection: Connection, ack_id: int | None) -> None:
    if ack_id is not None and connection.handled(ack_id):
        raise RefusedError("Duplicate", f"Message with ack-id: {ack_id} has been processed.")


def _require_event_name(event: str) -> None:
    if not names.is_event(event):
        raise RefusedError("BadRequest", f"{event!r} is not an event name.")
