"""Stories of turns that are stopped, that wait for others, that take too long, and whose worker dies."""

from tests.orchestration.golden.scene import Scene, calls, fails, says
from tests.orchestration.golden.stories import story
from tests.orchestration.golden.stories_of_tools import ACCOUNTS, PIPELINE, PLAYBOOK

LONG = " ".join(["word"] * 400)
SLOW = {"token_ms": 25}
PAST_THE_DEADLINE_S = 200.0


def _wait_for_text(scene: Scene, turn: str) -> None:
    scene.seen(lambda event: event["type"] == "message.delta" and event["turn_id"] == turn and event["offset"] > 0)


@story("stopped")
def stop_while_streaming(scene: Scene) -> str:
    """The person stops the answer while it is written; what there is is kept."""
    scene.model(says(LONG, **SLOW))
    turn = scene.ask()
    _wait_for_text(scene, turn)
    scene.stop(turn)
    return turn


@story("stopped")
def stop_before_the_first_word(scene: Scene) -> str:
    """The person stops while the model still thinks."""
    scene.model(says(LONG, first_token_ms=60_000))
    turn = scene.ask()
    scene.model_asked(1)
    scene.stop(turn)
    return turn


@story("stopped")
def stop_twice(scene: Scene) -> str:
    """The person stops, and stops again."""
    scene.model(says(LONG, **SLOW))
    turn = scene.ask()
    _wait_for_text(scene, turn)
    scene.stop(turn)
    scene.stop(turn)
    return turn


@story("stopped")
def stop_that_the_model_step_does_not_notice(scene: Scene) -> str:
    """The model step does not end within the grace it is given; the turn ends without it."""
    scene.chaos({"action": "delay", "name": "call_model", "when": "after", "after_ms": 7000, "nth": 1})
    turn = scene.ask()
    scene.seen(lambda event: event["type"] == "message.completed" and event["turn_id"] == turn)
    scene.stop(turn)
    return turn


@story("stopped")
def stop_while_a_tool_runs(scene: Scene) -> str:
    """The person stops while one of two tools still runs."""
    scene.model(calls(PIPELINE, PLAYBOOK, step=0), says())
    scene.tool_fault("crm.get_pipeline", delay_ms=3000)
    turn = scene.ask()
    scene.seen(lambda event: event["type"] == "tool_call.completed" and event["tool"] == "search_playbook")
    scene.stop(turn)
    return turn


@story("stopped")
def stop_with_a_question_waiting(scene: Scene) -> str:
    """The person stops a turn for which another waits; the floor goes to that one."""
    scene.model(says(LONG, **SLOW))
    turn = scene.ask()
    waiting = scene.ask()
    _wait_for_text(scene, turn)
    scene.model(says())
    scene.stop(turn)
    scene.ends(waiting)
    return turn


@story()
def stop_of_a_waiting_question(scene: Scene) -> str:
    """The person takes a waiting question back; the running turn is not disturbed."""
    scene.model(says(LONG, token_ms=3))
    turn = scene.ask()
    waiting = scene.ask()
    scene.stop(waiting)
    assert scene.sees("chat_response", waiting)["status"] == "stopped"
    return turn


@story()
def last_of_three_in_the_queue(scene: Scene) -> str:
    """Three questions at once are answered one after another; the last one's turn."""
    scene.model(says(LONG, token_ms=1))
    first, second, third = scene.ask("One?"), scene.ask("Two?"), scene.ask("Three?")
    assert [scene.ends(turn) for turn in (first, second)] == ["completed", "completed"]
    return third


@story("exhausted")
def deadline_in_a_model_step(scene: Scene) -> str:
    """The time of the turn is over while the model writes."""
    scene.model(says(LONG, stall_after=10))
    turn = scene.ask()
    _wait_for_text(scene, turn)
    scene.chaos(clock_offset_s=PAST_THE_DEADLINE_S)
    scene.sees("chat_response", turn)
    return turn


@story("exhausted")
def deadline_in_a_tool(scene: Scene) -> str:
    """The time of the turn is over while a tool runs."""
    scene.model(calls(PIPELINE, step=0), says())
    scene.tool_fault("crm.get_pipeline", delay_ms=3000)
    turn = scene.ask()
    scene.sees("tool_call.started", turn)
    scene.chaos(clock_offset_s=PAST_THE_DEADLINE_S)
    scene.sees("chat_response", turn)
    return turn


@story()
def worker_killed_in_a_model_step(scene: Scene) -> str:
    """The worker dies while the model writes; the step is run again."""
    scene.model(says(LONG, token_ms=2))
    turn = scene.ask()
    _wait_for_text(scene, turn)
    scene.stack.kill_worker()
    return turn


@story()
def worker_killed_in_a_tool(scene: Scene) -> str:
    """The worker dies while a tool runs that may be called again."""
    scene.model(calls(PIPELINE, step=0), says())
    scene.tool_fault("crm.get_pipeline", delay_ms=1000)
    turn = scene.ask()
    scene.sees("tool_call.started", turn)
    scene.stack.kill_worker()
    return turn


@story()
def worker_killed_in_a_tool_with_an_effect(scene: Scene) -> str:
    """The worker dies while a tool runs that must not be called twice: its lease is waited for, then it is given up."""
    note = {"account": "Contoso", "kind": "note", "note": "Spoke to them."}
    scene.model(calls(("crm__log_activity", note), step=0), says())
    scene.tool_fault("crm.log_activity", delay_ms=1000)
    turn = scene.ask()
    scene.sees("tool_call.started", turn)
    scene.stack.kill_worker()
    assert scene.sees("tool_call.completed", turn)["status"] == "unknown"
    return turn


@story()
def worker_killed_in_an_episode(scene: Scene) -> str:
    """The worker dies while the orchestrator runs, between a step and its tools."""
    scene.model(calls(ACCOUNTS, step=0), says())
    scene.chaos({"action": "kill_worker", "kind": "orchestrator", "when": "before", "nth": 2})
    return scene.ask()


@story()
def worker_killed_before_the_last_episode(scene: Scene) -> str:
    """The worker dies when the turn's end is written, before the orchestrator hears of it."""
    scene.chaos({"action": "kill_worker", "name": "finish_turn", "when": "after", "nth": 1})
    return scene.ask()


@story()
def end_that_is_tried_again(scene: Scene) -> str:
    """The activity that ends the turn fails twice in the engine."""
    scene.chaos(
        {"action": "fail", "name": "finish_turn", "when": "after", "nth": 1},
        {"action": "fail", "name": "finish_turn", "when": "after", "nth": 2},
    )
    return scene.ask()


@story()
def every_activity_delivered_twice(scene: Scene) -> str:
    """The engine runs every activity twice; the second result counts."""
    scene.model(calls(ACCOUNTS, PLAYBOOK, step=0), says())
    scene.chaos(duplicate_activities=True)
    return scene.ask()


@story()
def started_again_after_its_end(scene: Scene) -> str:
    """The instance is started once more when its turn is long over: nothing is done again."""
    turn = scene.ask()
    scene.ends(turn)
    scene.model(fails(error="server"))
    scene.start_again(turn)
    return turn


@story("stopped")
def started_again_after_a_stop(scene: Scene) -> str:
    """The instance of a turn that was stopped before its first word is started once more: its floor is gone."""
    scene.model(says(LONG, first_token_ms=60_000))
    turn = scene.ask()
    scene.model_asked(1)
    scene.stop(turn)
    scene.ends(turn)
    scene.start_again(turn)
    return turn
