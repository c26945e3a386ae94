"""Errors in the shapes and with the codes Azure OpenAI uses."""

from collections.abc import Mapping
from typing import Any

CATEGORIES = ("hate", "self_harm", "sexual", "violence")


class ApiError(Exception):
    """A refused request: an HTTP status with the `{"error": {...}}` body the SDKs parse."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        kind: str | None = "invalid_request_error",
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.kind = kind
        self.param = param
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": error | self.extra}


def unauthorized() -> ApiError:
    return ApiError(
        401,
        "Access denied due to invalid subscription key or wrong API endpoint. "
        "Send a bearer token or an api-key header.",
        code="401",
        kind=None,
    )


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(400, message, param=param, code=code)


def not_found(message: str, *, code: str | None = None) -> ApiError:
    return ApiError(404, message, code=code)


def context_length(window: int, asked: int, param: str) -> ApiError:
    return ApiError(
        400,
        f"This model's maximum context length is {window} tokens. However, your input resulted in {asked} "
        "tokens. Please reduce the length of the input.",
        code="context_length_exceeded",
        param=param,
    )


def safe_results(violating: str | None = None) -> dict[str, Any]:
    """Return content-filter annotations per category; `violating` names the one that is filtered."""
    return {
        name: {"filtered": name == violating, "severity": "medium" if name == violating else "safe"}
        for name in CATEGORIES
    }


def content_filter(api: str) -> ApiError:
    """The refusal of a prompt by the content filter; its shape differs between the two APIs."""
    message = (
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
        "Please modify your prompt and retry."
    )
    results = safe_results("violence") | {"jailbreak": {"filtered": False, "detected": False}}
    extra: dict[str, Any]
    if api == "chat":
        inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
        extra = {"status": 400, "innererror": inner}
        return ApiError(400, message, code="content_filter", kind=None, param="prompt", extra=extra)
    extra = {"content_filters": [{"blocked": True, "source_type": "prompt", "content_filter_results": results}]}
    return ApiError(400, message, code="content_filter", param="prompt", extra=extra)


def rate_limited(retry_after_ms: int = 1000) -> ApiError:
    """A 429 with every header the service sends."""
    seconds = str(max(1, -(-retry_after_ms // 1000)))
    headers = {
        "retry-after": seconds,
        "retry-after-ms": str(retry_after_ms),
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": seconds,
        "x-ratelimit-limit-tokens": "60000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": seconds,
    }
    message = f"Too many requests: the call rate limit of this deployment is exceeded. Retry after {seconds} s."
    return ApiError(429, message, code="429", kind="too_many_requests", headers=headers)


def server_error(status: int = 500) -> ApiError:
    message = "The server had an error while processing your request."
    return ApiError(status, message, code="server_error", kind="server_error")
