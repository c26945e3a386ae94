"""P3: a payload beyond the engine's limit fails or hangs a turn. None of ours gets there: content goes by reference."""

import json

import pytest

from tests.orchestration.golden.scene import Scene, calls, says
from tests.pitfalls.tool_server import ECHO
from tests.shared.tools.scripted_server import ScriptedServer, content, text

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

MEGABYTE = 1024 * 1024
LARGEST_RESULT = 3_900_000
"""Bytes; as much as a catalog may let a tool server send, and more than a scheduler takes."""
LARGEST_HISTORY = 16 * 1024
"""Bytes a turn with one tool may leave in the engine."""


def _finishes_small(scene: Scene, turn: str, status: str = "completed") -> str:
    """Wait for the turn's end, see that the engine took it and holds next to nothing; return the tool's status."""
    end = scene.sees("chat_response", turn)
    assert end["status"] == status, end["error"]
    scene.engine_done(turn)
    kept = scene.instance(turn, history=True)
    assert len(json.dumps(kept)) < LARGEST_HISTORY
    assert [event for event in kept["historyEvents"] if event["EventType"] == "TaskFailed"] == []
    return end["tool_feedback"][0]["status"] if end["tool_feedback"] else ""


@pytest.mark.parametrize(
    ("size", "status"),
    [(MEGABYTE // 2, "completed"), (LARGEST_RESULT, "completed"), (5 * MEGABYTE, "failed")],
    ids=["half_a_MB", "the_largest_kept", "5_MB"],
)
def test_a_huge_tool_result_ends_in_an_answer(scene: Scene, tools: ScriptedServer, size: int, status: str) -> None:
    tools.on_call(text("x" * size))
    scene.model(calls((ECHO, {}), step=0), says())
    turn = scene.ask()
    assert _finishes_small(scene, turn) == status
    assert bool(scene.sees("tool_call.completed", turn)["result_ref"]) == (status == "completed")


def test_a_huge_structured_result_ends_in_an_answer(scene: Scene, tools: ScriptedServer) -> None:
    tools.on_call(content(structuredContent={"rows": ["x" * 1024] * 5 * 1024}))
    scene.model(calls((ECHO, {}), step=0), says())
    assert _finishes_small(scene, scene.ask()) == "failed"


def test_a_long_answer_does_not_pass_through_the_engine(scene: Scene, tools: ScriptedServer) -> None:
    # The service cuts it at the most it may write; what is left is still more than the engine may hold.
    answer = "word " * 20_000
    scene.model(says(answer, token_ms=0))
    turn = scene.ask()
    _finishes_small(scene, turn, "exhausted")
    told = scene.sees("chat_response", turn)["response"]
    assert len(told) > LARGEST_HISTORY
    assert answer.startswith(told)
