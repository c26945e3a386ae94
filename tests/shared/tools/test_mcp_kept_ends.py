"""When clients that outlive a call end: after a failure, unused, old, too many, or with all the others."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from shared.tools import mcp_kept
from shared.tools.outcome import Caller, InputAnswer, InputRequest, ToolOutcome
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import Answer, content, fails, hangs, raw, text
from tests.shared.tools.sessions import Sessions, call


@pytest.mark.parametrize("answer", [raw(status=500), fails(-32603, "oops"), hangs], ids=["500", "error", "silence"])
async def test_a_session_in_which_a_call_got_no_result_ends(
    sessions: Sessions, make_tools: MakeTools, answer: Answer
) -> None:
    tools = make_tools(sessions.server.catalog())
    await call(tools, sessions)
    (first,) = sessions.used
    sessions.answer = answer
    assert (await call(tools, sessions, deadline_s=0.3)).status == "unknown"
    await sessions.until(lambda: first not in sessions.open)
    sessions.answer = text("done")
    assert (await call(tools, sessions)).status == "completed"
    assert sessions.used[-1] != first


async def test_a_result_that_says_error_does_not_end_the_session(sessions: Sessions, make_tools: MakeTools) -> None:
    tools = make_tools(sessions.server.catalog())
    sessions.answer = text("no such account", isError=True)
    for _ in range(2):
        assert (await call(tools, sessions)).is_error
    assert len(set(sessions.used)) == 1


async def test_a_session_nobody_uses_ends(
    sessions: Sessions, make_tools: MakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_kept, "KEEP_S", 0.05)
    tools = make_tools(sessions.server.catalog())
    await call(tools, sessions)
    await sessions.until(lambda: not sessions.open)


async def test_a_session_that_is_old_is_not_used_again(
    sessions: Sessions, make_tools: MakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_kept, "LONGEST_S", 0.0)
    tools = make_tools(sessions.server.catalog())
    for _ in range(2):
        await call(tools, sessions)
    assert len(set(sessions.used)) == 2


@pytest.mark.parametrize("bound", ["MOST_OF_ONE_PERSON", "MOST_OF_ONE_SERVER", "MOST"])
async def test_no_more_than_so_many_sessions_wait_for_a_call(
    sessions: Sessions, make_tools: MakeTools, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(mcp_kept, bound, 2)
    tools = make_tools(sessions.server.catalog())
    people = ["p"] if bound == "MOST_OF_ONE_PERSON" else [f"p{number}" for number in range(4)]
    together = asyncio.Barrier(4)

    async def answer(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        await together.wait()
        return await text("done")(request, message)

    sessions.answer = answer
    await asyncio.gather(*(call(tools, sessions, people[number % len(people)]) for number in range(4)))
    await sessions.until(lambda: len(sessions.open) == 2)


async def test_closing_the_tools_ends_every_session(sessions: Sessions, make_tools: MakeTools) -> None:
    tools = make_tools(sessions.server.catalog())
    await asyncio.gather(*(call(tools, sessions, principal) for principal in "abc"))
    assert sessions.open
    await tools.close()
    assert not sessions.open


class Undecided:
    """A person who never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        del progress, total, message

    async def ask(self, request: InputRequest) -> InputAnswer:
        del request
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        raise AssertionError("unreachable")


async def test_a_question_that_outlives_its_call_ends_with_the_session(
    sessions: Sessions, make_tools: MakeTools
) -> None:
    person = Undecided()

    async def asks_and_goes_on(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        form = {"message": "Which?", "requestedSchema": {"type": "object", "properties": {"a": {"type": "string"}}}}
        question = {"jsonrpc": "2.0", "id": "q1", "method": "elicitation/create", "params": form}
        await response.write(f"data: {json.dumps(question)}\n\n".encode())
        await person.asked.wait()
        answer = await content({"type": "text", "text": "done"})(request, message)
        assert isinstance(answer, web.Response)
        assert isinstance(answer.body, bytes)
        await response.write(b"data: " + answer.body + b"\n\n")
        return response

    sessions.answer = asks_and_goes_on
    tools = make_tools(sessions.server.catalog())
    spec = sessions.server.catalog().servers["scripted"]
    outcome = await tools.call(spec, "echo", "{}", Caller(principal="p"), 5, observer=person)
    assert isinstance(outcome, ToolOutcome)
    assert outcome.status == "completed"
    async with asyncio.timeout(5):
        await person.left.wait()
    await sessions.until(lambda: not sessions.open)
