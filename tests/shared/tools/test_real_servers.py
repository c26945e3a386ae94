"""The shipped catalog against the servers of the development cloud, as programs."""

import json
from collections.abc import AsyncGenerator
from statistics import median
from time import perf_counter

import aiohttp
import pytest
import pytest_asyncio
from mcp import Client

from shared.tools.catalog import Catalog
from shared.tools.outcome import NotExecuted
from tests.services import ROOT, Service, service
from tests.shared.tools.calling import called
from tests.shared.tools.conftest import MakeTools

MANAGEMENT = frozenset({"Management"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncGenerator[Service]:
    async with service("mcp_servers", "--log-level", "WARNING") as started:
        yield started


@pytest.fixture
async def running(servers: Service) -> Service:
    """Return the servers as if just started: no faults, no calls yet."""
    async with aiohttp.ClientSession() as http:
        for route in ("_faults", "_calls"):
            async with http.delete(f"{servers.url}/{route}") as response:
                assert response.ok
    return servers


def shipped(running: Service) -> Catalog:
    return Catalog.load((ROOT / "mcpservers.json").read_text(), {"MCP_BASE_URL": running.url})


async def fault(running: Service, **wish: object) -> None:
    async with aiohttp.ClientSession() as http, http.put(f"{running.url}/_faults", json=wish) as response:
        assert response.ok, await response.text()


async def executed(running: Service) -> list[dict[str, object]]:
    async with aiohttp.ClientSession() as http, http.get(f"{running.url}/_calls") as response:
        return await response.json()


async def test_every_tool_of_the_shipped_catalog_exists_and_is_offered(running: Service, make_tools: MakeTools) -> None:
    catalog = shipped(running)
    tools = make_tools(catalog)
    for spec in catalog.servers_for(MANAGEMENT):
        listed = await tools.list_tools(spec, "p")
        assert {described.tool for described in listed} == set(spec.tools)
        for described in listed:
            assert described.model_name == f"{spec.name}__{described.tool}"
            assert described.description
            assert json.loads(described.schema)["type"] == "object"


async def test_a_call_brings_the_tools_answer(running: Service, make_tools: MakeTools) -> None:
    catalog = shipped(running)
    outcome = await called(make_tools(catalog), catalog.servers["crm"], "get_pipeline", '{"account": "Contoso"}', 20)
    assert outcome.status == "completed"
    assert "Contoso" in outcome.text


async def test_wrong_arguments_come_back_as_the_tools_own_words(running: Service, make_tools: MakeTools) -> None:
    catalog = shipped(running)
    outcome = await called(make_tools(catalog), catalog.servers["crm"], "get_pipeline", "{}", 20)
    assert (outcome.status, outcome.is_error) == ("failed", True)
    assert "account" in outcome.text


@pytest.mark.parametrize(("fail", "status"), [("tool_error", "failed"), ("http_500", "unknown"), ("drop", "unknown")])
async def test_an_effect_whose_answer_is_lost_was_run_once(
    running: Service, make_tools: MakeTools, fail: str, status: str
) -> None:
    catalog = shipped(running)
    tools, crm = make_tools(catalog), catalog.servers["crm"]
    await tools.list_tools(crm, "p")
    await fault(running, server="crm", tool="log_activity", fail=fail, when="after", count=10)
    note = json.dumps({"account": "Contoso", "kind": "call", "note": "spoke about renewal"})
    outcome = await called(tools, crm, "log_activity", note, 20)
    assert outcome.status == status
    assert [made["tool"] for made in await executed(running)] == ["log_activity"]


async def test_a_stopped_server_is_told_as_not_executed(make_tools: MakeTools) -> None:
    async with service("mcp_servers", "--log-level", "WARNING") as running:
        catalog = shipped(running)
        tools, crm = make_tools(catalog), catalog.servers["crm"]
        assert (await called(tools, crm, "find_accounts", '{"query": "Contoso"}', 20)).status == "completed"
    with pytest.raises(NotExecuted):
        await called(tools, crm, "find_accounts", '{"query": "Contoso"}', 20)


async def test_a_call_costs_little_more_than_one_on_an_open_session(running: Service, make_tools: MakeTools) -> None:
    catalog = shipped(running)
    tools, crm = make_tools(catalog), catalog.servers["crm"]
    await called(tools, crm, "find_accounts", '{"query": "Contoso"}', 20)
    ours: list[float] = []
    bare: list[float] = []
    async with Client(crm.url) as client:
        await client.call_tool("find_accounts", {"query": "Contoso"})
        for _ in range(10):
            at = perf_counter()
            await called(tools, crm, "find_accounts", '{"query": "Contoso"}', 20)
            between = perf_counter()
            await client.call_tool("find_accounts", {"query": "Contoso"})
            ours.append(between - at)
            bare.append(perf_counter() - between)
    # The goal is 6 ms; the machine of a test run is busy, and ten times that would be a design gone wrong.
    assert median(ours) - median(bare) < 0.060
