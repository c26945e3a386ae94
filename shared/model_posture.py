"""What a refusal or a failure of the model service means: ask again, or give up, and in which words."""

from collections.abc import Mapping
from typing import cast

from shared.errors import ModelFailed, ModelUnavailable
from shared.protocol.codes import ErrorCode
from shared.retry_after import retry_after_ms

_SERVER_ERROR = 500
_REQUEST_TIMEOUT = 408
_CONFLICT = 409
_TOO_EARLY = 425
_TOO_MANY = 429
_FILTER_CODES = frozenset(
    {
        "content_filter",
        "ResponsibleAIPolicyViolation",
        "content_policy_violation",
        "invalid_prompt",
        "bio_policy",
        "misalignment_policy_violation",
    }
)
"""What Azure and OpenAI call it when the rules for content hold a prompt or an answer back, in a body or a stream."""
_BUSY_CODES = frozenset({"rate_limit_exceeded", "too_many_requests", "429"})
_DENIED = {
    401: "The app's access to the language model is refused. An administrator has to look at it.",
    403: "The app's access to the language model is refused. An administrator has to look at it.",
    404: "The language model the app is set up with does not exist. An administrator has to look at it.",
}


def posture(status: int | None, headers: Mapping[str, str], body: object) -> ModelFailed | ModelUnavailable:
    """Return the error to raise for a failed answer.

    `status` is the HTTP status, None for an error inside a stream that began well. `headers` is case-insensitive.
    `body` is the decoded JSON, with or without its `error` envelope; nothing of it is shown to people.
    """
    codes = _codes(body)
    if status == _TOO_MANY or (status is None and codes & _BUSY_CODES):
        return ModelUnavailable(
            "The language model is busy. Please try again in a moment.",
            code=ErrorCode.MODEL_BUSY,
            after_ms=retry_after_ms(headers),
        )
    if codes & _FILTER_CODES:
        return content_filtered()
    if "context_length_exceeded" in codes:
        return ModelFailed(
            "This conversation has become too long for the language model. Start a new one to go on.",
            code=ErrorCode.CONTEXT_TOO_LONG,
        )
    if status is None or status >= _SERVER_ERROR or status in (_REQUEST_TIMEOUT, _CONFLICT, _TOO_EARLY):
        return unavailable(retry_after_ms(headers))
    return ModelFailed(_DENIED.get(status, "The language model did not accept the request."))


def unavailable(after_ms: int | None = None) -> ModelUnavailable:
    """Return the error for a connection that failed, or an answer that broke off or cannot be read."""
    return ModelUnavailable("The language model did not answer properly. Please try again.", after_ms=after_ms)


def content_filtered() -> ModelFailed:
    """Return the error for a question the service's content rules block."""
    return ModelFailed(
        "The content rules of the language model blocked this. Please put it another way.",
        code=ErrorCode.CONTENT_FILTERED,
    )


def _codes(body: object) -> frozenset[str]:
    """Return every code of an error body: its own, its type, and the inner one Azure adds."""
    error = _mapping(body)
    error = _mapping(error.get("error")) or error
    inner = _mapping(error.get("innererror")) or _mapping(error.get("inner_error"))
    found = (error.get("code"), error.get("type"), inner.get("code"))
    return frozenset(str(code) for code in found if isinstance(code, str | int))


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
