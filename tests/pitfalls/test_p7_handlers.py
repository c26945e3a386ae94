"""P7: an answer other than 2xx drops a plain client's connection, and a slow one holds up its next event."""

import json
import time
from typing import Any

import pytest

from tests.orchestration.golden.scene import Scene, says

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

BAD: dict[str, str] = {
    "nothing": "",
    "no JSON": "hello",
    "half JSON": '{"type":"query"',
    "null": "null",
    "a list": "[1]",
    "an unknown command": '{"type":"drop.tables"}',
    "a server's event": '{"type":"chat_response","response":"x"}',
    "no content": '{"type":"query"}',
    "content of a wrong type": '{"type":"query","content":{"a":1}}',
    "empty content": '{"type":"query","content":" "}',
    "too much content": json.dumps({"type": "query", "content": "x" * 40_000}),
    "too large a frame": json.dumps({"type": "query", "content": "x" * 200_000}),
    "nesting without end": '{"type":"query","content":"x","meta":' + "[" * 60_000,
    "half a character": '{"type":"query","content":"\\ud800"}',
    "a foreign session": '{"type":"query","content":"x","session_id":"s_01KJPWD6M0RB3JDFC7JAMXTS1V"}',
    "an unknown turn": '{"type":"turn.stop","conversation_id":"s_1","turn_id":"t_1"}',
    "a bad place": '{"type":"sync","conversation_id":"s_1","after":-1}',
    "an unsigned token": '{"type":"session.update","accessToken":"a.b.c"}',
}
ANSWER_S = 5.0
"""Far more than a handler takes, far less than it would take to wait for a model."""


def test_every_bad_frame_is_answered_in_words_and_the_connection_stays(scene: Scene) -> None:
    answers: dict[str, Any] = {}
    for name, frame in BAD.items():
        scene.client.socket.send(frame)
        answers[name] = scene.client.wait_for(lambda event: event["type"] in {"error", "command.accepted"})
    wrong = {name: told for name, told in answers.items() if told["type"] != "error" or not told["message"]}
    assert wrong == {}
    assert scene.ends(scene.ask("And now in earnest")) == "completed"


def test_a_handler_answers_before_the_model_has_said_a_word(scene: Scene) -> None:
    scene.model(says("At last.", first_token_ms=60_000))
    began = time.monotonic()
    turn = scene.ask()
    scene.client.send({"type": "sync", "conversation_id": scene.session_id, "after": 0})
    snapshot = scene.client.wait_for("snapshot")
    took = time.monotonic() - began

    assert snapshot["active_turn"]["turn_id"] == turn
    assert took < ANSWER_S
    scene.model_asked(1)
    assert [entry["outcome"] for entry in scene.model_log()] == ["running"]
    scene.stop(turn)
    assert scene.ends(turn) == "stopped"
