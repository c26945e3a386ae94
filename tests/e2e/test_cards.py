"""What the coach may do only with a person's word: cards on the real stack, over the wire."""

import json
import os
from collections.abc import Generator
from typing import Any

import pytest

from tests.e2e.audit import audit
from tests.e2e.client import Event, PlainClient
from tests.e2e.stack import ROOT, Stack
from tests.e2e.waiting import timers_of, until

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-cards"), pytest.mark.timeout(300)]

NOTE = {"account": "Contoso", "kind": "note", "note": "They want a discount."}
ANSWER = "That is settled."
OTHER_ANSWER = "Something else altogether."
DAY_S = 24 * 3600


def catalog() -> dict[str, Any]:
    """Return the default catalog, but that writing into the CRM needs the person's word."""
    document = json.loads((ROOT / "mcpservers.json").read_text(encoding="utf-8"))
    crm = document["servers"]["crm"]
    crm["trust"] = "trusted"
    crm["tools"]["log_activity"] = {"policy": "ask", "editable": True}
    return document


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stack]:
    folder = tmp_path_factory.mktemp("cards")
    file = folder / "mcpservers.json"
    file.write_text(json.dumps(catalog()), encoding="utf-8")
    running = Stack(state=folder / "stack", flags=("--first-token-ms", "20", "--token-ms", "5"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "MCP_SERVERS_FILE", str(file))
        running.start()
    scenario: list[dict[str, Any]] = [
        {
            "match": {"text": "^Log", "step": 0},
            "respond": {"calls": [{"name": "crm__log_activity", "arguments": NOTE}]},
        },
        {"match": {"text": "^Log"}, "respond": {"text": ANSWER}},
        {"match": {}, "respond": {"text": OTHER_ANSWER}},
    ]
    running.send("PUT", running.url("openai") + "/_scenario", scenario)
    yield running
    running.stop()
    (folder / "output.log").write_text(running.output, encoding="utf-8")


@pytest.fixture
def client(stack: Stack) -> Generator[PlainClient]:
    stack.send("DELETE", stack.url("mcp_servers") + "/_calls", None)
    with PlainClient.open(stack) as opened:
        opened.open_session()
        yield opened


def session_of(client: PlainClient) -> str:
    return str(next(event for event in client.events if event["type"] == "session.created")["session_id"])


def ask(client: PlainClient, content: str) -> str:
    client.send({"type": "query", "content": content})
    return str(client.wait_for("command.accepted")["turn_id"])


def card_after(client: PlainClient, content: str = "Log the call with Contoso") -> Event:
    ask(client, content)
    card = client.wait_for("question.opened")
    parked = client.wait_for("turn.parked")
    assert parked["turn_id"] == card["turn_id"]
    return card


def answer(client: PlainClient, card: Event, word: str, **fields: Any) -> None:
    names = {"conversation_id": card["conversation_id"], "question_id": card["question_id"], "fence": card["fence"]}
    client.send({"type": "question.answer", "answer": word, **names, **fields})


def seen(client: PlainClient, kind: str, turn: str) -> Event:
    """Return the event of that turn, which may have come already."""

    def fits(event: Event) -> bool:
        return event["type"] == kind and event["turn_id"] == turn

    return next((event for event in client.events if fits(event)), None) or client.wait_for(fits)


def calls_made(stack: Stack) -> list[dict[str, Any]]:
    made: Any = stack.get(stack.url("mcp_servers") + "/_calls")
    return [call["arguments"] for call in made if call["tool"] == "log_activity"]


def test_a_call_that_was_allowed_is_made_and_the_turn_goes_on(stack: Stack, client: PlainClient) -> None:
    card = card_after(client)
    assert (card["kind"], card["tool"], json.loads(card["arguments"])) == ("approval", "log_activity", NOTE)
    assert calls_made(stack) == []

    answer(client, card, "approve")

    end = seen(client, "chat_response", card["turn_id"])
    assert (end["status"], end["response"]) == ("completed", ANSWER)
    assert calls_made(stack) == [NOTE]
    log = audit(stack, card["conversation_id"])
    log.assert_sound()
    kinds = [event.type for event in log.events]
    order = ["question.opened", "turn.parked", "question.closed", "turn.resumed", "tool_call.started"]
    assert [kind for kind in kinds if kind in order] == order
    assert (log.head.active_turn, log.head.parked, log.head.cards, log.head.claim) == (None, (), (), None)


def test_a_call_that_was_denied_is_not_made_and_the_coach_hears_why(stack: Stack, client: PlainClient) -> None:
    card = card_after(client)

    answer(client, card, "deny", note="Not before Friday.")

    assert seen(client, "chat_response", card["turn_id"])["status"] == "completed"
    assert calls_made(stack) == []
    result = seen(client, "tool_call.completed", card["turn_id"])
    assert result["status"] == "denied"
    assert "Not before Friday." in result["preview"]


def test_changed_arguments_are_checked_and_are_what_is_sent(stack: Stack, client: PlainClient) -> None:
    card = card_after(client)

    answer(client, card, "approve", arguments={**NOTE, "kind": "serenade"})
    refused = client.wait_for("error")
    changed = {**NOTE, "note": "They accepted the price."}
    answer(client, card, "approve", arguments=changed)

    assert refused["code"] == "answer_invalid"
    assert "kind" in refused["message"]
    assert seen(client, "chat_response", card["turn_id"])["status"] == "completed"
    assert calls_made(stack) == [changed]
    assert json.loads(seen(client, "question.closed", card["turn_id"])["arguments"]) == changed


def test_others_are_answered_while_a_turn_waits_and_a_new_device_sees_its_card(
    stack: Stack, client: PlainClient
) -> None:
    card = card_after(client)

    other = ask(client, "And what else?")

    assert seen(client, "chat_response", other)["response"] == OTHER_ANSWER
    with PlainClient.open(stack) as device:
        opened = device.open_session(card["conversation_id"])
        assert [question["question_id"] for question in opened["questions"]] == [card["question_id"]]
        assert opened["parked"] == [card["turn_id"]]
        assert opened["active_turn"] is None
        answer(device, card, "approve")
        assert seen(device, "chat_response", card["turn_id"])["response"] == ANSWER
    audit(stack, card["conversation_id"]).assert_sound()


def test_the_worker_may_die_between_the_card_and_its_answer(stack: Stack, client: PlainClient) -> None:
    card = card_after(client)
    before = stack.kill_worker()
    until(lambda: stack.worker_pid() not in {0, before}, "no new worker")

    answer(client, card, "approve")

    assert seen(client, "chat_response", card["turn_id"])["status"] == "completed"
    assert calls_made(stack) == [NOTE]


def test_stopping_a_turn_that_waits_closes_its_card(stack: Stack, client: PlainClient) -> None:
    card = card_after(client)

    client.send({"type": "turn.stop", "conversation_id": card["conversation_id"], "turn_id": card["turn_id"]})

    assert seen(client, "question.closed", card["turn_id"])["outcome"] == "cancelled"
    assert seen(client, "chat_response", card["turn_id"])["status"] == "stopped"
    answer(client, card, "approve")
    assert client.wait_for("error")["code"] == "question_closed"
    assert calls_made(stack) == []
    audit(stack, card["conversation_id"]).assert_sound()


def test_an_open_card_nobody_answers_expires_and_is_no_yes(stack: Stack, client: PlainClient) -> None:
    card = card_after(client)
    chaos = stack.url("functions_host") + "/admin/chaos"
    until(lambda: timers_of(stack, card["turn_id"]) == 2, "the turn does not wait for its card's time to be over")

    stack.send("PUT", chaos, {"faults": [], "clock_offset_s": DAY_S + 60})
    try:
        closed = seen(client, "question.closed", card["turn_id"])
        end = seen(client, "chat_response", card["turn_id"])
    finally:
        stack.send("PUT", chaos, {"faults": []})

    assert (closed["outcome"], closed["actor"]["kind"]) == ("expired", "system")
    assert end["status"] == "completed"
    assert calls_made(stack) == []
