"""P8: a stream that was cut short looks like one that ended. And repeating it must not repeat what tools did."""

import pytest

from tests.e2e.audit import audit
from tests.orchestration.golden.scene import Scene, calls, fails, says
from tests.pitfalls.tool_server import ECHO
from tests.shared.tools.scripted_server import ScriptedServer

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

ANSWER = " ".join(f"word{number}" for number in range(40))
CUTS = pytest.mark.parametrize("cut", ["truncate_after", "reset_after", "error_frame_after", "failed_after"])


@CUTS
def test_a_cut_stream_is_begun_again_and_its_tools_are_not(scene: Scene, tools: ScriptedServer, cut: str) -> None:
    broken = {**fails(times=1, text=ANSWER, token_ms=5, **{cut: 20}), "match": {"step": 1}}
    scene.model(calls((ECHO, {}), step=0), broken, says(ANSWER))
    turn = scene.ask()
    end = scene.sees("chat_response", turn)

    assert (end["status"], end["response"]) == ("completed", ANSWER)
    assert tools.count("tools/call") == 1
    completed = [event for event in scene.client.events if event["type"] == "message.completed" and event["step"] == 1]
    assert [(event["finish"], event["parts"][0]["text"]) for event in completed] == [("stop", ANSWER)]
    attempts = [event["attempt"] for event in scene.client.events if event["type"] == "message.started"]
    assert attempts[-2:] == [1, 2]
    scene.engine_done(turn)
    audit(scene.stack, scene.session_id).assert_sound()


def test_a_stream_that_is_cut_every_time_never_becomes_a_complete_answer(scene: Scene, tools: ScriptedServer) -> None:
    cut = {**fails(text=ANSWER, token_ms=5, truncate_after=20), "match": {"step": 1}}
    scene.model(calls((ECHO, {}), step=0), cut)
    turn = scene.ask()
    scene.faster(turn)
    end = scene.sees("chat_response", turn)

    assert (end["status"], end["error"]["code"]) == ("failed", "model_unavailable")
    assert tools.count("tools/call") == 1
    log = audit(scene.stack, scene.session_id)
    log.assert_sound()
    finishes = [event.model_dump()["finish"] for event in log.of_type("message.completed")]
    assert set(finishes) <= {"tools", "failed"}
    assert ANSWER not in end["response"]
