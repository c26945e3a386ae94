"""P2: a worker that dies takes what it runs with it, unless the engine delivers it again."""

from typing import Any

import pytest

from tests.e2e.audit import audit
from tests.orchestration.golden.scene import Scene, calls, says
from tests.pitfalls.tool_server import ECHO
from tests.shared.tools.scripted_server import ScriptedServer

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

MOMENTS: dict[str, dict[str, Any]] = {
    "in_the_first_episode": {"kind": "orchestrator", "when": "before", "nth": 1},
    "after_the_episode_that_asked_for_a_tool": {"kind": "orchestrator", "when": "after", "nth": 2},
    "after_the_tool_before_the_next_episode": {"name": "call_tool", "when": "after", "nth": 1},
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_a_turn_survives_its_worker(scene: Scene, tools: ScriptedServer, moment: dict[str, Any]) -> None:
    scene.model(calls((ECHO, {}), step=0), says("All is well."))
    before = scene.stack.worker_pid()
    scene.chaos({"action": "kill_worker", **moment})
    turn = scene.ask()
    end = scene.sees("chat_response", turn)

    assert (end["status"], end["response"]) == ("completed", "All is well.")
    assert scene.stack.worker_pid() != before, "the worker was to be killed"
    scene.engine_done(turn)
    log = audit(scene.stack, scene.session_id)
    log.assert_sound()
    assert log.head.active_turn is None
    assert len(log.of_type("tool_call.completed")) == 1
