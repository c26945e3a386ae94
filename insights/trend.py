"""How often something was asked, week by week, and where that goes. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from shared.common_questions.shapes import Week

SHOWN_WEEKS = 12
_COMPARED = 4
_CHANGE = 1.5
_FEWEST = 4


def per_week(weeks_asked: Iterable[str], latest_first: Sequence[str]) -> tuple[Week, ...]:
    """Count by week: the last `SHOWN_WEEKS`, oldest first, empty ones too."""
    counts = Counter(weeks_asked)
    return tuple(Week(week=week, count=counts[week]) for week in reversed(latest_first[:SHOWN_WEEKS]))


def direction(weeks: Sequence[Week]) -> Literal["growing", "steady", "falling"]:
    """Compare the last four weeks with the four before; a handful of questions says nothing."""
    latest = sum(week.count for week in weeks[-_COMPARED:])
    before = sum(week.count for week in weeks[-2 * _COMPARED : -_COMPARED])
    if max(latest, before) < _FEWEST:
        return "steady"
    if latest >= before * _CHANGE:
        return "growing"
    return "falling" if before >= latest * _CHANGE else "steady"
