"""Turns database rows into the answers of the CRM's tools."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from local.mcp_servers.crm.matching import Match, containing, match_name, normalise
from local.mcp_servers.crm.shapes import (
    OPEN_STAGES,
    PROBABILITY,
    AccountHit,
    Activity,
    Contact,
    CurrencyTotal,
    Opportunity,
)
from local.mcp_servers.crm.shapes import Account as AccountShape
from local.mcp_servers.crm.store import CrmStore

MOST_ACCOUNTS = 10


def find_account(store: CrmStore, wanted: str) -> tuple[AccountShape | None, Match]:
    """Return the account meant by `wanted`, if any, and how it was matched."""
    match = match_name(wanted, account_names(store))
    if match.name is None:
        return None, match
    (row,) = store.rows("SELECT * FROM accounts WHERE name = ?", (match.name,))
    return _account(row), match


def account_names(store: CrmStore) -> list[str]:
    return [row["name"] for row in store.rows("SELECT name FROM accounts ORDER BY name")]


def search_accounts(store: CrmStore, query: str) -> list[AccountHit]:
    """Return accounts whose name, industry, country, segment or owner has every word of `query`, by name."""
    text = normalise(query)
    if not text:
        return []
    rows = store.rows("SELECT * FROM accounts ORDER BY name")
    described = {
        row["name"]: normalise(" ".join(row[key] for key in ("name", "industry", "country", "segment", "owner")))
        for row in rows
    }
    wanted = set(containing(text, described))
    return [_hit(store, row) for row in rows if row["name"] in wanted][:MOST_ACCOUNTS]


def _hit(store: CrmStore, row: sqlite3.Row) -> AccountHit:
    contacts = store.rows("SELECT * FROM contacts WHERE account_id = ? ORDER BY id", (row["id"],))
    opportunities = opportunities_of(store, row["id"])
    return AccountHit(
        account=_account(row),
        contacts=[Contact(name=c["name"], title=c["title"], email=c["email"], role=c["role"]) for c in contacts],
        open_opportunities=sum(one.stage in OPEN_STAGES for one in opportunities),
    )


def _account(row: sqlite3.Row) -> AccountShape:
    return AccountShape.model_validate({key: row[key] for key in AccountShape.model_fields})


def opportunities_of(store: CrmStore, account_id: str) -> list[Opportunity]:
    """Return open opportunities by close date, then closed ones, latest first."""
    rows = store.rows("SELECT * FROM opportunities WHERE account_id = ? ORDER BY close_date, id", (account_id,))
    found = [opportunity(row, store.today()) for row in rows]
    open_ones = [one for one in found if one.stage in OPEN_STAGES]
    return open_ones + [one for one in reversed(found) if one.stage not in OPEN_STAGES]


def opportunity(row: sqlite3.Row, today: date) -> Opportunity:
    stage, close_date = row["stage"], date.fromisoformat(row["close_date"])
    return Opportunity(
        id=row["id"],
        name=row["name"],
        stage=stage,
        amount=row["amount"],
        currency=row["currency"],
        probability=PROBABILITY[stage],
        close_date=close_date,
        overdue=stage in OPEN_STAGES and close_date < today,
        owner=row["owner"],
        next_step=row["next_step"],
        risk=row["risk"],
    )


def totals(opportunities: Iterable[Opportunity]) -> list[CurrencyTotal]:
    by_currency: dict[str, list[Opportunity]] = {}
    for one in opportunities:
        by_currency.setdefault(one.currency, []).append(one)
    return [_total(currency, by_currency[currency]) for currency in sorted(by_currency)]


def _total(currency: str, opportunities: list[Opportunity]) -> CurrencyTotal:
    still_open = [one for one in opportunities if one.stage in OPEN_STAGES]
    return CurrencyTotal(
        currency=currency,
        open_count=len(still_open),
        open_amount=sum(one.amount for one in still_open),
        weighted_amount=round(sum(one.amount * one.probability for one in still_open) / 100),
        won_amount=sum(one.amount for one in opportunities if one.stage == "Closed Won"),
    )


def activities_of(store: CrmStore, account_id: str, limit: int) -> list[Activity]:
    rows = store.rows(
        "SELECT * FROM activities WHERE account_id = ? ORDER BY date DESC, number DESC LIMIT ?", (account_id, limit)
    )
    return [activity(row) for row in rows]


def activity(row: sqlite3.Row) -> Activity:
    day = date.fromisoformat(row["date"])
    return Activity(id=f"act-{row['number']:05}", date=day, kind=row["kind"], note=row["note"], by=row["by"])
