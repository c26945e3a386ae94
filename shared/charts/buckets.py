"""The span of time a day falls into, as a label that sorts in order of time. Pure."""

from collections.abc import Callable
from datetime import date, timedelta

from shared.charts.proposal import Bucket

_LABELS: dict[Bucket, Callable[[date], str]] = {
    "day": lambda day: day.isoformat(),
    "week": lambda day: (day - timedelta(days=day.weekday())).isoformat(),
    "month": lambda day: f"{day:%Y-%m}",
    "quarter": lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day:%Y}",
}


def bucket_of(day: date, bucket: Bucket) -> str:
    """Return the label; a week's is its Monday."""
    return _LABELS.get(bucket, _LABELS["day"])(day)
