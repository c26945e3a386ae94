from typing import Any

import pytest

from local.mcp_servers.crm.store import CrmStore
from tests.local.mcp_servers.conftest import TODAY
from tests.local.mcp_servers.mcp_calls import answer, call, text_of


async def test_totals_keep_currencies_apart(base_url: str, store: CrmStore) -> None:
    store.rows("UPDATE opportunities SET currency = 'EUR' WHERE name = 'Security Suite upgrade' AND amount = 96000")
    found = await answer(base_url, "crm.get_pipeline", account="Contoso")
    amounts = {total["currency"]: total["open_amount"] for total in found["totals"]}
    assert amounts == {"EUR": 96_000, "USD": 665_000}


async def log(base_url: str, **arguments: Any) -> dict[str, Any]:
    return await answer(base_url, "crm.log_activity", **({"account": "Contoso", "kind": "call"} | arguments))


async def test_a_logged_activity_is_the_latest_one(base_url: str) -> None:
    note = "Zoë said: 'DROP it'; 価格 \U0001f44d"
    logged = await log(base_url, note=note)
    latest = await answer(base_url, "crm.list_activities", account="Contoso", limit=1)
    assert latest["activities"] == [logged["activity"]]
    assert (logged["activity"]["note"], logged["activity"]["date"]) == (note, TODAY.isoformat())


async def test_logging_twice_adds_two_activities(base_url: str) -> None:
    first, second = await log(base_url, note="Called."), await log(base_url, note="Called.")
    assert first["activity"]["id"] != second["activity"]["id"]


async def test_the_same_action_id_adds_one_activity(base_url: str, store: CrmStore) -> None:
    first = await log(base_url, note="Called.", action_id="t_1.0.0")
    second = await log(base_url, note="Called.", action_id="t_1.0.0")
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert first["activity"] == second["activity"]
    assert store.rows("SELECT count(*) FROM activities WHERE action_id = 't_1.0.0'")[0][0] == 1


async def test_an_action_id_cannot_stand_for_two_different_activities(base_url: str) -> None:
    await log(base_url, note="Called.", action_id="a")
    refused = await call(base_url, "crm.log_activity", account="Contoso", kind="call", note="Else.", action_id="a")
    assert refused.is_error
    assert "different activity" in text_of(refused)


@pytest.mark.parametrize(("account", "note"), [("Contosso", "Called."), ("toys", "Called."), ("Contoso", "  ")])
async def test_nothing_is_logged_on_a_doubtful_account_or_without_a_note(
    base_url: str, store: CrmStore, account: str, note: str
) -> None:
    refused = await call(base_url, "crm.log_activity", account=account, kind="call", note=note)
    assert refused.is_error
    assert store.rows("SELECT count(*) FROM activities")[0][0] == 431
