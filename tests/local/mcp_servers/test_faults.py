import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from mcp import MCPError
from mcp_types import CallToolResult, InputRequiredResult

from tests.local.mcp_servers.mcp_calls import MODES, Mode, answer, asked, call, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def control(shared_url: str) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=shared_url) as http:
        await http.delete("/_faults")
        await http.delete("/_calls")
        yield http


@pytest.fixture
def note() -> str:
    return f"note {uuid.uuid4()}"


async def put(control: httpx2.AsyncClient, **fault: Any) -> None:
    response = await control.put("/_faults", json=fault)
    assert response.status_code == 204, response.text


async def calls(control: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return (await control.get("/_calls")).json()


async def failure(shared_url: str, note: str, mode: Mode = "2026-07-28", *, timeout_s: float) -> str:
    """Log `note` at Litware, which must fail at the protocol or below; return why."""
    with pytest.RaisesGroup(pytest.RaisesExc((MCPError, httpx2.HTTPError)), flatten_subgroups=True) as caught:
        await call(
            shared_url, "crm.log_activity", mode=mode, timeout_s=timeout_s, account="Litware", kind="note", note=note
        )
    return str(leaf_of(caught.value))


def leaf_of(error: BaseException) -> BaseException:
    return leaf_of(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def times_logged(shared_url: str, note: str) -> int:
    found = await answer(shared_url, "crm.list_activities", account="Litware", limit=50)
    return [activity["note"] for activity in found["activities"]].count(note)


@pytest.mark.parametrize("mode", MODES)
async def test_a_tool_error_hits_as_many_calls_as_asked(
    shared_url: str, control: httpx2.AsyncClient, mode: Mode
) -> None:
    await put(control, server="crm", tool="get_pipeline", fail="tool_error", count=2)
    results = [await call(shared_url, "crm.get_pipeline", mode=mode, account="Contoso") for _ in range(3)]
    assert [bool(result.is_error) for result in results] == [True, True, False]
    assert "injected fault" in text_of(results[0])
    assert [one["executed"] for one in await calls(control)] == [False, False, True]


async def test_a_server_that_is_not_ready_wants_to_be_called_again_and_to_know_nothing(
    shared_url: str, control: httpx2.AsyncClient
) -> None:
    await put(control, server="crm", tool="get_pipeline", fail="not_ready")
    again = await asked(shared_url, "crm.get_pipeline", account="Contoso")
    assert isinstance(again, InputRequiredResult)
    assert not again.input_requests
    done = await asked(shared_url, "crm.get_pipeline", again.request_state, account="Contoso")
    assert isinstance(done, CallToolResult)
    assert not done.is_error
    assert [one["executed"] for one in await calls(control)] == [False, True]


async def test_a_fault_leaves_other_tools_and_servers_alone(shared_url: str, control: httpx2.AsyncClient) -> None:
    await put(control, server="crm", tool="get_pipeline", fail="http_500", count=5)
    assert await answer(shared_url, "crm.find_accounts", query="Contoso")
    assert await answer(shared_url, "web_search.search_web", query="Contoso")
    assert (await control.get("/_faults")).json()[0]["count"] == 5


async def test_a_fault_without_a_tool_hits_any_of_the_server(shared_url: str, control: httpx2.AsyncClient) -> None:
    await put(control, server="web_search", fail="tool_error")
    assert (await call(shared_url, "web_search.search_web", query="Contoso")).is_error


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fail", ["http_500", "drop"])
@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
async def test_a_broken_connection_loses_the_answer_before_or_after_the_effect(
    shared_url: str, control: httpx2.AsyncClient, note: str, mode: Mode, fail: str, when: str, effects: int
) -> None:
    await put(control, server="crm", tool="log_activity", fail=fail, when=when)
    assert await failure(shared_url, note, mode, timeout_s=5)
    assert await times_logged(shared_url, note) == effects
    assert (await control.get("/_faults")).json() == []


async def test_a_hanging_call_times_out_at_the_caller_and_never_runs(
    shared_url: str, control: httpx2.AsyncClient, note: str
) -> None:
    await put(control, server="crm", tool="log_activity", fail="hang")
    began = time.monotonic()
    assert "timed out" in await failure(shared_url, note, timeout_s=0.5)
    assert 0.4 < time.monotonic() - began < 5
    assert await times_logged(shared_url, note) == 0


async def test_a_delayed_call_is_slow_and_the_log_has_its_times(shared_url: str, control: httpx2.AsyncClient) -> None:
    await put(control, server="web_search", tool="search_web", delay_ms=300)
    before = time.monotonic()
    await answer(shared_url, "web_search.search_web", query="Contoso", limit=2)
    (one,) = await calls(control)
    assert one["end"] - one["start"] >= 0.3
    assert before <= one["start"] <= one["end"] <= time.monotonic()
    assert (one["server"], one["tool"], one["outcome"]) == ("web_search", "search_web", "ok")
    assert one["arguments"] == {"query": "Contoso", "limit": 2}


async def test_delayed_calls_run_beside_each_other(shared_url: str, control: httpx2.AsyncClient) -> None:
    await put(control, server="crm", delay_ms=400, count=8)
    began = time.monotonic()
    await asyncio.gather(*(answer(shared_url, "crm.find_accounts", query="Contoso") for _ in range(8)))
    assert time.monotonic() - began < 8 * 0.4
    log = await calls(control)
    assert max(one["start"] for one in log) < min(one["end"] for one in log)


@pytest.mark.parametrize("mode", MODES)
async def test_a_slow_call_that_the_caller_gave_up_still_has_its_effect(
    shared_url: str, control: httpx2.AsyncClient, note: str, mode: Mode
) -> None:
    await put(control, server="crm", tool="log_activity", delay_ms=700)
    assert "timed out" in await failure(shared_url, note, mode, timeout_s=0.3)
    assert (await calls(control))[0]["outcome"] == "running"
    async with asyncio.timeout(10):
        while (await calls(control))[0]["outcome"] == "running":  # noqa: ASYNC110 - the server is asked over HTTP
            await asyncio.sleep(0.01)
    (one,) = await calls(control)
    assert (one["outcome"], one["executed"]) == ("ok", True)
    assert await times_logged(shared_url, note) == 1


async def test_a_refused_call_is_in_the_log_as_an_error(shared_url: str, control: httpx2.AsyncClient) -> None:
    await call(shared_url, "crm.forecast", quarter="soon")
    assert [(one["tool"], one["outcome"]) for one in await calls(control)] == [("forecast", "tool_error")]


async def test_the_log_and_the_faults_can_be_cleared(shared_url: str, control: httpx2.AsyncClient) -> None:
    await put(control, server="crm", fail="tool_error")
    assert (await control.delete("/_faults")).status_code == 204
    await answer(shared_url, "crm.find_accounts", query="Contoso")
    assert (await control.delete("/_calls")).status_code == 204
    assert await calls(control) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"server": "erp", "fail": "drop"}, "unknown server"),
        ({"server": "crm"}, "needs delay_ms"),
        ({"server": "crm", "fail": "explode"}, "fail"),
        ({"server": "crm", "delay_ms": -1}, "delay_ms"),
        ({"server": "crm", "fail": "drop", "times": 2}, "times"),
        ([], "object"),
    ],
)
async def test_a_wrong_fault_is_refused_with_its_reason(control: httpx2.AsyncClient, body: object, reason: str) -> None:
    response = await control.put("/_faults", json=body)
    assert response.status_code == 400
    assert reason in response.json()["error"]
