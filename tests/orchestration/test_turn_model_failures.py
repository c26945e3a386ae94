"""What the turn schedules when a model step fails: which is run again, after how long, and when it gives up."""

import json

from orchestration.messages import StepResult
from orchestration.turn import MODEL_PATIENCE_MS, MODEL_PAUSES_MS
from shared.errors import ModelFailed, ModelUnavailable, PublishFailed
from tests.orchestration.scripted_context import ScriptedContext, drive


def _failed(context: ScriptedContext) -> None:
    error = ModelFailed("No.").info().model_dump_json()
    context.last("call_model").complete(StepResult(outcome="failed", error=error).text())


def _raised(context: ScriptedContext, after_ms: int | None = None) -> None:
    error = ModelUnavailable("Busy.", after_ms=after_ms).info().model_dump_json()
    context.last("call_model").fail("the activity raised", RuntimeError(error))


def _attempts(context: ScriptedContext) -> int:
    return sum(line.startswith("call_model") for line in context.transcript)


def test_a_model_that_refused_ends_the_turn_with_its_words() -> None:
    context, status = drive(_failed)
    name, wanted, _ = context.activities[-1]
    assert (name, status, wanted["status"]) == ("finish_turn", "failed", "failed")
    assert json.loads(wanted["error"])["code"] == "model_refused_request"


def test_a_model_step_that_raises_is_tried_again_after_growing_pauses_and_then_fails_the_turn() -> None:
    rounds = [happening for _ in MODEL_PAUSES_MS for happening in (_raised, ScriptedContext.pause_over)]
    context, status = drive(*rounds, _raised)
    pauses = [delay.total_seconds() * 1000 for delay, _ in context.timers[1:]]
    assert pauses == list(MODEL_PAUSES_MS)
    assert _attempts(context) == len(MODEL_PAUSES_MS) + 1
    name, wanted, _ = context.activities[-1]
    assert (name, status, wanted["status"]) == ("finish_turn", "failed", "failed")
    assert json.loads(wanted["error"])["code"] == "model_unavailable"


def test_a_step_that_could_only_not_be_told_is_run_again_for_as_long_as_the_turn_lasts() -> None:
    def untold(context: ScriptedContext) -> None:
        error = PublishFailed("The live connection could not be reached.").info().model_dump_json()
        context.last("call_model").fail("the activity raised", RuntimeError(error))

    rounds = [happening for _ in range(len(MODEL_PAUSES_MS) + 3) for happening in (untold, ScriptedContext.pause_over)]
    context, status = drive(*rounds, ScriptedContext.answered)
    assert _attempts(context) == len(MODEL_PAUSES_MS) + 4
    assert status == "completed"


def test_the_services_own_hint_makes_the_pause_longer() -> None:
    context, status = drive(lambda c: _raised(c, after_ms=7_000), ScriptedContext.pause_over, ScriptedContext.answered)
    assert context.transcript[3:5] == ["timer 7", "call_model 0"]
    assert status == "completed"


def test_a_hint_beyond_all_patience_fails_the_turn_at_once() -> None:
    context, status = drive(lambda c: _raised(c, after_ms=MODEL_PATIENCE_MS + 1))
    assert _attempts(context) == 1
    assert json.loads(context.activities[-1][1]["error"])["after_ms"] == MODEL_PATIENCE_MS + 1
    assert status == "failed"


def test_a_stop_while_waiting_for_the_model_ends_the_turn_at_once() -> None:
    context, status = drive(_raised, ScriptedContext.stopped)
    assert context.transcript[3:] == ["timer 0.5", "cancel timer 0.5", "cancel timer 120", "finish_turn stopped"]
    assert status == "stopped"
