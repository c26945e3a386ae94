"""Stories in which a call waits for a person."""

from tests.e2e.client import Event
from tests.orchestration.golden.scene import Scene, calls, says
from tests.orchestration.golden.stories import story

NOTE = ("crm_asking__log_activity", {"account": "Contoso", "kind": "note", "note": "They want a discount."})
OTHER_NOTE = ("crm_asking__log_activity", {"account": "Contoso", "kind": "note", "note": "They want to wait."})
PIPELINE = ("crm__get_pipeline", {"account": "Contoso"})
DAY_S = 24 * 3600


def _asked(scene: Scene, *wanted: tuple[str, dict[str, str]]) -> str:
    scene.model(calls(*wanted, step=0), says())
    turn = scene.ask()
    scene.sees("question.opened", turn)
    return turn


def _answer(scene: Scene, card: Event, word: str) -> None:
    names = {name: card[name] for name in ("conversation_id", "question_id", "fence")}
    scene.client.send({"type": "question.answer", "answer": word, **names})


def _waits(scene: Scene, turn: str) -> None:
    """Wait until the turn has set the timer for its card."""

    def timers() -> int:
        history = scene.instance(turn, history=True)["historyEvents"]
        return sum(event["EventType"] == "TimerCreated" for event in history)

    scene.until(lambda: timers() > 1, f"{turn} does not wait for its card")


@story()
def a_call_that_was_allowed(scene: Scene) -> str:
    """A call waits for a person, who allows it; it is run again and the turn goes on."""
    turn = _asked(scene, NOTE)
    _waits(scene, turn)
    _answer(scene, scene.sees("question.opened", turn), "approve")
    return turn


@story()
def a_call_that_was_denied_beside_one_that_nobody_had_to_allow(scene: Scene) -> str:
    """Of two calls of a step one waits for a person, who says no; the other is made meanwhile."""
    turn = _asked(scene, NOTE, PIPELINE)
    scene.sees("tool_call.completed", turn)
    _answer(scene, scene.sees("question.opened", turn), "deny")
    return turn


@story()
def two_calls_that_were_allowed(scene: Scene) -> str:
    """Two calls of a step wait for a person; the turn goes on when both are answered."""
    turn = _asked(scene, NOTE, OTHER_NOTE)
    for place in range(2):
        card = scene.seen(lambda e, n=place: e["type"] == "question.opened" and e["call_id"] == f"{turn}.0.{n}")
        _answer(scene, card, "approve")
    return turn


@story()
def a_card_nobody_answers(scene: Scene) -> str:
    """A call waits for a person until its time is over; the turn closes the card and goes on without."""
    turn = _asked(scene, NOTE)
    _waits(scene, turn)
    scene.chaos(clock_offset_s=DAY_S + 60)
    scene.sees("chat_response", turn)
    return turn


@story(status="stopped")
def stop_while_parked(scene: Scene) -> str:
    """A turn is stopped while it waits for a person."""
    turn = _asked(scene, NOTE)
    _waits(scene, turn)
    scene.stop(turn)
    return turn


@story()
def a_turn_that_comes_back_after_another(scene: Scene) -> str:
    """A turn waits for a person and, once it is answered, for the turn that took the floor meanwhile."""
    turn = _asked(scene, NOTE)
    _waits(scene, turn)
    scene.model(says("word " * 80, step=0), says())
    other = scene.ask("And what else?")
    scene.sees("turn.started", other)
    _answer(scene, scene.sees("question.opened", turn), "approve")
    scene.sees("chat_response", other)
    return turn
