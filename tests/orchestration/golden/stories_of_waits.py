"""Stories in which a call waits for a server that is not ready, and nobody is asked anything."""

from tests.orchestration.golden.scene import Scene, calls, says
from tests.orchestration.golden.stories import story
from tests.orchestration.golden.stories_of_cards import NOTE
from tests.orchestration.golden.stories_of_tools import PIPELINE, PLAYBOOK


def _not_ready(scene: Scene, times: int) -> None:
    scene.tool_fault("crm.get_pipeline", fail="not_ready", count=times)


def _pauses(scene: Scene, turn: str) -> int:
    """Return how many timers the turn has set beside its deadline."""
    history = scene.instance(turn, history=True)["historyEvents"]
    return sum(event["EventType"] == "TimerCreated" for event in history) - 1


@story()
def a_server_that_is_not_ready_yet(scene: Scene) -> str:
    """A server says twice that it is not ready; the call is made again after a pause each time, then answered."""
    scene.model(calls(PIPELINE, step=0), says())
    _not_ready(scene, times=2)
    return scene.ask()


@story()
def a_server_that_is_not_ready_beside_one_that_is(scene: Scene) -> str:
    """Of two calls of a step one waits for its server; only that one is made again."""
    scene.model(calls(PIPELINE, PLAYBOOK, step=0), says())
    _not_ready(scene, times=1)
    return scene.ask()


@story()
def a_server_that_is_not_ready_beside_a_card(scene: Scene) -> str:
    """One call waits for a person, the other for its server: first the person is waited for, then the pause begins."""
    scene.model(calls(PIPELINE, NOTE, step=0), says())
    _not_ready(scene, times=1)
    turn = scene.ask()
    card = scene.sees("question.opened", turn)
    scene.until(lambda: _pauses(scene, turn) > 0, f"{turn} does not wait for its card")
    names = {name: card[name] for name in ("conversation_id", "question_id", "fence")}
    scene.client.send({"type": "question.answer", "answer": "approve", **names})
    return turn


@story("stopped")
def stop_while_a_server_is_not_ready(scene: Scene) -> str:
    """A turn is stopped in the pause before a call is made again."""
    scene.model(calls(PIPELINE, step=0), says())
    _not_ready(scene, times=20)
    turn = scene.ask()
    scene.until(lambda: _pauses(scene, turn) > 1, f"{turn} does not pause")
    scene.stop(turn)
    return turn
