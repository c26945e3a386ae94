"""Points in time, as ISO 8601 text with seven decimals or as milliseconds since 1970."""

# A function's pattern checks what reaches its lambda, so the parameters need no types of their own.
# pyright: reportUnknownLambdaType=false

import calendar
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Final

from local.cosmos.sql.functions.signature import Function
from local.cosmos.values import UNDEFINED, Value

_MONTHS: Final = {"year": 12, "yyyy": 12, "yy": 12, "month": 1, "mm": 1, "m": 1}
_MICROSECONDS: Final = {
    **dict.fromkeys(("day", "dd", "d"), 86_400_000_000),
    **dict.fromkeys(("hour", "hh"), 3_600_000_000),
    **dict.fromkeys(("minute", "mi", "n"), 60_000_000),
    **dict.fromkeys(("second", "ss", "s"), 1_000_000),
    **dict.fromkeys(("millisecond", "ms"), 1_000),
    **dict.fromkeys(("microsecond", "mcs"), 1),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ahead: Final = ContextVar("seconds ahead", default=0.0)


def parse_time(text: str) -> datetime:
    """Read ISO 8601; a time without zone is UTC; digits beyond microseconds are cut.

    Raises:
        ValueError: the text is no time.

    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def format_time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"


@contextmanager
def shifted(seconds: float) -> Generator[None]:
    """Let the current time of queries run inside the block be ahead by `seconds`."""
    token = _ahead.set(seconds)
    try:
        yield
    finally:
        _ahead.reset(token)


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_ahead.get())


def _ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND * 10


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _add(part: str, count: float, text: str) -> Value:
    moment, unit = parse_time(text), part.lower()
    if unit in _MONTHS:
        months = moment.year * 12 + moment.month - 1 + int(count) * _MONTHS[unit]
        year, month = divmod(months, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return format_time(moment.replace(year=year, month=month + 1, day=day))
    if unit in _MICROSECONDS:
        return format_time(moment + int(count) * _MICROSECONDS[unit] * _MICROSECOND)
    return UNDEFINED


def _difference(part: str, start: str, end: str) -> Value:
    """Count the boundaries of the part crossed from start to end."""
    first, last, unit = parse_time(start), parse_time(end), part.lower()
    if unit in _MONTHS:
        months = [moment.year * 12 + moment.month - 1 for moment in (first, last)]
        return months[1] // _MONTHS[unit] - months[0] // _MONTHS[unit]
    if unit in _MICROSECONDS:
        ticks = [(moment - _EPOCH) // _MICROSECOND for moment in (first, last)]
        return ticks[1] // _MICROSECONDS[unit] - ticks[0] // _MICROSECONDS[unit]
    return UNDEFINED


def _part(part: str, text: str) -> Value:
    moment = parse_time(text)
    parts = {
        ("year", "yyyy", "yy"): moment.year,
        ("month", "mm", "m"): moment.month,
        ("day", "dd", "d"): moment.day,
        ("hour", "hh"): moment.hour,
        ("minute", "mi", "n"): moment.minute,
        ("second", "ss", "s"): moment.second,
        ("millisecond", "ms"): moment.microsecond // 1000,
        ("microsecond", "mcs"): moment.microsecond,
        ("weekday", "dw", "w"): moment.isoweekday() % 7 + 1,
    }
    return next((value for names, value in parts.items() if part.lower() in names), UNDEFINED)


def _from_milliseconds(value: float) -> Value:
    return format_time(_EPOCH + timedelta(milliseconds=value))


DATES: Final = {
    "GETCURRENTDATETIME": Function("", lambda: format_time(_now())),
    "GETCURRENTTIMESTAMP": Function("", lambda: _milliseconds(_now())),
    "GETCURRENTTICKS": Function("", lambda: _ticks(_now())),
    "DATETIMETOTICKS": Function("s", lambda text: _ticks(parse_time(text))),
    "DATETIMEADD": Function("sis", _add),
    "DATETIMEDIFF": Function("sss", _difference),
    "DATETIMEPART": Function("ss", _part),
    "DATETIMETOTIMESTAMP": Function("s", lambda text: _milliseconds(parse_time(text))),
    "TIMESTAMPTODATETIME": Function("n", _from_milliseconds),
}
