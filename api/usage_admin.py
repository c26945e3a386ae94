"""What people, teams and models used, and what security events there were, for administrators."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.inputs import WHOLE, Day, Input
from shared.errors import CommandRefused
from shared.people import People
from shared.protocol.shapes import Usage
from shared.security_events import Of, SecurityEvents, SecurityKind
from shared.usage.report import UsageLine, UsageReports

ADMIN = frozenset({"Admin"})
_TAG = "admin"
_MAX_DAYS = 400
_MAX_NAMES = 100
_AFTER_ALL = "9999-12-31T24"


class UsageQuery(Input):
    """What ended from the day `since` to the day `until`, both included, UTC; of one `team`, or of all."""

    since: Day
    until: Day
    team: Annotated[str, Field(min_length=1, max_length=60)] | None = None


class UsageRow(Output):
    """What one person used of one model as a member of one team: in so many `turns`, and by side products."""

    team: str
    person: str
    model: str
    turns: int
    usage: Usage


class Sum(Output):
    """What was used together by all that share a name; side products make no `turns`."""

    name: str
    turns: int
    usage: Usage


class UsageReply(Output):
    """Lines, and their sums by team, person and model. Costs are in millionths of `currency`.

    What the app does for itself, such as finding common questions, is on the account of `system` in the team `app`.

    `names` are those of the people who used most, as far as their sign-in is still known.
    """

    currency: str
    names: dict[str, str]
    lines: tuple[UsageRow, ...]
    teams: tuple[Sum, ...]
    people: tuple[Sum, ...]
    models: tuple[Sum, ...]


class SecurityQuery(Input):
    """Events of one `day` (UTC), newest first, older than `before` (the page's `next`).

    Only of one `kind`, and of one `person`, if they are named.
    """

    day: Day
    kind: SecurityKind | None = None
    person: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    before: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=200), WHOLE] = 100


class SecurityRow(Output):
    """One event; `detail` names what, never what was said."""

    at: str
    kind: str
    principal: str
    detail: str


class SecurityReply(Output):
    """Events, newest first; `next` continues with older ones.

    `names` are those of their people, as far as their sign-in is still known.
    """

    events: tuple[SecurityRow, ...]
    names: dict[str, str]
    next: str | None


class UsageAdminApi:
    """Endpoints over accounts and security events, with role `Admin`."""

    def __init__(self, reports: UsageReports, security: SecurityEvents, people: People, currency: str) -> None:
        self._reports = reports
        self._people = people
        self._security = security
        self._currency = currency

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="admin_usage",
                method="GET",
                path="manage/usage",
                summary="What people, teams and models used",
                handle=self.usage,
                tag=_TAG,
                query=UsageQuery,
                reply=UsageReply,
                roles=ADMIN,
            ),
            Endpoint(
                name="admin_security",
                method="GET",
                path="manage/security",
                summary="Security events of a day",
                handle=self.security,
                tag=_TAG,
                query=SecurityQuery,
                reply=SecurityReply,
                roles=ADMIN,
            ),
        )

    async def usage(self, request: ApiRequest) -> ApiReply:
        wanted = request.query_as(UsageQuery)
        first, last = wanted.since, wanted.until
        if not timedelta() <= last - first <= timedelta(days=_MAX_DAYS):
            raise CommandRefused(f"until: must be `since` or later, by at most {_MAX_DAYS} days")
        if wanted.team is not None and wanted.team not in self._reports.teams:
            raise CommandRefused(f"team: there are {', '.join(self._reports.teams)}")
        teams = self._reports.teams if wanted.team is None else (wanted.team,)
        until = (last + timedelta(days=1)).isoformat() if last < date.max else _AFTER_ALL
        report = _summed(await self._reports.lines(first.isoformat(), until, teams), self._currency)
        names = await self._people.names([person.name for person in report.people[:_MAX_NAMES]])
        return ApiReply(body=report.model_copy(update={"names": names}))

    async def security(self, request: ApiRequest) -> ApiReply:
        wanted = request.query_as(SecurityQuery)
        named = Of(kind=wanted.kind, principal=wanted.person)
        events = await self._security.of_day(wanted.day.isoformat(), before=wanted.before, limit=wanted.limit, of=named)
        rows = tuple(SecurityRow(at=e.at, kind=e.kind, principal=e.principal, detail=e.detail) for e in events)
        names = await self._people.names(sorted({event.principal for event in events}))
        after = events[-1].id if len(events) == wanted.limit else None
        return ApiReply(body=SecurityReply(events=rows, names=names, next=after))


def _summed(lines: list[UsageLine], currency: str) -> UsageReply:
    return UsageReply(
        currency=currency,
        names={},
        lines=tuple(
            UsageRow(team=line.team, person=line.person, model=line.model, turns=line.turns, usage=line.usage)
            for line in lines
        ),
        teams=_sums((line.team, line) for line in lines),
        people=_sums((line.person, line) for line in lines),
        models=_sums((line.model, line) for line in lines),
    )


def _sums(named: Iterable[tuple[str, UsageLine]]) -> tuple[Sum, ...]:
    sums: dict[str, Sum] = {}
    for name, line in named:
        before = sums.get(name) or Sum(name=name, turns=0, usage=Usage())
        sums[name] = Sum(name=name, turns=before.turns + line.turns, usage=before.usage + line.usage)
    return tuple(
        sorted(sums.values(), key=lambda total: total.usage.input_tokens + total.usage.output_tokens, reverse=True)
    )
