"""Errors of the HTTP API: problem details (RFC 9457) with the wire's `code`."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from opentelemetry import trace

from shared.errors import NotAllowed, SalesCoachError, Transient
from shared.protocol.codes import FAULT_OF, ErrorCode, Fault
from shared.telemetry.metrics import failed
from shared.telemetry.tracing import current_trace_id, mark_failed

MEDIA_TYPE = "application/problem+json"

_STATUS_OF_CODE = {
    ErrorCode.CONVERSATION_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.MESSAGE_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.TURN_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.MEMORY_ENTRY_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.CLUSTER_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.APPROVED_ANSWER_CHANGED: HTTPStatus.PRECONDITION_FAILED,
    ErrorCode.MEMORY_FULL: HTTPStatus.CONFLICT,
    ErrorCode.MEMORY_CHANGED: HTTPStatus.PRECONDITION_FAILED,
    ErrorCode.CONTENT_TOO_LONG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ErrorCode.MEDIA_TYPE_UNSUPPORTED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ErrorCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ErrorCode.KEY_CONFLICT: HTTPStatus.CONFLICT,
    ErrorCode.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.QUEUE_FULL: HTTPStatus.CONFLICT,
    ErrorCode.TURN_RUNNING: HTTPStatus.CONFLICT,
    ErrorCode.MESSAGE_CONFLICT: HTTPStatus.CONFLICT,
    ErrorCode.MEMBER_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.INVITATION_INVALID: HTTPStatus.NOT_FOUND,
    ErrorCode.GROUP_FULL: HTTPStatus.CONFLICT,
    ErrorCode.GROUP_ARCHIVED: HTTPStatus.CONFLICT,
    ErrorCode.LAST_OWNER: HTTPStatus.CONFLICT,
}
_STATUS_OF_FAULT = {
    Fault.AUTH: HTTPStatus.UNAUTHORIZED,
    Fault.USER: HTTPStatus.BAD_REQUEST,
    Fault.BUDGET: HTTPStatus.TOO_MANY_REQUESTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A refusal as it goes out."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    media_type: str = MEDIA_TYPE


def status_of(error: SalesCoachError) -> int:
    """Return the HTTP status that says what the error means."""
    if error.code not in _STATUS_OF_CODE and isinstance(error, Transient):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return status_of_code(error.code)


def status_of_code(code: ErrorCode) -> int:
    """Return the status of a refusal with this code."""
    if code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[code]
    return _STATUS_OF_FAULT.get(FAULT_OF[code], HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: SalesCoachError) -> Problem:
    """Return the error as problem details; the running span tells it too."""
    status, info = status_of(error), error.info().model_copy(update={"trace_id": current_trace_id()})
    failed("api", error.code)
    mark_failed(trace.get_current_span(), error)
    body = {"type": "about:blank", "title": info.message, "status": status, **info.model_dump(mode="json")}
    headers: dict[str, str] = {}
    if status == HTTPStatus.UNAUTHORIZED and isinstance(error, NotAllowed):
        headers["WWW-Authenticate"] = "Bearer"
    if error.after_ms is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.after_ms / 1000)))
    return Problem(status=status, content=json.dumps(body).encode(), headers=headers)
