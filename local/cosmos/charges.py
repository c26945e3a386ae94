"""Request units: a plausible model, meaningful for comparing one request with another only."""

import math
from typing import Final

_KILOBYTE: Final = 1024


def _started(size: int) -> int:
    return max(1, math.ceil(size / _KILOBYTE))


def read(size: int) -> float:
    """A point read: 1 RU for each started kilobyte."""
    return float(_started(size))


def write(size: int) -> float:
    """A write of an item with its index entries."""
    return 0.5 + 5.0 * _started(size)


def delete() -> float:
    return 5.5


def query(scanned: int) -> float:
    """A query: a fixed part, and what it had to look at."""
    return 2.3 + 0.3 * scanned / _KILOBYTE


def feed(returned: int) -> float:
    """A page of the change feed or of a read feed."""
    return float(_started(returned))


def metadata() -> float:
    return 1.0
