"""Frames the service sends to PubSub clients, as UTF-8 JSON bytes."""

from local.web_pubsub.payload import Payload, dump_json

PONG = b'{"type":"pong"}'


def connected(connection_id: str, user_id: str | None, reconnection_token: str | None) -> bytes:
    frame: dict[str, object] = {"type": "system", "event": "connected"}
    if user_id is not None:
        frame["userId"] = user_id
    frame["connectionId"] = connection_id
    if reconnection_token is not None:
        frame["reconnectionToken"] = reconnection_token
    return dump_json(frame)


def disconnected(reason: str) -> bytes:
    return dump_json({"type": "system", "event": "disconnected", "message": reason})


def ack(ack_id: int) -> bytes:
    return b'{"type":"ack","ackId":%d,"success":true}' % ack_id


def error_ack(ack_id: int, name: str, message: str) -> bytes:
    error = {"name": name, "message": message}
    return dump_json({"type": "ack", "ackId": ack_id, "success": False, "error": error})


def invoke_response(invocation_id: str, payload: Payload) -> bytes:
    head = dump_json({"type": "invokeResponse", "invocationId": invocation_id, "success": True})
    return _with_data(head, payload)


def invoke_error(invocation_id: str, name: str, message: str) -> bytes:
    error = {"name": name, "message": message}
    return dump_json({"type": "invokeResponse", "invocationId": invocation_id, "success": False, "error": error})


def stream_ack(stream_id: str, expected: int) -> bytes:
    return dump_json({"type": "streamAck", "streamId": stream_id, "expectedSequenceId": expected})


def stream_nack(stream_id: str, expected: int, name: str, message: str) -> bytes:
    frame = {"type": "streamNack", "streamId": stream_id, "name": name, "message": message}
    return dump_json({**frame, "expectedSequenceId": expected})


def stream_closed(stream_id: str, name: str | None = None, message: str = "") -> bytes:
    frame: dict[str, object] = {"type": "streamClosed", "streamId": stream_id}
    if name is not None:
        frame["error"] = {"name": name, "message": message}
    return dump_json(frame)


def message(
    payload: Payload,
    *,
    group: str | None = None,
    from_user: str | None = None,
    stream: dict[str, object] | None = None,
) -> bytes:
    """Return a message frame without sequence id; without a group it comes from the server."""
    frame: dict[str, object] = {"type": "message", "from": "server" if group is None else "group"}
    if group is not None:
        frame["group"] = group
        if from_user is not None:
            frame["fromUserId"] = from_user
    if stream is not None:
        frame["stream"] = stream
    if payload.metadata:
        frame["metadata"] = dict(payload.metadata)
    return _with_data(dump_json(frame), payload)


def with_sequence(frame: bytes, sequence_id: int) -> bytes:
    """Return the frame with its `sequenceId` put first, so that one frame can be shared by many receivers."""
    return b'{"sequenceId":%d,' % sequence_id + frame[1:]


def _with_data(head: bytes, payload: Payload) -> bytes:
    kind = payload.data_type.encode()
    return b'%b,"dataType":"%b","data":%b}' % (head[:-1], kind, payload.as_json())
