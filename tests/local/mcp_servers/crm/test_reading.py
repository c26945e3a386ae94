from datetime import date
from typing import Any

import pytest

from local.mcp_servers.crm.store import CrmStore
from tests.local.mcp_servers.conftest import TODAY
from tests.local.mcp_servers.mcp_calls import answer, call, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


HOSTILE = [
    "'; DROP TABLE accounts; --",
    "' OR '1'='1",
    '"; DELETE FROM opportunities; --',
    "Robert'); DROP TABLE activities;--",
    "%",
    "_",
    "*",
    "\x00",
    "../../etc/passwd",
    "\U0001f4a3" * 50,
]


async def test_the_pipeline_of_contoso_has_its_deals_and_totals(shared_url: str) -> None:
    found = await answer(shared_url, "crm.get_pipeline", account="Contoso")
    deals = found["opportunities"]
    assert [deal["stage"] for deal in deals] == [
        "Negotiation", "Proposal", "Evaluation", "Discovery", "Closed Won", "Closed Lost",
    ]  # fmt: skip
    assert deals[0]["close_date"] == "2026-12-14"
    assert found["totals"] == [
        {
            "currency": "USD",
            "open_count": 4,
            "open_amount": 420_000 + 185_000 + 96_000 + 60_000,
            "weighted_amount": 336_000 + 111_000 + 38_400 + 12_000,
            "won_amount": 72_000,
        }
    ]


async def test_open_deals_past_their_date_are_overdue(shared_url: str, shared_store: CrmStore) -> None:
    names = shared_store.rows(
        "SELECT a.name FROM opportunities o JOIN accounts a ON a.id = o.account_id"
        " WHERE o.close_date < ? AND o.stage NOT LIKE 'Closed%'",
        (TODAY.isoformat(),),
    )
    assert names
    found = await answer(shared_url, "crm.get_pipeline", account=names[0]["name"])
    overdue = [deal for deal in found["opportunities"] if deal["overdue"]]
    assert overdue
    assert all(date.fromisoformat(deal["close_date"]) < TODAY for deal in overdue)
    assert not any(deal["overdue"] for deal in found["opportunities"] if deal["stage"].startswith("Closed"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("contoso", "Contoso"),
        ("  CONTOSO ", "Contoso"),
        ("Contoso Ltd.", "Contoso"),
        ("Contosso", "Contoso"),
        ("adventure", "Adventure Works"),
        ("bjornsen", "Bjørnsen Logistikk"),
        ("Muller Sohne", "Müller & Söhne Maschinenbau"),
        ("cafe de letoile", "Café de l'Étoile"),
        ("桜精機", "Sakura Seiki 桜精機"),
        ("Margie\u2019s Travel", "Margie's Travel"),
        ("phone company", "The Phone Company"),
        ("Fabrikan", "Fabrikam"),
    ],
)
async def test_an_account_is_found_however_it_is_written(shared_url: str, written: str, meant: str) -> None:
    found = await answer(shared_url, "crm.get_pipeline", account=written)
    assert found["found"]
    assert found["account"]["name"] == meant


async def test_a_guess_is_said_to_be_one(shared_url: str) -> None:
    found = await answer(shared_url, "crm.get_pipeline", account="Contosso")
    assert "'Contosso' was taken to mean 'Contoso'" in found["message"]


async def test_a_name_of_two_accounts_is_asked_back(shared_url: str) -> None:
    found = await answer(shared_url, "crm.get_pipeline", account="toys")
    assert not found["found"]
    assert found["did_you_mean"] == ["Tailspin Toys", "Wingtip Toys"]


@pytest.mark.parametrize("name", [*HOSTILE, "Globex", "   "])
async def test_a_name_that_matches_nothing_changes_nothing(shared_url: str, shared_store: CrmStore, name: str) -> None:
    for tool in ("get_pipeline", "list_activities"):
        found = await answer(shared_url, f"crm.{tool}", account=name)
        assert found["found"] is False
        assert "No single account matches" in found["message"]
    assert (await answer(shared_url, "crm.find_accounts", query=name))["accounts"] == []
    refused = await call(shared_url, "crm.log_activity", account=name, kind="note", note="n")
    assert refused.is_error
    assert "Nothing was logged" in text_of(refused)
    (accounts,), (activities,) = (
        shared_store.rows("SELECT count(*) FROM accounts")[0],
        shared_store.rows("SELECT count(*) FROM activities")[0],
    )
    assert (accounts, activities) == (41, 431)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Contoso", ["Contoso"]),
        ("logistics", ["Bjørnsen Logistikk", "Consolidated Messenger", "Harbourline Shipping"]),
        ("insurance ireland", ["Kestrel Mutual"]),
        ("toy", ["Tailspin Toys", "Wingtip Toys"]),
    ],
)
async def test_accounts_are_found_by_name_industry_and_country(shared_url: str, query: str, names: list[str]) -> None:
    found = await answer(shared_url, "crm.find_accounts", query=query)
    assert [hit["account"]["name"] for hit in found["accounts"]] == names
    assert all(hit["contacts"] for hit in found["accounts"])


async def test_a_wide_search_is_cut_and_says_so(shared_url: str) -> None:
    found = await answer(shared_url, "crm.find_accounts", query="enterprise")
    assert len(found["accounts"]) == 10
    assert "narrow the query" in found["message"]


async def test_activities_come_latest_first_and_limited(shared_url: str) -> None:
    found = await answer(shared_url, "crm.list_activities", account="Contoso", limit=3)
    assert [one["date"] for one in found["activities"]] == ["2026-11-18", "2026-11-15", "2026-11-11"]
    assert "20% off" in found["activities"][0]["note"]


async def test_the_forecast_agrees_with_the_opportunities(shared_url: str, shared_store: CrmStore) -> None:
    found = await answer(shared_url, "crm.forecast")
    assert (found["quarter"], found["starts"], found["ends"]) == ("2026-Q4", "2026-10-01", "2026-12-31")
    rows = shared_store.rows("SELECT * FROM opportunities WHERE close_date BETWEEN '2026-10-01' AND '2026-12-31'")
    assert sum(line["opportunities"] for line in found["lines"]) == len(rows) > 0
    won = sum(row["amount"] for row in rows if row["stage"] == "Closed Won")
    assert sum(line["won"] for line in found["lines"]) == won
    commit = sum(row["amount"] for row in rows if row["stage"] == "Negotiation")
    assert sum(line["commit"] for line in found["lines"]) == commit
    assert len({(line["owner"], line["currency"]) for line in found["lines"]}) == len(found["lines"])


async def test_the_forecast_of_one_owner_has_no_other(shared_url: str) -> None:
    found = await answer(shared_url, "crm.forecast", owner="ada", quarter="2026-q4")
    assert found["owner"] == "Ada Winter"
    assert {line["owner"] for line in found["lines"]} == {"Ada Winter"}


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"quarter": "Q4"}, "like 2026-Q4"),
        ({"quarter": "2026-Q5"}, "like 2026-Q4"),
        ({"owner": "Zed"}, "There are: Ada Winter"),
    ],
)
async def test_a_wrong_quarter_or_owner_is_explained(shared_url: str, arguments: dict[str, Any], hint: str) -> None:
    refused = await call(shared_url, "crm.forecast", **arguments)
    assert refused.is_error
    assert hint in text_of(refused)


async def test_a_quarter_without_deals_says_so(shared_url: str) -> None:
    found = await answer(shared_url, "crm.forecast", quarter="2031-Q1")
    assert found["lines"] == []
    assert "Nothing closes" in found["message"]
