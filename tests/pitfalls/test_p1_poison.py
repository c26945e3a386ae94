"""P1: the engine's codec makes objects of certain dictionaries. What strangers write must never reach it as data."""

import json
import warnings
from typing import Any

import pytest
from azure.functions._durable_functions import df_dumps, df_loads  # the codec itself

from orchestration.messages import StepResult
from tests.orchestration.golden.scene import Scene, calls, says
from tests.pitfalls.tool_server import ECHO
from tests.shared.tools.scripted_server import ScriptedServer, content, text

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

POISON: dict[str, str] = {"__class__": "Document", "__module__": "azure.functions", "__data__": "{}"}
NESTED: dict[str, Any] = {"rows": [{"page": POISON}]}
BOTH = pytest.mark.parametrize("poison", [POISON, NESTED], ids=["top", "nested"])


def _completes(scene: Scene, turn: str) -> dict[str, Any]:
    """Wait for the turn's end, and see that the next turn is not harmed."""
    end = scene.sees("chat_response", turn)
    assert end["status"] == "completed", end["error"]
    scene.engine_done(turn)
    scene.model(says("Next."))
    assert scene.sees("chat_response", scene.ask("And now?"))["response"] == "Next."
    return end


@pytest.mark.parametrize("strict", ["", "1"], ids=["loose", "strict"])
def test_the_codec_is_as_dangerous_as_we_think_and_our_messages_are_text_to_it(
    monkeypatch: pytest.MonkeyPatch, strict: str
) -> None:
    monkeypatch.setenv("AZURE_FUNCTIONS_DURABLE_STRICT_TYPING", strict)
    if strict:
        with pytest.raises(TypeError, match="strict mode"):
            df_loads(json.dumps(POISON))
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the codec warns of itself once per process
            assert type(df_loads(json.dumps(NESTED))["rows"][0]["page"]).__name__ == "Document"
    sent = StepResult(outcome="failed", error=json.dumps(POISON)).text()
    assert df_loads(df_dumps(sent)) == sent


@BOTH
def test_a_frame_with_poison_in_a_field_nobody_reads_is_an_ordinary_question(scene: Scene, poison: object) -> None:
    frame = {"type": "query", "content": "Hello", "client_message_id": "poisoned", "meta": poison}
    scene.client.send({**frame, **POISON})
    accepted = scene.seen(lambda event: event.get("client_message_id") == "poisoned")
    _completes(scene, str(accepted["turn_id"]))


@BOTH
def test_poison_as_a_question_reaches_the_model_as_text(scene: Scene, poison: object) -> None:
    question = json.dumps(poison)
    _completes(scene, scene.ask(question))
    asked = scene.model_log()[0]["text"]
    assert asked == question


@BOTH
def test_a_tool_result_of_poison_is_text_for_the_model(scene: Scene, tools: ScriptedServer, poison: object) -> None:
    tools.on_call(text(json.dumps(poison)))
    _ends_with_result(scene, json.dumps(poison))


@BOTH
def test_structured_poison_of_a_tool_is_text_for_the_model(scene: Scene, tools: ScriptedServer, poison: object) -> None:
    tools.on_call(content(structuredContent=poison))
    _ends_with_result(scene, json.dumps(poison, separators=(",", ":")))


def test_a_page_with_poison_in_it_is_text_for_the_model(scene: Scene, tools: ScriptedServer) -> None:
    page = f"<html><script type='application/json'>{json.dumps(NESTED)}</script></html>"
    tools.on_call(text(page))
    _ends_with_result(scene, page)


def _ends_with_result(scene: Scene, told: str) -> None:
    scene.model(calls((ECHO, {"q": "x"}), step=0), says())
    turn = scene.ask()
    end = _completes(scene, turn)
    assert [tool["status"] for tool in end["tool_feedback"]] == ["completed"]
    assert scene.sees("tool_call.completed", turn)["preview"] == told


@BOTH
def test_poison_written_by_the_model_stays_what_it_wrote(scene: Scene, tools: ScriptedServer, poison: object) -> None:
    written = json.dumps(poison)
    scene.model(calls((ECHO, {"q": poison}), step=0), says(written))
    turn = scene.ask()
    end = _completes(scene, turn)
    assert end["response"] == written
    assert json.loads(scene.sees("tool_call.completed", turn)["preview"]) == {"q": poison}
