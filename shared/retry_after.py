"""What a service's headers say about when to try again."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_MS = 600_000


def retry_after_ms(headers: Mapping[str, str], now: datetime | None = None) -> int | None:
    """Return the wait in milliseconds, at most ten minutes; None when the headers do not say.

    Reads `retry-after-ms`, `x-ms-retry-after-ms` and `retry-after` (seconds or a date) from a case-insensitive
    mapping.
    """
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        wait = _number(headers.get(name))
        if wait is not None:
            return _clamped(wait)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is None and value is not None:
        seconds = _seconds_until(value, now or datetime.now(UTC))
    return None if seconds is None else _clamped(seconds * 1000)


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _seconds_until(date: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def _clamped(wait_ms: float) -> int:
    return int(min(max(wait_ms, 0), _LONGEST_MS))
