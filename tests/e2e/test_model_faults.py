"""Whatever the model service does, a turn ends, in words a person can use, and the next question works."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.audit import audit
from tests.e2e.client import Event, PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]
END_S = 180
WHOLE = "All of the answer is here."
FAST = {"first_token_ms": 1, "token_ms": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the service does (`respond`, so many `times`, then answers `WHOLE`), and how the turn has to end."""

    name: str
    respond: dict[str, Any]
    times: int | None = None
    status: str = "completed"
    code: str | None = None
    response: str | None = WHOLE
    finish: str | None = None
    tools: tuple[str, ...] = field(default=())

    @property
    def rules(self) -> list[dict[str, Any]]:
        match = {"text": f"Row {self.name}\\."}
        fault = {"match": match, "respond": {**FAST, **self.respond}, "times": self.times}
        return [fault, {"match": match, "respond": {**FAST, "text": WHOLE}}]


UNAVAILABLE: dict[str, Any] = {"status": "failed", "code": "model_unavailable", "response": None}
ROWS = (
    Row(name="cut once", respond={"text": WHOLE, "truncate_after": 2}, times=1),
    Row(name="cut always", respond={"text": WHOLE, "truncate_after": 2}, **UNAVAILABLE),
    Row(name="reset once", respond={"text": WHOLE, "reset_after": 2}, times=1),
    Row(name="error frame once", respond={"text": WHOLE, "error_frame_after": 2}, times=1),
    Row(name="failed frame once", respond={"text": WHOLE, "failed_after": 2}, times=1),
    Row(name="server error twice", respond={"error": "server"}, times=2),
    Row(name="unknown event", respond={"text": WHOLE, "unknown_event": True}, times=1),
    Row(name="page instead", respond={"status": 200, "body": "<html>Sign in</html>"}, **UNAVAILABLE),
    Row(name="nothing said", respond={"text": ""}, **UNAVAILABLE),
    Row(name="busy with a hint", respond={"error": "rate_limit", "retry_after_ms": 2000}, times=2),
    Row(
        name="busy for ever",
        respond={"error": "rate_limit", "retry_after_ms": 1000},
        status="failed",
        code="model_busy",
        response=None,
    ),
    Row(
        name="busy for an hour",
        respond={"error": "rate_limit", "retry_after_ms": 3_600_000},
        status="failed",
        code="model_busy",
        response=None,
    ),
    Row(
        name="question filtered",
        respond={"error": "content_filter"},
        status="failed",
        code="content_filtered",
        response=None,
    ),
    Row(
        name="answer filtered",
        respond={"text": "Some of it", "finish": "content_filter"},
        status="failed",
        code="content_filtered",
        response=None,
    ),
    Row(name="too long once", respond={"error": "context_length"}, times=1),
    Row(
        name="too long always",
        respond={"error": "context_length"},
        status="failed",
        code="context_too_long",
        response=None,
    ),
    Row(
        name="cut by its limit",
        respond={"text": "A beginning", "finish": "length"},
        status="exhausted",
        code="limit_length",
        response="A beginning",
        finish="length",
    ),
    Row(
        name="endless text",
        respond={"tokens": 25_000, "first_token_ms": 0, "token_ms": 0},
        status="exhausted",
        code="limit_length",
        response=None,
        finish="length",
    ),
    Row(name="unknown tool", respond={"calls": [{"name": "crm__explode"}]}, times=1, tools=("denied",)),
    Row(
        name="arguments that are no json",
        respond={"calls": [{"name": "crm__find_accounts"}], "malformed_arguments": True},
        times=1,
        tools=("failed",),
    ),
    Row(
        name="the same call for ever",
        respond={"calls": [{"name": "crm__find_accounts", "arguments": {"query": "Contoso"}}]},
        status="exhausted",
        code="limit_steps",
        response=None,
        tools=("completed", "completed", *["denied"] * 5),
    ),
)


POISON: list[dict[str, Any]] = [
    {"match": {"text": "Row stopped, mind the poison\\."}, "respond": {"text": WHOLE, "first_token_ms": 60_000}},
    {"match": {"anywhere": "poison"}, "respond": {"error": "content_filter"}},
]
"""A question the service takes its time over, and what it refuses wherever it is told it."""


@dataclass(frozen=True, slots=True)
class Asked:
    client: PlainClient
    session_id: str
    end: Event


def _ask(name: str, client: PlainClient) -> Asked:
    session = client.open_session(capabilities=["streaming"])
    client.send({"type": "query", "content": f"Row {name}."})
    return Asked(client, session["session_id"], client.wait_for("chat_response", END_S))


@pytest.fixture(scope="module")
def turns(stack: Stack) -> Generator[dict[str, Asked]]:
    """Ask everything at once, each in a session of its own: what is tried again takes its time."""
    stack.send("PUT", stack.url("openai") + "/_scenario", [*POISON, *(rule for row in ROWS for rule in row.rules)])
    with ExitStack() as opened, ThreadPoolExecutor(len(ROWS)) as threads:
        clients = {row.name: opened.enter_context(PlainClient.open(stack)) for row in ROWS}
        asked = {name: threads.submit(_ask, name, client) for name, client in clients.items()}
        yield {name: each.result() for name, each in asked.items()}
    stack.send("DELETE", stack.url("openai") + "/_scenario", None)


@pytest.mark.parametrize("row", ROWS, ids=[row.name.replace(" ", "_") for row in ROWS])
def test_the_turn_ends_as_its_row_says(stack: Stack, turns: dict[str, Asked], row: Row) -> None:
    asked = turns[row.name]
    end = asked.end
    error = end["error"] or {}
    assert (end["status"], error.get("code")) == (row.status, row.code), end
    assert end["response"].strip(), "there is always something to read"
    if row.response is not None:
        assert end["response"] == row.response
    if row.code is not None:
        assert error["message"]
    assert tuple(tool["status"] for tool in end["tool_feedback"]) == row.tools
    log = audit(stack, asked.session_id)
    log.assert_sound()
    assert log.head.active_turn is None
    if row.finish is not None:
        assert [getattr(event, "finish", None) for event in log.of_type("message.completed")] == [row.finish]


@pytest.mark.parametrize("name", ["answer filtered", "cut always", "too long always", "the same call for ever"])
def test_the_next_question_of_the_same_session_is_answered(turns: dict[str, Asked], name: str) -> None:
    client = turns[name].client
    client.send({"type": "query", "content": "Row cut once."})
    end = client.wait_for("chat_response", END_S)
    assert (end["status"], end["response"]) == ("completed", WHOLE)


def test_somebody_who_waits_for_a_busy_model_is_told_so(turns: dict[str, Asked]) -> None:
    states = [event for event in turns["busy with a hint"].client.events if event["type"] == "ai.state"]
    assert [(state["state"], state["after_ms"]) for state in states] == [("waiting_for_model", 2000)] * 2


@pytest.mark.usefixtures("turns")
def test_a_question_that_was_stopped_before_it_was_refused_spoils_no_later_one(stack: Stack) -> None:
    with PlainClient.open(stack) as client:
        session_id = client.open_session(capabilities=["streaming"])["session_id"]
        client.send({"type": "query", "content": "Row stopped, mind the poison."})
        turn_id = client.wait_for("turn.started", END_S)["turn_id"]
        client.send({"type": "turn.stop", "conversation_id": session_id, "turn_id": turn_id})
        assert client.wait_for("chat_response", END_S)["status"] == "stopped"
        client.send({"type": "query", "content": "Row cut once."})
        end = client.wait_for("chat_response", END_S)
    assert (end["status"], end["response"]) == ("completed", WHOLE)
    audit(stack, session_id).assert_sound()
