"""P9: an instance id guards a turn only while it runs; a finished one may be started again and is then replaced."""

from typing import Any

import pytest

from shared.protocol.durable import TitleUpdated
from shared.protocol.events import StoredEvent
from tests.e2e.audit import Audit, audit
from tests.orchestration.golden.scene import Scene, calls, says
from tests.pitfalls.tool_server import ECHO
from tests.shared.tools.scripted_server import ScriptedServer

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

QUESTION: dict[str, Any] = {"type": "query", "content": "Only once", "client_message_id": "once"}


def _ask(scene: Scene) -> str:
    scene.client.send(QUESTION)
    return str(scene.client.wait_for("command.accepted")["turn_id"])


def _facts(log: Audit) -> list[StoredEvent]:
    """Return what the log says of turns: the end of a turn that runs again may also try for a better title again."""
    return [event for event in log.events if not isinstance(event, TitleUpdated)]


def _finished(scene: Scene) -> tuple[str, Audit]:
    """Run a turn with a tool to its end; return it with the log it left."""
    scene.model(calls((ECHO, {}), step=0), says("That was it."))
    turn = _ask(scene)
    assert scene.ends(turn) == "completed"
    # What a turn does after its end, such as giving the conversation a title, is done when its instance is.
    scene.engine_done(turn)
    return turn, audit(scene.stack, scene.session_id)


def test_a_finished_turn_started_again_asks_no_model_and_calls_no_tool(scene: Scene, tools: ScriptedServer) -> None:
    turn, log = _finished(scene)
    created = scene.instance(turn)["createdTime"]
    scene.start_again(turn)
    scene.engine_done(turn)

    assert scene.instance(turn)["createdTime"] != created, "the engine was to run it again"
    assert len(scene.model_log()) == 2
    assert tools.count("tools/call") == 1
    assert _facts(audit(scene.stack, scene.session_id)) == _facts(log)


def test_a_question_sent_again_after_its_turn_has_ended_is_that_turn(scene: Scene, tools: ScriptedServer) -> None:
    turn, log = _finished(scene)
    assert _ask(scene) == turn

    assert len(scene.model_log()) == 2
    assert tools.count("tools/call") == 1
    assert _facts(audit(scene.stack, scene.session_id)) == _facts(log)


def test_a_stopped_turn_started_again_does_not_go_on(scene: Scene, tools: ScriptedServer) -> None:
    scene.model(says("Too late.", first_token_ms=60_000))
    turn = scene.ask()
    scene.model_asked(1)
    scene.stop(turn)
    assert scene.ends(turn) == "stopped"
    scene.engine_done(turn)
    log = audit(scene.stack, scene.session_id)
    scene.model(says("Too late."))
    scene.start_again(turn)
    scene.engine_done(turn)

    assert len(scene.model_log()) == 1
    assert _facts(audit(scene.stack, scene.session_id)) == _facts(log)
