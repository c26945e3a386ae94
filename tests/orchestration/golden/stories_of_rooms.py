"""Stories in a group: an answer for its asker alone with one for the room behind it, and speaking unasked."""

import json

from shared.ambient import AMBIENT, MESSAGES_BETWEEN
from tests.orchestration.golden.room import Room
from tests.orchestration.golden.scene import Rule, Scene, calls, fails, says
from tests.orchestration.golden.stories import story

PRIVATE = ("crm_private__find_accounts", {"query": "Contoso"})


def _asked_privately(scene: Scene, *for_room: Rule) -> str:
    """Ask for what only the asker may read; the room's step follows the rules given last."""
    # Each once: the room's step is told nothing of the call, so that it looks like the turn's first.
    scene.model({**calls(PRIVATE), "times": 1}, {**says("Just for you."), "times": 1}, *for_room)
    return Room.opened(scene).ask()


def _decides(*, speak: bool) -> Rule:
    told = json.dumps({"speak": speak, "reason": "A question is open.", "to": "everyone"})
    return {"match": {"instructions": "^You decide whether a sales coach"}, "respond": {"text": told}}


@story()
def an_answer_for_its_asker_and_one_for_the_room(scene: Scene) -> str:
    """The answer rests on what its asker alone may read; a further step, without tools, answers the room."""
    return _asked_privately(scene, says("Ada has her answer."))


@story()
def an_answer_for_the_room_at_the_second_attempt(scene: Scene) -> str:
    """The model is away when the step for the room comes, and is asked for it again."""
    return _asked_privately(scene, fails(times=1, error="unavailable"), says("Ada has her answer."))


@story("failed")
def an_answer_for_the_room_that_is_filtered(scene: Scene) -> str:
    """The asker has their answer; what the room was to be told is refused for its content."""
    return _asked_privately(scene, fails(error="content_filter"))


@story("stopped")
def stop_in_the_answer_for_the_room(scene: Scene) -> str:
    """The turn is stopped when the asker has their answer and the room has not."""
    scene.model({**calls(PRIVATE), "times": 1}, {**says(), "times": 1}, says(first_token_ms=60_000))
    room = Room.opened(scene)
    turn = room.ask()
    scene.model_asked(3)
    room.stop(turn)
    return turn


@story("spoke", AMBIENT)
def the_coach_speaks_unasked(scene: Scene) -> str:
    """It is quiet after a message, and the model finds that the coach should put in a word."""
    scene.model(_decides(speak=True), says())
    return Room.opened(scene, ambient=True).talks(MESSAGES_BETWEEN)


@story("silent", AMBIENT)
def the_coach_stays_silent(scene: Scene) -> str:
    """It is quiet after a message, and the model finds nothing to say."""
    scene.model(_decides(speak=False), says())
    return Room.opened(scene, ambient=True).talks(MESSAGES_BETWEEN)


@story("spoke", AMBIENT)
def speaking_that_the_engine_runs_again(scene: Scene) -> str:
    """The activity fails when the coach has begun to speak; the second execution finds that it has."""
    scene.model(_decides(speak=True), says())
    scene.chaos({"action": "fail", "name": "speak_up", "when": "after", "nth": 1})
    return Room.opened(scene, ambient=True).talks(MESSAGES_BETWEEN)


@story("spoke", AMBIENT)
def worker_killed_while_the_coach_thinks(scene: Scene) -> str:
    """The worker dies when the wait is over, before it is known whether the coach speaks."""
    scene.model(_decides(speak=True), says())
    scene.chaos({"action": "kill_worker", "name": "speak_up", "when": "before", "nth": 1})
    return Room.opened(scene, ambient=True).talks(MESSAGES_BETWEEN)
