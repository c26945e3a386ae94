import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from local.mcp_servers.crm.store import CrmStore
from tests.local.mcp_servers.mcp_calls import call

NOTE: dict[str, Any] = {"account": "Contoso", "kind": "note", "note": "held"}


@pytest.fixture
async def control(base_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=base_url, timeout=30) as http:
        yield http


async def arm(control: httpx2.AsyncClient, at: str = "before", **match: str) -> int:
    answer = await control.post("/_holds", json={"match": match, "at": at})
    assert answer.status_code == 201, answer.text
    return answer.json()["hold"]


async def held(control: httpx2.AsyncClient, number: int) -> dict[str, Any]:
    seen = (await control.get(f"/_holds/{number}?wait_s=10")).json()
    assert seen["state"] == "held", seen
    return seen["request"]


async def decide(control: httpx2.AsyncClient, number: int, what: str) -> None:
    answer = await control.post(f"/_holds/{number}?do={what}")
    assert answer.status_code == 200, answer.text


def notes(store: CrmStore) -> int:
    return len(store.rows("SELECT * FROM activities WHERE note = 'held'"))


async def test_a_call_is_held_before_its_tool_runs(base_url: str, store: CrmStore, control: httpx2.AsyncClient) -> None:
    number = await arm(control, server="crm", tool="log_activity", arguments=".*held.*")
    calling = asyncio.create_task(call(base_url, "crm.log_activity", **NOTE))
    assert (await held(control, number))["tool"] == ["log_activity"]
    assert notes(store) == 0
    assert (await control.get("/_calls")).json() == []

    await decide(control, number, "carry_out")

    assert not (await calling).is_error
    assert notes(store) == 1


async def test_a_call_is_held_when_its_effect_has_happened_and_its_answer_lost(
    base_url: str, store: CrmStore, control: httpx2.AsyncClient
) -> None:
    number = await arm(control, "done", tool="log_activity")
    calling = asyncio.create_task(call(base_url, "crm.log_activity", **NOTE))
    await held(control, number)
    assert notes(store) == 1

    await decide(control, number, "drop")

    await asyncio.wait({calling})
    assert calling.exception() is not None
    assert notes(store) == 1


async def test_a_dropped_call_never_runs(base_url: str, store: CrmStore, control: httpx2.AsyncClient) -> None:
    number = await arm(control, tool="log_activity")
    calling = asyncio.create_task(call(base_url, "crm.log_activity", **NOTE))
    await held(control, number)

    await decide(control, number, "drop")

    await asyncio.wait({calling})
    assert calling.exception() is not None
    assert notes(store) == 0


async def test_a_call_whose_client_is_gone_has_its_effect_if_the_test_says_so(
    base_url: str, store: CrmStore, control: httpx2.AsyncClient
) -> None:
    number = await arm(control, tool="log_activity")
    calling = asyncio.create_task(call(base_url, "crm.log_activity", **NOTE))
    await held(control, number)
    calling.cancel()
    await asyncio.wait({calling})

    await decide(control, number, "carry_out")

    async with asyncio.timeout(5):
        while notes(store) == 0:  # noqa: ASYNC110 - what happens in the store has no event to wait for
            await asyncio.sleep(0.01)
    assert notes(store) == 1
