"""What people and teams may use, as the setting `BUDGETS` says.

::

    {"person": {"day": {"tokens": 200000}, "month": {"cost_micros": 20000000}, "soft_percent": 80},
     "team": {"month": {"cost_micros": 500000000}},
     "overrides": {"<team>": {"person": {...}, "team": {...}}},
     "contact": "your sales operations desk"}

Every part may be left out, and what is left out is not limited. Days and months are UTC. An override replaces the
whole of `person` (for the team's members) or `team`; `null` there lifts the limit. People without a team do not share
`team`'s limits, only those an override for `unassigned` sets; what the app does for itself has no limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.usage.amounts import UNITS, Unit
from shared.usage.setting_text import SettingShape
from shared.usage.teams import APP, UNASSIGNED

type Period = Literal["day", "month"]
PERIODS: tuple[Period, ...] = ("day", "month")
type Positive = Annotated[int, Field(gt=0)]


class Ceiling(SettingShape):
    """What may be used within one period."""

    tokens: Positive | None = None
    cost_micros: Positive | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.tokens is None and self.cost_micros is None:
            raise ValueError("give tokens, cost_micros or both")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit: at most `most` of a unit within a period; from `soft` on it is worth a warning."""

    period: Period
    unit: Unit
    most: int
    soft: int

    @property
    def key(self) -> str:
        return f"{self.period}.{self.unit}"


class Limits(SettingShape):
    """The limits of one account; a warning is due at `soft_percent` of any of them."""

    day: Ceiling | None = None
    month: Ceiling | None = None
    soft_percent: Annotated[int, Field(ge=1, le=100)] = 80

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.day is None and self.month is None:
            raise ValueError("give day, month or both")
        return self

    def each(self) -> Iterator[Limit]:
        for period in PERIODS:
            ceiling = self.day if period == "day" else self.month
            for unit in UNITS:
                most = None if ceiling is None else ceiling.tokens if unit == "tokens" else ceiling.cost_micros
                if most is not None:
                    soft = -(-most * self.soft_percent // 100)
                    yield Limit(period=period, unit=unit, most=most, soft=soft)

    @property
    def in_money(self) -> bool:
        return any(limit.unit == "cost_micros" for limit in self.each())


class Override(SettingShape):
    """What differs for one team; a part not given stays as for everybody."""

    person: Limits | None = None
    team: Limits | None = None


class Budgets(SettingShape):
    """Limits for people and for teams. `contact` is whom to ask for more, as words within a sentence."""

    person: Limits | None = None
    team: Limits | None = None
    overrides: dict[str, Override] = Field(default_factory=dict[str, Override])
    contact: Annotated[str, Field(min_length=1, max_length=200)] = "your administrator"

    def of_person(self, team: str) -> Limits | None:
        """Return the limits of a member of the team."""
        override = self.overrides.get(team)
        if override and "person" in override.model_fields_set:
            return override.person
        return None if team == APP else self.person

    def of_team(self, team: str) -> Limits | None:
        """Return the limits of the team as a whole."""
        override = self.overrides.get(team)
        if override and "team" in override.model_fields_set:
            return override.team
        return None if team in {UNASSIGNED, APP} else self.team

    @property
    def in_money(self) -> bool:
        """Whether any limit is one of cost, which needs prices."""
        given = (self.person, self.team, *(part for o in self.overrides.values() for part in (o.person, o.team)))
        return any(limits is not None and limits.in_money for limits in given)


NO_BUDGETS = Budgets()
"""Without `BUDGETS` nothing is limited."""
