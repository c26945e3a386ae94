"""Keeps credentials and addresses out of logs, whoever logs them: installed once, for every logger of the process."""

import logging
import re
import traceback
from typing import Any

_SECRETS = (
    (re.compile(r"(?i)\b(bearer)\s+[A-Za-z0-9._~+/=-]{6,}"), r"\1 [redacted]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), "[token]"),
    (
        re.compile(
            r"(?i)\b(AccountKey|AccessKey|SharedAccessKey|SharedAccessSignature|sig|client_secret|code_verifier"
            r"|refresh_token|access_token|id_token|assertion|password|x-functions-key)(\"?\s*[=:]\s*\"?)[^;&\s\"',}]+"
        ),
        r"\1\2[redacted]",
    ),
    (re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b"), "[e-mail]"),
)
# Line breaks and other controls in a message could pass for lines of their own, and directions turn a line around;
# half a surrogate pair cannot be written at all.
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def redact(text: str) -> str:
    """Return the text without what would let somebody in, and without e-mail addresses."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


def one_line(text: str) -> str:
    """Return redacted text on one line, controls spelled out."""
    return _CONTROLS.sub(lambda found: repr(found.group())[1:-1], redact(text))


def redacting_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """Make a log record whose message and traceback are redacted; for `logging.setLogRecordFactory`."""
    record = logging.LogRecord(*args, **kwargs)
    try:
        message = record.getMessage()
    except (TypeError, ValueError):
        message = f"{record.msg} {record.args!r}"
    record.msg, record.args = one_line(message), ()
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip())
    return record
