from typing import Any

import pytest
from multidict import CIMultiDict

from shared.errors import ModelFailed, ModelUnavailable
from shared.model_posture import posture
from shared.protocol.codes import ErrorCode

SECRET = "internal-host-7 key=abc"


def error(code: object = None, **more: object) -> dict[str, Any]:
    return {"error": {"code": code, "message": SECRET, **more}}


TRANSIENT: list[tuple[int | None, Any, ErrorCode]] = [
    (429, error("rate_limit_exceeded"), ErrorCode.MODEL_BUSY),
    (429, None, ErrorCode.MODEL_BUSY),
    (408, None, ErrorCode.MODEL_UNAVAILABLE),
    (409, None, ErrorCode.MODEL_UNAVAILABLE),
    (500, error("server_error"), ErrorCode.MODEL_UNAVAILABLE),
    (502, "<html>", ErrorCode.MODEL_UNAVAILABLE),
    (503, None, ErrorCode.MODEL_UNAVAILABLE),
    (None, error("server_error"), ErrorCode.MODEL_UNAVAILABLE),
    (None, {"type": "error", "code": "rate_limit_exceeded", "message": SECRET}, ErrorCode.MODEL_BUSY),
    (None, {}, ErrorCode.MODEL_UNAVAILABLE),
]
FINAL: list[tuple[int | None, Any, ErrorCode]] = [
    (400, error("content_filter"), ErrorCode.CONTENT_FILTERED),
    (400, error(None, innererror={"code": "ResponsibleAIPolicyViolation"}), ErrorCode.CONTENT_FILTERED),
    (400, {"code": "content_filter", "message": SECRET}, ErrorCode.CONTENT_FILTERED),
    (None, {"code": "content_filter"}, ErrorCode.CONTENT_FILTERED),
    (None, {"code": "invalid_prompt"}, ErrorCode.CONTENT_FILTERED),
    (None, {"code": "bio_policy"}, ErrorCode.CONTENT_FILTERED),
    (400, error("context_length_exceeded"), ErrorCode.CONTEXT_TOO_LONG),
    (None, error("context_length_exceeded"), ErrorCode.CONTEXT_TOO_LONG),
    (400, error("invalid_value"), ErrorCode.MODEL_REFUSED_REQUEST),
    (400, [1], ErrorCode.MODEL_REFUSED_REQUEST),
    (401, error("401"), ErrorCode.MODEL_REFUSED_REQUEST),
    (403, None, ErrorCode.MODEL_REFUSED_REQUEST),
    (404, error("DeploymentNotFound"), ErrorCode.MODEL_REFUSED_REQUEST),
    (422, None, ErrorCode.MODEL_REFUSED_REQUEST),
]


@pytest.mark.parametrize(("status", "body", "code"), TRANSIENT)
def test_what_may_pass_is_transient(status: int | None, body: object, code: ErrorCode) -> None:
    found = posture(status, {}, body)
    assert (type(found), found.code, found.retryable) == (ModelUnavailable, code, True)
    assert SECRET not in found.message


@pytest.mark.parametrize(("status", "body", "code"), FINAL)
def test_what_stays_wrong_is_final(status: int | None, body: object, code: ErrorCode) -> None:
    found = posture(status, {}, body)
    assert (type(found), found.code, found.retryable) == (ModelFailed, code, False)
    assert SECRET not in found.message


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_app_says_that_its_access_is_refused(status: int) -> None:
    assert "access to the language model is refused" in posture(status, {}, None).message


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_comes_from_the_headers(status: int) -> None:
    assert posture(status, CIMultiDict({"Retry-After-Ms": "1500"}), None).after_ms == 1500
