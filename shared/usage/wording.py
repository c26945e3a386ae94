"""Budgets in words: what was used, of what, when there is more, and whom to ask."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from shared.clock import iso
from shared.usage.amounts import Unit
from shared.usage.budgets import Limit, Period

type Scope = Literal["person", "team"]
_MICRO = 1_000_000
_PERIODS: dict[Period, str] = {"day": "today", "month": "this month"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who is spoken of, and what does not change from sentence to sentence."""

    scope: Scope
    team: str
    currency: str
    contact: str

    @property
    def _have(self) -> str:
        return "You have" if self.scope == "person" else f"Your team {self.team} has"

    @property
    def _whose(self) -> str:
        return "your" if self.scope == "person" else f"your team {self.team}'s"

    def warning(self, limit: Limit, day: str, used: int) -> str:
        share = f"{percent(used, limit.most)} % of {self._own(limit)} ({self._amount(limit.unit, used)})"
        return f"{self._have} used {share}. {self._more(limit, day)}"

    def used_up(self, limit: Limit, day: str, used: int) -> str:
        share = f"{self._amount(limit.unit, used)} of {self._own(limit)}"
        return f"{self._have} used {share}, so no more questions can be answered. {self._more(limit, day)}"

    def too_little_left(self, limit: Limit, day: str, used: int, need: int) -> str:
        share = f"{self._amount(limit.unit, used)} of {self._own(limit)}"
        may_need = f"the answer may need {self._amount(limit.unit, need)}, more than is left"
        return f"{self._have} used {share}, and {may_need}. {self._more(limit, day)}"

    def held(self, limit: Limit) -> str:
        return (
            f"What is left of {self._whose} {self._most(limit)} is reserved by answers that are being written. "
            "Ask again when they have ended."
        )

    def _own(self, limit: Limit) -> str:
        return f"{'your' if self.scope == 'person' else 'its'} {self._most(limit)}"

    def _most(self, limit: Limit) -> str:
        return f"{self._amount(limit.unit, limit.most)} for {_PERIODS[limit.period]}"

    def _more(self, limit: Limit, day: str) -> str:
        moment = resets_at(limit.period, day)
        return f"The count starts anew on {moment.day} {moment:%B} at 00:00 UTC; for more now, ask {self.contact}."

    def _amount(self, unit: Unit, value: int) -> str:
        return f"{value:,} tokens" if unit == "tokens" else f"{self.currency} {value / _MICRO:,.2f}"


def percent(used: int, most: int) -> int:
    return used * 100 // most


def resets_at(period: Period, day: str) -> datetime:
    """Return when (UTC) the period that contains the day is over."""
    today = date.fromisoformat(day)
    following = today + timedelta(days=1)
    if period == "month":
        following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, following.day, tzinfo=UTC)


def resets_text(period: Period, day: str) -> str:
    return iso(resets_at(period, day))
