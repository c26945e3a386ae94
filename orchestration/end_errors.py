"""What a turn that did not end well tells the person."""

import re

from pydantic import ValidationError

from orchestration.messages import LIMIT_STEPS, LIMIT_TIME, FinishRequest
from shared.errors import ModelUnavailable
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.shapes import ErrorInfo

UNAVAILABLE = "The model could not be reached. Your question is saved; ask again in a moment."
_ERROR_INFO = re.compile(r'\{"code":.*\}')
EXHAUSTED = {
    LIMIT_STEPS: ErrorInfo(
        code=ErrorCode.LIMIT_STEPS,
        fault=FAULT_OF[ErrorCode.LIMIT_STEPS],
        message="The coach used all its steps for one question. This is what it found so far.",
        retryable=False,
    ),
    LIMIT_TIME: ErrorInfo(
        code=ErrorCode.LIMIT_TIME,
        fault=FAULT_OF[ErrorCode.LIMIT_TIME],
        message="This took longer than a turn may. What was written so far is saved.",
        retryable=False,
    ),
}


def end_error(request: FinishRequest) -> ErrorInfo | None:
    """Return the error of the turn's terminal event; words that are not ours never reach a person."""
    if request.status == "exhausted":
        return EXHAUSTED[LIMIT_STEPS if request.error == LIMIT_STEPS else LIMIT_TIME]
    if request.status != "failed":
        return None
    return _parsed(request.error) or ModelUnavailable(UNAVAILABLE).info()


def _parsed(error: str | None) -> ErrorInfo | None:
    """Read the `ErrorInfo` in a text; an engine may put words of its own around what an activity raised."""
    found = _ERROR_INFO.search(error or "")
    try:
        return ErrorInfo.model_validate_json(found[0]) if found else None
    except ValidationError:
        return None


def code_of(error: str | None) -> ErrorCode | None:
    """Return the code in `error`, if it is an `ErrorInfo`."""
    known = _parsed(error)
    return known.code if known else None
