"""What a call that raised means: was the tool run, and what may be said about it.

The facts are gathered at the wire, the judgement is this one pure function. When in doubt the outcome is `unknown`:
calling again could repeat an effect.
"""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from shared.tools.challenges import Challenge
from shared.tools.text import clean_line

_CLOSED = -32000
_INVALID_PARAMETERS = -32602
_PARSE_ERROR = -32700
_REFUSED_BEFORE_THE_TOOL = frozenset({-32601, -32020, -32021, -32022})
"""Method not found, header mismatch, missing client capability, unsupported version."""
_MAY_HAVE_RUN = frozenset({-32000, -32001, -32600, -32603})
"""Closed, timed out, answered out of protocol, internal error."""
_REFUSED_STATUS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_FIRST_REDIRECT, _FIRST_REFUSAL, _FIRST_FAULT = 300, 400, 500

UNUSABLE = "The tool ran but its result could not be used."
_UNKNOWN = "It is not known whether the tool did its work: {reason}. Do not assume either; check before repeating it."


class Meaning(StrEnum):
    """What follows from a failure."""

    NOT_EXECUTED = "not_executed"
    """Proven not to have run; the same call may be made again."""
    REJECTED = "rejected"
    """Proven not to have run: what we know about the server is out of date or wrong."""
    INVALID = "invalid"
    """Proven not to have run: the server refused the arguments, or the state that came with them."""
    SIGNED_OUT = "signed_out"
    """Proven not to have run: the server wants another credential."""
    NARROW = "narrow"
    """Proven not to have run: the server wants a credential that was given for more."""
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailure:
    """What was seen at the wire of a call that raised."""

    sent: bool
    """The request may have reached the server."""
    http_status: int | None = None
    challenge: Challenge | None = None
    """The credential was refused (HTTP 401 or 403), for the call or for what had to go before it."""
    forbidden: bool = False
    """The server's address may not be reached."""
    too_large: bool = False
    timed_out: bool = False
    protocol_code: int | None = None
    """The JSON-RPC error code the server, or the SDK on its behalf, gave."""
    protocol_message: str = ""
    result_unusable: bool = False
    """The server answered, and the answer broke the protocol's or the tool's schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The meaning of a failure and the sentence the model reads."""

    meaning: Meaning
    text: str
    challenge: Challenge | None = None


def judge(failure: CallFailure) -> Judgement:
    """Return what a failed call means. Total: every combination of facts has an answer."""
    if failure.forbidden:
        return _judgement(Meaning.FAILED, "The tool server has an address that may not be reached.")
    if failure.challenge is not None:
        return _by_challenge(failure.challenge)
    if not failure.sent:
        return _judgement(Meaning.NOT_EXECUTED, "The tool server could not be reached.")
    if failure.too_large:
        return _judgement(Meaning.FAILED, "The tool ran but its result was too large to take.")
    return _by_status(failure) or _by_code(failure) or _by_exception(failure)


def unwell(failure: CallFailure) -> bool | None:
    """Tell whether a failure shows that the server is not well; None when it says nothing either way."""
    if failure.forbidden or failure.too_large:
        return None
    if failure.http_status is not None and failure.http_status >= _FIRST_REDIRECT:
        return None if failure.http_status == HTTPStatus.TOO_MANY_REQUESTS else failure.http_status >= _FIRST_FAULT
    if failure.challenge is not None:
        return False
    broke_off = failure.protocol_code in (None, _CLOSED) and not failure.result_unusable
    return not failure.sent or failure.timed_out or broke_off


def _by_challenge(challenge: Challenge) -> Judgement:
    if challenge.signed_out:
        meaning, text = Meaning.SIGNED_OUT, "The tool server did not accept the coach's sign-in."
    elif challenge.narrow:
        meaning, text = Meaning.NARROW, "The tool was not called: its server wants more rights than the sign-in gives."
    else:
        meaning, text = Meaning.FAILED, "The tool was not called: its server does not allow that to this sign-in."
    return Judgement(meaning=meaning, text=text, challenge=challenge)


def _by_status(failure: CallFailure) -> Judgement | None:
    status = failure.http_status
    if status is None or status < _FIRST_REDIRECT:
        return None
    if status < _FIRST_REFUSAL:
        return _judgement(Meaning.FAILED, "The tool server redirected the call, which is not followed.")
    if status >= _FIRST_FAULT:
        return _unknown(f"the tool server answered HTTP {status}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _judgement(Meaning.NOT_EXECUTED, "The tool server is busy.")
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return _unknown("the tool server gave up waiting")
    if status in _REFUSED_STATUS and failure.protocol_code != _INVALID_PARAMETERS:
        return _judgement(Meaning.REJECTED, f"The tool server refused the call (HTTP {status}).")
    return _refused(failure)


def _by_code(failure: CallFailure) -> Judgement | None:
    code = failure.protocol_code
    if code is None:
        return None
    if code in _REFUSED_BEFORE_THE_TOOL:
        return _judgement(Meaning.REJECTED, _refused(failure).text)
    if code in _MAY_HAVE_RUN:
        return _unknown(_reason(failure))
    if code == _PARSE_ERROR:
        return _judgement(Meaning.FAILED, UNUSABLE)
    return _refused(failure)


def _by_exception(failure: CallFailure) -> Judgement:
    if failure.timed_out:
        return _unknown(_reason(failure))
    if failure.result_unusable:
        return _judgement(Meaning.FAILED, UNUSABLE)
    return _unknown(_reason(failure))


def _reason(failure: CallFailure) -> str:
    return "it did not answer in time" if failure.timed_out else "the connection broke before the answer was complete"


def _refused(failure: CallFailure) -> Judgement:
    detail = clean_line(failure.protocol_message) or f"HTTP {failure.http_status}"
    meaning = Meaning.INVALID if failure.protocol_code == _INVALID_PARAMETERS else Meaning.FAILED
    return _judgement(meaning, f"The tool server refused the call: {detail}")


def _unknown(reason: str) -> Judgement:
    return _judgement(Meaning.UNKNOWN, _UNKNOWN.format(reason=reason))


def _judgement(meaning: Meaning, text: str) -> Judgement:
    return Judgement(meaning=meaning, text=text)
