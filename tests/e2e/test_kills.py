"""The worker is killed in the middle of the work; the turn finishes as if nothing had happened."""

import pytest

from tests.e2e.audit import audit
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(240)]

QUESTION = "How is my pipeline for Contoso, and what should I say about price?"
RECOVERY_S = 120


def test_a_worker_killed_in_the_middle_of_a_model_stream_loses_nothing(stack: Stack, client: PlainClient) -> None:
    session = client.open_session(capabilities=["streaming"])
    client.send({"type": "query", "content": QUESTION})
    client.wait_for(lambda event: event["type"] == "message.delta" and event["step"] == 1 and event["offset"] > 0)

    killed = stack.kill_worker()
    answer = client.wait_for("chat_response", RECOVERY_S)

    assert answer["status"] == "completed"
    attempts = {event["attempt"] for event in client.events if event["type"] == "message.started"}
    assert max(attempts) >= 2, "the step must have been attempted again"
    assert stack.worker_pid() != killed
    log = audit(stack, session["session_id"])
    log.assert_sound()
    assert log.head.active_turn is None
    completed = [event for event in client.events if event["type"] == "message.completed" and event["step"] == 1]
    assert completed[0]["parts"][0]["text"] == answer["response"]


def test_a_worker_killed_in_the_middle_of_a_tool_call_loses_nothing(stack: Stack, client: PlainClient) -> None:
    fault = {"server": "crm", "tool": "get_pipeline", "delay_ms": 3000, "count": 1}
    stack.send("PUT", stack.url("mcp_servers") + "/_faults", fault)
    session = client.open_session()
    client.send({"type": "query", "content": QUESTION})
    client.wait_for(lambda event: event["type"] == "tool_call.started" and event["tool"] == "get_pipeline")

    stack.kill_worker()
    answer = client.wait_for("chat_response", RECOVERY_S)

    assert answer["status"] == "completed"
    assert {tool["status"] for tool in answer["tool_feedback"]} == {"completed"}
    log = audit(stack, session["session_id"])
    log.assert_sound()
    assert log.head.active_turn is None
    assert len(log.of_type("tool_call.started")) == len(log.of_type("tool_call.completed")) == 2


def test_a_restart_of_everything_in_the_middle_of_an_answer_finishes_the_turn(stack: Stack) -> None:
    with PlainClient.open(stack) as before:
        session = before.open_session(capabilities=["streaming"])
        before.send({"type": "query", "content": QUESTION})
        before.wait_for(lambda event: event["type"] == "message.delta" and event["step"] == 1)
        stack.restart()

    with PlainClient.open(stack) as after:
        seen = after.open_session(session["session_id"])
        ended = [event for event in seen["events"] if event["type"] == "chat_response"]
        answer = ended[0] if ended else after.wait_for("chat_response", RECOVERY_S)

    assert answer["status"] == "completed"
    assert "Sources: CRM pipeline" in answer["response"]
    log = audit(stack, session["session_id"])
    log.assert_sound()
    assert log.head.active_turn is None
