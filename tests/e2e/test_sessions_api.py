"""The sessions API on the whole stack, beside conversations that run."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from shared.errors import CommandRefused
from tests.e2e.audit import audit
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]
QUESTION = "How is my pipeline for Contoso, and what should I say about price?"
WAIT_S = 30


def _call(stack: Stack, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{stack.url('functions_host')}/api{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"Bearer {stack.token('ada')}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _wait_until(there: Callable[[], bool]) -> None:
    ends = time.monotonic() + WAIT_S
    while not there():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.2)


def test_a_conversation_gets_its_title_after_the_answer_and_a_persons_name_stays(
    stack: Stack, client: PlainClient
) -> None:
    session_id = client.open_session()["session_id"]
    client.send({"type": "query", "content": QUESTION})
    client.wait_for("chat_response")
    titled = client.wait_for(lambda event: event["type"] == "title.updated" and event["source"] == "model")
    assert titled["title"] == "Contoso pipeline and price"
    status, body = _call(stack, "PATCH", f"/sessions/{session_id}", {"title": "Contoso Q4"})
    assert (status, json.loads(body)["title_by"]) == (200, "person")
    assert client.wait_for("list.updated")["conversation_id"] == session_id
    client.send({"type": "query", "content": "Hello again"})
    client.wait_for("chat_response")
    assert json.loads(_call(stack, "GET", f"/sessions/{session_id}")[1])["title"] == "Contoso Q4"
    audit(stack, session_id).assert_sound()
    text = _call(stack, "GET", f"/sessions/{session_id}/export")[1].decode()
    assert text.startswith("# Contoso Q4\n")
    assert QUESTION in text
    found = json.loads(_call(stack, "GET", "/sessions/search?q=pipeline%20for%20CONTOSO")[1])["sessions"]
    assert session_id in {session["session_id"] for session in found}


def test_deleting_in_the_middle_of_an_answer_ends_it_and_leaves_the_app_at_peace(
    stack: Stack, client: PlainClient
) -> None:
    session_id = client.open_session(capabilities=["streaming"])["session_id"]
    client.send({"type": "query", "content": QUESTION})
    turn_id = client.wait_for("command.accepted")["turn_id"]
    client.wait_for("message.delta")

    assert _call(stack, "DELETE", f"/sessions/{session_id}")[0] == 204

    gone = client.wait_for(lambda event: event["type"] == "list.updated" and event["change"] == "deleted")
    assert gone["conversation_id"] == session_id
    assert _call(stack, "GET", f"/sessions/{session_id}")[0] == 404
    assert client.open_session(session_id)["code"] == "conversation_not_found"
    with pytest.raises(CommandRefused):
        audit(stack, session_id)

    def ended() -> bool:
        instance = f"{stack.url('functions_host')}/runtime/webhooks/durabletask/instances/{turn_id}"
        return stack.get(instance)["runtimeStatus"] == "Completed"

    _wait_until(ended)
    # The next conversation on the same socket is as good as any.
    client.open_session()
    client.send({"type": "query", "content": "Hello coach"})
    assert client.wait_for("chat_response")["status"] == "completed"
