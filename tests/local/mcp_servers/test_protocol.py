import json
import time
from typing import Any

import httpx2
import pytest
from mcp import Client

from tests.local.mcp_servers.mcp_calls import MODES, Mode, answer, call, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


TOOLS = {
    "crm": ["find_accounts", "get_pipeline", "list_activities", "log_activity", "forecast"],
    "sales_playbook": ["search_playbook", "get_document"],
    "web_search": ["search_web"],
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("server", TOOLS)
async def test_every_server_lists_its_tools_in_each_protocol_era(shared_url: str, server: str, mode: Mode) -> None:
    async with Client(f"{shared_url}/{server}/mcp", mode=mode) as client:
        listed = await client.list_tools()
    assert [tool.name for tool in listed.tools] == TOOLS[server]
    for tool in listed.tools:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations
        assert tool.annotations.destructive_hint is False


@pytest.mark.parametrize("mode", MODES)
async def test_a_call_answers_text_and_the_same_structure_in_each_era(shared_url: str, mode: Mode) -> None:
    result = await call(shared_url, "crm.get_pipeline", mode=mode, account="Contoso")
    assert not result.is_error
    assert result.structured_content
    assert json.loads(text_of(result)) == result.structured_content
    assert result.structured_content["account"]["name"] == "Contoso"


async def test_the_automatic_mode_settles_on_the_stateless_revision(shared_url: str) -> None:
    async with Client(f"{shared_url}/crm/mcp", mode="auto") as client:
        assert client.session.protocol_version == "2026-07-28"


async def test_the_tools_list_says_how_long_it_stays_fresh(shared_url: str) -> None:
    async with Client(f"{shared_url}/crm/mcp", mode="2026-07-28") as client:
        listed = await client.list_tools()
    assert listed.ttl_ms == 300_000
    assert listed.cache_scope == "public"


async def test_only_logging_an_activity_is_marked_as_a_change(shared_url: str) -> None:
    changing: list[str] = []
    for server in TOOLS:
        async with Client(f"{shared_url}/{server}/mcp", mode="2026-07-28") as client:
            tools = (await client.list_tools()).tools
        changing += [tool.name for tool in tools if tool.annotations and not tool.annotations.read_only_hint]
    assert changing == ["log_activity"]


@pytest.mark.parametrize(
    ("tool", "arguments", "hint"),
    [
        ("crm.get_pipeline", {}, "Field required"),
        ("crm.get_pipeline", {"account": ""}, "at least 1 character"),
        ("crm.get_pipeline", {"account": "x" * 201}, "at most 200 characters"),
        ("crm.list_activities", {"account": "Contoso", "limit": 0}, "greater than or equal to 1"),
        ("crm.list_activities", {"account": "Contoso", "limit": 51}, "less than or equal to 50"),
        ("crm.log_activity", {"account": "Contoso", "kind": "lunch", "note": "n"}, "'call'"),
        ("sales_playbook.search_playbook", {"query": "price", "limit": 11}, "less than or equal to 10"),
        ("web_search.search_web", {"query": ["a"]}, "valid string"),
        ("web_search.delete_web", {"query": "a"}, "Unknown tool"),
    ],
)
async def test_wrong_arguments_are_explained(shared_url: str, tool: str, arguments: dict[str, Any], hint: str) -> None:
    result = await call(shared_url, tool, **arguments)
    assert result.is_error
    assert hint in text_of(result)


async def test_a_foreign_host_name_is_refused(shared_url: str) -> None:
    async with httpx2.AsyncClient(headers={"Host": "rebound.example"}) as http:
        assert (await http.get(f"{shared_url}/_calls")).status_code == 400
        assert (await http.post(f"{shared_url}/crm/mcp", json={})).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"null", b'{"jsonrpc": "2.0"}', b"\xff\xfe"])
async def test_a_malformed_request_is_a_client_error_and_the_server_goes_on(shared_url: str, body: bytes) -> None:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    async with httpx2.AsyncClient() as http:
        response = await http.post(f"{shared_url}/crm/mcp", content=body, headers=headers)
    assert 400 <= response.status_code < 500
    assert (await answer(shared_url, "crm.find_accounts", query="Contoso"))["accounts"]


async def test_calls_over_a_kept_connection_do_not_wait_for_delayed_acknowledgements(shared_url: str) -> None:
    times: list[float] = []
    async with Client(f"{shared_url}/crm/mcp", mode="2026-07-28") as client:
        await client.list_tools()
        for _ in range(50):
            began = time.perf_counter()
            await client.call_tool("find_accounts", {"query": "Contoso"})
            times.append(time.perf_counter() - began)
    assert sorted(times[20:])[7] < 0.038  # a quarter of the later calls; with the delay each takes 40 ms or more
