"""A client that knows only the five names of the specification."""

import pytest

from tests.e2e.audit import audit
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

QUESTION = "How is my pipeline for Contoso, and what should I say about price?"


def test_a_plain_client_gets_its_answer_with_the_five_names_only(client: PlainClient) -> None:
    assert client.wait_for("connection.ack")["connection_id"]

    client.send({"type": "session.update"})
    session = client.wait_for("session.created")
    client.send({"type": "query", "content": QUESTION})
    answer = client.wait_for("chat_response")

    assert ("crm", "get_pipeline") in {(tool["server"], tool["tool"]) for tool in session["tools"]}
    assert answer["status"] == "completed"
    assert "Contoso" in answer["response"]
    assert {tool["tool"] for tool in answer["tool_feedback"]} == {"get_pipeline", "search_playbook"}
    assert not [event for event in client.events if event["type"] == "message.delta"]


def test_the_same_query_twice_is_one_turn(stack: Stack, client: PlainClient) -> None:
    session = client.open_session()
    query = {"type": "query", "content": "Hello coach", "client_message_id": "once"}

    client.send(query)
    client.send(query)
    got = client.collect({"command.accepted": 2, "chat_response": 1})
    turns = {accepted["turn_id"] for accepted in got["command.accepted"]}

    assert len(turns) == 1
    log = audit(stack, session["session_id"])
    log.assert_sound()
    assert len(log.of_type("message.created")) == 1
    assert len(log.of_type("chat_response")) == 1


def test_a_webhook_delivered_twice_is_one_turn(stack: Stack, client: PlainClient) -> None:
    session = client.open_session()

    stack.send("POST", stack.admin_url("web_pubsub_admin") + "/chaos", {"duplicate_webhooks": 1})
    client.send({"type": "query", "content": "Hello coach"})
    client.wait_for("chat_response")

    log = audit(stack, session["session_id"])
    log.assert_sound()
    assert len(log.of_type("message.created")) == 1
    assert len(log.of_type("chat_response")) == 1


def test_a_wrong_frame_is_answered_and_the_next_good_one_works(client: PlainClient) -> None:
    client.socket.send("not json")
    assert client.wait_for("error")["code"] == "malformed_frame"

    assert client.open_session()["type"] == "session.created"


def test_another_persons_session_looks_as_if_it_did_not_exist(stack: Stack, client: PlainClient) -> None:
    session = client.open_session()
    with PlainClient.open(stack, "ben") as stranger:
        foreign = stranger.open_session(session["session_id"])
        missing = stranger.open_session("s_01AAAAAAAAAAAAAAAAAAAAAAAA")

    assert foreign["type"] == missing["type"] == "error"
    assert foreign["code"] == missing["code"] == "conversation_not_found"
    assert foreign["message"] == missing["message"]
