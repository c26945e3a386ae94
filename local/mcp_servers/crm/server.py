"""The `crm` server: accounts, pipeline, activities and the forecast."""

from collections.abc import Mapping
from typing import Annotated

from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from local.mcp_servers.crm.activity_log import log
from local.mcp_servers.crm.forecast import make_forecast
from local.mcp_servers.crm.matching import Match, match_name
from local.mcp_servers.crm.queries import (
    MOST_ACCOUNTS,
    account_names,
    activities_of,
    find_account,
    opportunities_of,
    search_accounts,
    totals,
)
from local.mcp_servers.crm.shapes import (
    AccountsAnswer,
    ActivitiesAnswer,
    ActivityKind,
    ForecastAnswer,
    LoggedActivity,
    PipelineAnswer,
)
from local.mcp_servers.crm.store import CrmStore

_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False)
_APPENDS = ToolAnnotations(read_only_hint=False, idempotent_hint=False, destructive_hint=False, open_world_hint=False)

AccountName = Annotated[
    str, Field(min_length=1, max_length=200, description="Company name as the person wrote it, e.g. 'Contoso'.")
]


def crm_server(store: CrmStore, hints: Mapping[CacheableMethod, CacheHint]) -> MCPServer:
    """Return the server over `store`; `hints` tell clients how long its lists stay fresh."""
    server = MCPServer(
        "crm",
        title="CRM",
        version="1.0",
        instructions="Northwind Cloud's customer records. Amounts of different currencies must not be added up.",
        cache_hints=hints,
    )
    for add in (_add_find_accounts, _add_get_pipeline, _add_list_activities, _add_log_activity, _add_forecast):
        add(server, store)
    return server


def _add_find_accounts(server: MCPServer, store: CrmStore) -> None:
    @server.tool(title="Find accounts", annotations=_READ_ONLY)
    async def find_accounts(
        query: Annotated[
            str,
            Field(min_length=1, max_length=200, description="Words of a name, industry, country, segment or owner."),
        ],
    ) -> AccountsAnswer:
        """Find customer and prospect accounts, with their contacts and number of open opportunities.

        Every word of the query must match; at most 10 accounts are returned. Use it to learn whom we know at a
        company, or which companies there are in an industry. For deals call get_pipeline.
        """
        hits = search_accounts(store, query)
        near = [] if hits else list(match_name(query, account_names(store)).near)
        message = f"{len(hits)} accounts." if hits else _nothing(query, near)
        if len(hits) == MOST_ACCOUNTS:
            message = f"The first {MOST_ACCOUNTS} accounts by name; narrow the query to see others."
        return AccountsAnswer(query=query, accounts=hits, did_you_mean=near, message=message)


def _add_get_pipeline(server: MCPServer, store: CrmStore) -> None:
    @server.tool(title="Get an account's pipeline", annotations=_READ_ONLY)
    async def get_pipeline(account: AccountName) -> PipelineAnswer:
        """Return all opportunities of one account with stage, amount, probability, close date, next step and risk.

        Totals are given per currency. A small misspelling of the name is understood and said so in `message`;
        when nothing matches, `found` is false and `did_you_mean` has near names to offer the person.
        """
        found, match = find_account(store, account)
        if found is None:
            near = list(match.near)
            return PipelineAnswer(
                found=False,
                account=None,
                opportunities=[],
                totals=[],
                did_you_mean=near,
                message=_nothing(account, near),
            )
        opportunities = opportunities_of(store, found.id)
        message = f"{len(opportunities)} opportunities at {found.name}.{_caution(account, match)}"
        return PipelineAnswer(
            found=True,
            account=found,
            opportunities=opportunities,
            totals=totals(opportunities),
            did_you_mean=[],
            message=message,
        )


def _add_list_activities(server: MCPServer, store: CrmStore) -> None:
    @server.tool(title="List an account's activities", annotations=_READ_ONLY)
    async def list_activities(
        account: AccountName,
        limit: Annotated[int, Field(ge=1, le=50, description="How many, latest first.")] = 10,
    ) -> ActivitiesAnswer:
        """Return the latest calls, e-mails, meetings, demos, notes and tasks of one account, latest first.

        Use it to see what was last said or promised, e.g. when preparing a meeting.
        """
        found, match = find_account(store, account)
        if found is None:
            near = list(match.near)
            message = _nothing(account, near)
            return ActivitiesAnswer(found=False, account=None, activities=[], did_you_mean=near, message=message)
        activities = activities_of(store, found.id, limit)
        message = f"{len(activities)} latest activities at {found.name}.{_caution(account, match)}"
        return ActivitiesAnswer(found=True, account=found.name, activities=activities, did_you_mean=[], message=message)


def _add_log_activity(server: MCPServer, store: CrmStore) -> None:
    @server.tool(title="Log an activity", annotations=_APPENDS)
    async def log_activity(
        account: AccountName,
        kind: Annotated[ActivityKind, Field(description="What was done.")],
        note: Annotated[str, Field(min_length=1, max_length=2000, description="What was said, agreed or planned.")],
        action_id: Annotated[
            str | None,
            Field(
                min_length=1,
                max_length=128,
                description="A key of this one action: a repeated call with the same key adds nothing.",
            ),
        ] = None,
    ) -> LoggedActivity:
        """Write a new activity, dated today, into an account's record. This changes the CRM for everyone.

        Only call it when the person asked for it. Each call adds an entry unless `action_id` repeats. The account
        name must match without doubt; otherwise nothing is written and the error names near accounts.
        """
        found, match = find_account(store, account)
        if found is None or not match.certain:
            raise ToolError(f"Nothing was logged. {_nothing(account, list(match.near))}")
        return log(store, found, kind=kind, note=note, action_id=action_id)


def _add_forecast(server: MCPServer, store: CrmStore) -> None:
    @server.tool(title="Forecast a quarter", annotations=_READ_ONLY)
    async def forecast(
        owner: Annotated[
            str | None, Field(max_length=100, description="A seller's name; leave out for the whole team.")
        ] = None,
        quarter: Annotated[
            str | None, Field(max_length=20, description="Like 2026-Q4; leave out for the current quarter.")
        ] = None,
    ) -> ForecastAnswer:
        """Sum up won, commit, best case, pipeline and weighted amounts of one calendar quarter, for managers.

        One line an owner and currency; different currencies must not be added up.
        """
        return make_forecast(store, owner, quarter)


def _nothing(wanted: str, near: list[str]) -> str:
    hint = (
        f" Near names: {', '.join(near)}." if near else " Use find_accounts with an industry or country to look around."
    )
    return f"No single account matches {wanted!r}.{hint}"


def _caution(wanted: str, match: Match) -> str:
    return "" if match.certain else f" {wanted!r} was taken to mean {match.name!r}; say so."
