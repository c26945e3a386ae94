"""The coach as an MCP server, and feedback on its tools: the official client against the running app."""

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

type Mode = Literal["legacy", "2026-07-28"]
MODES: list[Mode] = ["legacy", "2026-07-28"]
QUESTION = "How is my pipeline for Contoso, and what should I say about price?"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


def address(stack: Stack) -> str:
    return stack.url("functions_host") + "/api/mcp"


@asynccontextmanager
async def coach(stack: Stack, user: str = "ada", mode: Mode = "2026-07-28") -> AsyncGenerator[Client]:
    headers = {"authorization": f"Bearer {stack.token(user)}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=90) as http,
        Client(streamable_http_client(address(stack), http_client=http), mode=mode, read_timeout_seconds=90) as client,
    ):
        yield client


def content(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, words(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def words(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def fetch(
    url: str, token: str | None = None, *, method: str = "GET", body: object = None
) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Return status, headers (lower case) and JSON of a plain request."""
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    headers |= {} if token is None else {"Authorization": f"Bearer {token}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, headers=headers, data=data)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310 - loopback
            return reply.status, _lower(reply.headers), json.loads(reply.read() or b"{}")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _lower(error.headers), json.loads(error.read() or b"{}")


def _lower(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}


@pytest.mark.parametrize("mode", MODES)
async def test_another_client_asks_the_coach_and_reads_the_conversation(stack: Stack, mode: Mode) -> None:
    async with coach(stack, mode=mode) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["ask_coach", "get_answer", "list_conversations", "read_conversation"]
        answer = content(await client.call_tool("ask_coach", {"question": QUESTION}))
        assert (answer["state"], answer["ended"]) == ("answered", "completed")
        assert len(answer["answer"]) > 40
        assert {used["tool"] for used in answer["tools"]} >= {"get_pipeline"}
        place = {"session_id": answer["session_id"], "turn_id": answer["turn_id"]}
        assert content(await client.call_tool("get_answer", place)) == answer
        listed = content(await client.call_tool("list_conversations", {"limit": 50}))
        assert answer["session_id"] in [line["session_id"] for line in listed["conversations"]]
        part = content(await client.call_tool("read_conversation", {"session_id": answer["session_id"]}))
    assert part["messages"][0]["text"] == QUESTION
    assert part["messages"][-1]["text"] == answer["answer"]


async def test_progress_is_told_to_a_client_that_wants_it(stack: Stack) -> None:
    told: list[float] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        assert total is not None
        assert message
        told.append(progress)

    async with coach(stack) as client:
        content(await client.call_tool("ask_coach", {"question": QUESTION}, progress_callback=note))
    assert told
    assert told == sorted(told)


async def test_a_conversation_of_somebody_else_looks_missing(stack: Stack, client: PlainClient) -> None:
    session_id = client.open_session()["session_id"]
    client.send({"type": "query", "content": "Hello", "session_id": session_id})
    turn_id = client.wait_for("chat_response")["turn_id"]
    async with coach(stack, "ada") as own:
        read = content(await own.call_tool("get_answer", {"session_id": session_id, "turn_id": turn_id}))
        assert read["state"] == "answered"
    async with coach(stack, "ben") as other:
        for tool, arguments in (
            ("read_conversation", {"session_id": session_id}),
            ("get_answer", {"session_id": session_id, "turn_id": turn_id}),
            ("ask_coach", {"session_id": session_id, "question": "What did Ada say?"}),
        ):
            result = await other.call_tool(tool, arguments)
            assert (result.is_error, words(result)) == (True, "There is no such conversation."), tool


async def test_what_another_client_asks_is_seen_in_the_browser(stack: Stack, client: PlainClient) -> None:
    session_id = client.open_session()["session_id"]
    async with coach(stack) as other:
        answer = content(await other.call_tool("ask_coach", {"question": "Hello", "session_id": session_id}))
    end = client.wait_for(lambda event: event["type"] == "chat_response")
    assert (end["turn_id"], end["response"]) == (answer["turn_id"], answer["answer"])


def test_nobody_calls_without_a_token_and_is_told_where_to_sign_in(stack: Stack) -> None:
    for token in (None, stack.token(wishes={"lifetime_s": -600}), stack.token(wishes={"audience": "api://other"})):
        status, headers, body = fetch(address(stack), token, method="POST", body=INITIALIZE)
        assert (status, body["fault"]) == (401, "auth")
        scheme, _, where = headers["www-authenticate"].partition(" resource_metadata=")
        assert scheme == "Bearer"
        status, _, document = fetch(where.strip('"'))
        assert (status, document["resource"]) == (200, address(stack))
        assert document["authorization_servers"] == [stack.settings()["AUTH_ISSUER"]]


def test_there_is_no_stream_and_no_session_to_end(stack: Stack) -> None:
    for method in ("GET", "DELETE"):
        status, headers, _ = fetch(address(stack), stack.token(), method=method)
        assert (status, headers["allow"]) == (405, "POST")


def test_feedback_on_a_tool_reaches_administrators_and_nobody_else(stack: Stack, client: PlainClient) -> None:
    session_id = client.open_session()["session_id"]
    client.send({"type": "query", "content": QUESTION, "session_id": session_id})
    used = client.wait_for("chat_response")["tool_feedback"][0]
    url = stack.url("functions_host") + "/api/manage/tool-feedback"
    before = _counts(fetch(f"{url}?server={used['server']}&tool={used['tool']}", stack.token("dana"))[2])
    vote = {"type": "feedback.record", "conversation_id": session_id, "call_id": used["call_id"]}
    client.send(vote | {"vote": "slow", "note": "took ages", "command_id": "v1"})
    assert client.wait_for("feedback.recorded")["vote"] == "slow"
    client.send(vote | {"vote": "wrong", "note": "stale numbers", "command_id": "v2"})
    recorded = client.wait_for("feedback.recorded")
    assert (recorded["vote"], recorded["server"], recorded["tool"]) == ("wrong", used["server"], used["tool"])

    for token, expected in ((None, 401), (stack.token("ada"), 403), (stack.token("eve"), 403)):
        assert fetch(url, token)[0] == expected
    status, _, report = fetch(f"{url}?server={used['server']}&tool={used['tool']}", stack.token("dana"))
    assert status == 200
    assert "admin_access" in stack.output
    assert _counts(report) - before == Counter(wrong=1)
    assert "Sales" in [role["role"] for role in report["tools"][0]["roles"]]
    (note,) = [note for note in report["notes"] if note["conversation_id"] == session_id]
    assert (note["note"], note["call_id"], note["conversation_id"]) == ("stale numbers", used["call_id"], session_id)


def _counts(report: Any) -> Counter[str]:
    """Return how often each vote was given on the one tool a report is about, by others' stories too."""
    return Counter({vote["vote"]: vote["count"] for tool in report["tools"] for vote in tool["votes"]})
