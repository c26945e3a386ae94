"""P4: a few callers that wait in the engine stop it for everybody. The product never waits for a turn."""

import ast
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.client import PlainClient
from tests.orchestration.golden.scene import Scene, says

ROOT = Path(__file__).resolve().parent.parent.parent
WAITERS = 12
WAITING = frozenset(
    {
        "wait_for_orchestration_start",
        "wait_for_orchestration_completion",
        "wait_for_completion_or_create_check_status_response",
    }
)


def _called(package: str) -> set[str]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / package).rglob("*.py")))
    return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_no_code_of_ours_waits_for_an_orchestration() -> None:
    called = set[str]().union(*(_called(package) for package in ("api", "chat", "orchestration", "shared")))
    assert "schedule_new_orchestration" in called, "the scan does not see where turns are started"
    assert called & WAITING == set()


@pytest.mark.e2e
@pytest.mark.xdist_group("e2e")
@pytest.mark.timeout(120)
def test_many_turns_that_wait_for_their_model_keep_nobody_from_an_answer(scene: Scene) -> None:
    slow = {"match": {"text": "slowly"}, "respond": {"text": "At last.", "first_token_ms": 60_000}}
    scene.model(slow, says("At once."))
    with ExitStack() as waiting:
        others = [waiting.enter_context(PlainClient.open(scene.stack)) for _ in range(WAITERS)]
        sessions = [str(other.open_session()["session_id"]) for other in others]
        for other in others:
            other.send({"type": "query", "content": "Think slowly"})
        turns = [str(other.wait_for("command.accepted")["turn_id"]) for other in others]
        scene.model_asked(WAITERS)

        quick = scene.ask("Quick question")
        assert scene.sees("chat_response", quick)["response"] == "At once."

        assert not [event for other in others for event in other.events if event["type"] == "chat_response"]
        for other, session, turn in zip(others, sessions, turns, strict=True):
            other.send({"type": "turn.stop", "conversation_id": session, "turn_id": turn})
        assert {other.wait_for("chat_response")["status"] for other in others} == {"stopped"}
