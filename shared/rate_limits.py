"""How fast one person may go: token buckets in this process, as the setting `RATE_LIMITS` says.

::

    {"requests": {"per_minute": 600, "burst": 100},
     "commands": {"per_minute": 600, "burst": 100},
     "questions": {"per_minute": 60, "burst": 20}}

`requests` are those of the HTTP API, `questions` the frames of a socket that ask the coach, `commands` its others.
What is left out keeps the number above; `null` lifts the limit. Each process counts for itself, so a person may go as
often faster as there are processes that serve them (`docs/adr/0014-rate-limits.md`).
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.errors import RateLimited
from shared.usage.setting_text import SettingShape

PEOPLE_KEPT = 10_000
"""Whoever is forgotten had not been seen for longest and starts with a full bucket again."""

type Kind = Literal["requests", "commands", "questions"]


class Rate(SettingShape):
    """So many a minute in the long run, `burst` of them at once."""

    per_minute: Annotated[int, Field(ge=1, le=1_000_000)]
    burst: Annotated[int, Field(ge=1, le=1_000_000)]


class RateLimits(SettingShape):
    """The limits of one person."""

    requests: Rate | None = Rate(per_minute=600, burst=100)
    commands: Rate | None = Rate(per_minute=600, burst=100)
    questions: Rate | None = Rate(per_minute=60, burst=20)


NO_LIMITS = RateLimits(requests=None, commands=None, questions=None)
USUAL_LIMITS = RateLimits()


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimiter:
    """Counts what people send to this process."""

    def __init__(self, limits: RateLimits, now: Callable[[], datetime]) -> None:
        self._rates: dict[Kind, Rate | None] = {
            "requests": limits.requests,
            "commands": limits.commands,
            "questions": limits.questions,
        }
        self._now = now
        self._buckets: OrderedDict[tuple[Kind, str], _Bucket] = OrderedDict()

    def take(self, principal: str, kind: Kind) -> None:
        """Count one.

        Raises:
            RateLimited: it is one too many now; the error says when there is room again.

        """
        rate = self._rates[kind]
        if rate is None:
            return
        bucket = self._refilled(principal, kind, rate)
        if bucket.tokens < 1:
            wait_ms = math.ceil((1 - bucket.tokens) * 60_000 / rate.per_minute)
            raise RateLimited(
                f"Too many {kind}: {rate.per_minute} a minute are allowed. Nothing was done; "
                f"try again in {math.ceil(wait_ms / 1000)} s.",
                after_ms=wait_ms,
            )
        bucket.tokens -= 1

    def _refilled(self, principal: str, kind: Kind, rate: Rate) -> _Bucket:
        now = self._now().timestamp()
        bucket = self._buckets.pop((kind, principal), None) or _Bucket(tokens=rate.burst, at=now)
        gained = max(0.0, now - bucket.at) * rate.per_minute / 60
        bucket.tokens, bucket.at = min(rate.burst, bucket.tokens + gained), now
        self._buckets[kind, principal] = bucket
        if len(self._buckets) > PEOPLE_KEPT:
            self._buckets.popitem(last=False)
        return bucket
