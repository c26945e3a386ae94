"""The forecast of one quarter, by owner and currency."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from mcp.server.mcpserver.exceptions import ToolError

from local.mcp_servers.crm.matching import match_name
from local.mcp_servers.crm.queries import opportunity
from local.mcp_servers.crm.shapes import OPEN_STAGES, ForecastAnswer, ForecastLine, Opportunity
from local.mcp_servers.crm.store import CrmStore

_QUARTER = re.compile(r"(?P<year>20\d\d)[- ]?Q(?P<number>[1-4])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A calendar quarter; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(year=day.year, number=(day.month - 1) // 3 + 1)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read `2026-Q4`.

        Raises:
            ToolError: it is something else.

        """
        found = _QUARTER.fullmatch(text.strip())
        if not found:
            raise ToolError(f"{text!r} is no quarter; write it like 2026-Q4, or leave it out for the current one.")
        return cls(year=int(found["year"]), number=int(found["number"]))

    @property
    def starts(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def ends(self) -> date:
        month = self.number * 3
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def make_forecast(store: CrmStore, owner: str | None, quarter: str | None) -> ForecastAnswer:
    """Sum up what closes in the quarter (default: the current one), for one owner or for all.

    Raises:
        ToolError: the quarter cannot be read, or no owner has that name; the message names those there are.

    """
    period = Quarter.parse(quarter) if quarter else Quarter.of(store.today())
    owners = [row["owner"] for row in store.rows("SELECT DISTINCT owner FROM opportunities ORDER BY owner")]
    wanted = _owner(owner, owners) if owner else None
    rows = store.rows(
        "SELECT * FROM opportunities WHERE close_date BETWEEN ? AND ? AND owner = coalesce(?, owner)",
        (period.starts.isoformat(), period.ends.isoformat(), wanted),
    )
    groups: dict[tuple[str, str], list[Opportunity]] = {}
    for row in rows:
        one = opportunity(row, store.today())
        groups.setdefault((one.owner, one.currency), []).append(one)
    return ForecastAnswer(
        quarter=str(period),
        starts=period.starts,
        ends=period.ends,
        owner=wanted,
        lines=[_line(*key, groups[key]) for key in sorted(groups)],
        owners=owners,
        message=f"{len(rows)} opportunities close in {period}." if rows else f"Nothing closes in {period}.",
    )


def _owner(wanted: str, owners: list[str]) -> str:
    found = match_name(wanted, owners).name
    if found is None:
        raise ToolError(f"No opportunity owner is called {wanted!r}. There are: {', '.join(owners)}.")
    return found


def _line(owner: str, currency: str, opportunities: list[Opportunity]) -> ForecastLine:
    def amount(*stages: str) -> int:
        return sum(one.amount for one in opportunities if one.stage in stages)

    won = amount("Closed Won")
    expected = sum(one.amount * one.probability for one in opportunities if one.stage in OPEN_STAGES)
    return ForecastLine(
        owner=owner,
        currency=currency,
        won=won,
        commit=amount("Negotiation"),
        best_case=amount("Evaluation", "Proposal"),
        pipeline=amount("Prospecting", "Discovery"),
        weighted=won + round(expected / 100),
        opportunities=len(opportunities),
        overdue=sum(one.overdue for one in opportunities),
    )
