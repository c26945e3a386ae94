"""P5: when several activities end together, an engine that loses a wake-up lets the turn wait for its next look."""

from datetime import datetime
from typing import Any

import pytest

from tests.orchestration.golden.scene import Scene, calls, says
from tests.pitfalls.tool_server import ECHO

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

TURNS = 7
CALLS = 8
STALL_S = 0.1


def test_the_step_after_eight_parallel_tools_follows_at_once(scene: Scene) -> None:
    scene.model(calls(*[(ECHO, {"n": number}) for number in range(CALLS)], step=0), says())
    gaps: list[float] = []
    for _ in range(TURNS):
        turn = scene.ask()
        assert scene.ends(turn) == "completed"
        gaps.append(_gap(scene.instance(turn, history=True)["historyEvents"]))
    assert sorted(gaps)[TURNS // 2] < STALL_S, gaps


def _gap(events: list[dict[str, Any]]) -> float:
    """Return the seconds between the end of the last tool call and the scheduling of the next model step."""
    done = [event for event in events if event["EventType"] == "TaskCompleted"]
    tools = [_time(event["Timestamp"]) for event in done if event["FunctionName"] == "call_tool"]
    steps = [_time(event["ScheduledTime"]) for event in done if event["FunctionName"] == "call_model"]
    assert len(tools) == CALLS
    return (max(steps) - max(tools)).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
