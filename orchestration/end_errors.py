"""What a turn that did not end well tells the person."""

import re

from pydantic import ValidationError

from orchestration.messages import FinishRequest
from shared.errors import ModelUnavailable
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.durable import MessageCompleted
from shared.protocol.shapes import ErrorInfo

UNAVAILABLE = "The model could not be reached. Your question is saved; ask again in a moment."
_ERROR_INFO = re.compile(r'\{"code":.*\}')
EXHAUSTED = {
    ErrorCode.LIMIT_STEPS: "The coach used all its steps for one question. This is what it found so far.",
    ErrorCode.LIMIT_CALLS: "The coach used all its tool calls for one question. This is what it found so far.",
    ErrorCode.LIMIT_TOKENS: "This question needed more text than one turn may use. This is what it found so far.",
    ErrorCode.LIMIT_TIME: "This took longer than a turn may. What was written so far is saved.",
    ErrorCode.LIMIT_LENGTH: "The answer is longer than one may be: its end is missing. Ask the coach to go on.",
}


def limit_of(step: MessageCompleted) -> ErrorCode | None:
    """Return the limit that made a step its turn's last, or cut its answer."""
    return step.limit or (ErrorCode.LIMIT_LENGTH if step.finish == "length" else None)


def end_error(request: FinishRequest) -> ErrorInfo | None:
    """Return the error of the turn's terminal event; words that are not ours never reach a person."""
    if request.status == "exhausted":
        code = next((code for code in EXHAUSTED if code == request.error), ErrorCode.LIMIT_TIME)
        return ErrorInfo(code=code, fault=FAULT_OF[code], message=EXHAUSTED[code], retryable=False)
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


def retry_hint_ms(error: str | None) -> int | None:
    """Return how long the failed service asked to be left alone, if `error` tells."""
    known = _parsed(error)
    return known.after_ms if known else None


def code_of(error: str | None) -> ErrorCode | None:
    """Return the code in `error`, if it is an `ErrorInfo`."""
    known = _parsed(error)
    return known.code if known else None
