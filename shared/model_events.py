"""The Responses API's stream, frame by frame, as the port's events."""

import json
from collections.abc import Mapping
from typing import Any, cast

from shared.errors import SalesCoachError
from shared.model import Finish, ModelCompleted, ModelEvent, TextDelta, ToolRequested
from shared.model_posture import posture, unavailable
from shared.model_sse import Frame
from shared.protocol.shapes import Usage

_TEXT = frozenset({"response.output_text.delta", "response.refusal.delta"})
_ITEM = "response.output_item.done"
_COMPLETED = "response.completed"
_INCOMPLETE = "response.incomplete"
_FAILED = "response.failed"
_ERROR = "error"
_UNNAMED = "message"
# Most frames repeat what others say; only these are worth decoding.
_READ = _TEXT | {_ITEM, _COMPLETED, _INCOMPLETE, _FAILED, _ERROR, _UNNAMED}

type _Json = Mapping[str, Any]


class ResponseReader:
    """Reads one response's frames."""

    def __init__(self) -> None:
        self._asked_for_tools = False

    def read(self, frame: Frame) -> ModelEvent | None:
        """Return what the frame says, None when it says nothing of interest.

        Raises:
            ModelUnavailable: the service failed, or the frame cannot be read.
            ModelFailed: the service refused for good.

        """
        if frame.event not in _READ:
            return None
        body = _decoded(frame.data)
        kind = body.get("type", frame.event)
        if kind in _TEXT:
            text = _text(body.get("delta"))
            return TextDelta(text) if text else None
        if kind == _ITEM:
            return self._item(_object(body.get("item")))
        if kind in (_COMPLETED, _INCOMPLETE):
            return self._end(_object(body.get("response")), is_whole=kind == _COMPLETED)
        if kind in (_FAILED, _ERROR) or "error" in body:
            raise _failure(body)
        return None

    def _item(self, item: _Json) -> ToolRequested | None:
        if item.get("type") != "function_call":
            return None
        self._asked_for_tools = True
        return ToolRequested(name=_text(item.get("name")), arguments=_text(item.get("arguments")))

    def _end(self, response: _Json, *, is_whole: bool) -> ModelCompleted:
        finish: Finish = "tools" if self._asked_for_tools else "stop"
        if not is_whole or response.get("status") == "incomplete":
            reason = _object(response.get("incomplete_details")).get("reason")
            # Any reason we do not know still means that text is missing at the end.
            finish = "content_filter" if reason == "content_filter" else "length"
        return ModelCompleted(finish=finish, usage=_usage(_object(response.get("usage"))))


def _decoded(data: bytes) -> _Json:
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        raise unavailable() from None
    if not isinstance(value, dict):
        raise unavailable()
    return cast("_Json", value)


def _failure(body: _Json) -> SalesCoachError:
    """Find the error object where each kind of failure frame keeps it."""
    response = _object(body.get("response"))
    error = _object(response.get("error")) or _object(body.get("error")) or body
    return posture(None, {}, error)


def _usage(usage: _Json) -> Usage:
    return Usage(
        input_tokens=_count(usage.get("input_tokens")),
        cached_input_tokens=_count(_object(usage.get("input_tokens_details")).get("cached_tokens")),
        output_tokens=_count(usage.get("output_tokens")),
    )


def _count(value: object) -> int:
    return max(value, 0) if isinstance(value, int) else 0


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    if value.isascii():
        return value
    # JSON can spell half a character; nothing downstream could encode it.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _object(value: object) -> _Json:
    return cast("_Json", value) if isinstance(value, Mapping) else {}
