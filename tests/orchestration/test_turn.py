"""Golden transcripts: what the turn schedules, in order, for what happens to it."""

import json
from collections.abc import Callable

import pytest

from orchestration.messages import StepResult
from orchestration.turn import FINISH_RETRIES, GRACE, MAX_STEPS, MODEL_RETRIES, TOOL_RETRIES
from shared.errors import ModelFailed
from shared.event_log.floor import TURN_SECONDS
from tests.orchestration.scripted_context import REQUEST, ScriptedContext, drive

BEGIN = ["timer 120", "wait stop", "call_model 0"]
A, B, C = "t_1.0.0", "t_1.0.1", "t_1.0.2"


def _stop(context: ScriptedContext) -> None:
    context.stop.complete("")


def _failed(context: ScriptedContext) -> None:
    error = ModelFailed("No.").info().model_dump_json()
    context.last("call_model").complete(StepResult(outcome="failed", error=error).text())


def _retries_used_up(context: ScriptedContext) -> None:
    context.last("call_model").fail("retries are used up", RuntimeError("reset by peer"))


def _round(step: int) -> tuple[Callable[[ScriptedContext], None], Callable[[ScriptedContext], None]]:
    """Return a model step that asks for one tool, and the tool's end."""
    call_id = f"t_1.{step}.0"
    return lambda c: c.wants(call_id), lambda c: c.tool_done(call_id)


def _outcome(text: str) -> StepResult:
    return StepResult.from_text(text)


def test_a_plain_answer_is_one_step_and_an_end() -> None:
    context, status = drive(ScriptedContext.answered)
    assert context.transcript == [*BEGIN, "cancel timer 120", "finish_turn completed"]
    assert status == "completed"


def test_a_tool_call_comes_between_two_model_steps() -> None:
    context, status = drive(lambda c: c.wants(A), lambda c: c.tool_done(A), ScriptedContext.answered)
    assert context.transcript == [
        *BEGIN,
        f"call_tool {A}",
        "call_model 1",
        "cancel timer 120",
        "finish_turn completed",
    ]
    assert status == "completed"


def test_tools_of_one_step_run_side_by_side_and_are_all_awaited_in_any_order() -> None:
    context, _ = drive(
        lambda c: c.wants(A, B, C),
        lambda c: c.tool_done(C),
        lambda c: c.tool_done(A),
        lambda c: c.tool_done(B),
        ScriptedContext.answered,
    )
    assert context.transcript[3:7] == [f"call_tool {A}", f"call_tool {B}", f"call_tool {C}", "call_model 1"]


def test_one_tool_that_fails_for_good_does_not_end_the_turn() -> None:
    context, status = drive(
        lambda c: c.wants(A, B), lambda c: c.tool_failed(A), lambda c: c.tool_done(B), ScriptedContext.answered
    )
    assert context.transcript[-3:] == ["call_model 1", "cancel timer 120", "finish_turn completed"]
    assert status == "completed"


def test_a_stop_while_the_model_writes_lets_it_save_what_it_has() -> None:
    context, status = drive(_stop, ScriptedContext.answered)
    assert context.transcript == [
        *BEGIN,
        "timer 5",
        "cancel timer 5",
        "cancel timer 120",
        "finish_turn stopped",
    ]
    assert status == "stopped"


def test_a_model_that_does_not_notice_the_stop_is_not_waited_for() -> None:
    context, status = drive(_stop, ScriptedContext.grace_over)
    assert context.transcript == [*BEGIN, "timer 5", "cancel timer 120", "finish_turn stopped"]
    assert status == "stopped"
    assert context.timers[1][0] == GRACE


def test_a_stop_while_tools_run_does_not_wait_for_them() -> None:
    context, status = drive(lambda c: c.wants(A, B), lambda c: c.tool_done(A), _stop)
    assert context.transcript == [
        *BEGIN,
        f"call_tool {A}",
        f"call_tool {B}",
        "cancel timer 120",
        "finish_turn stopped",
    ]
    assert status == "stopped"


def test_a_model_step_that_saw_the_stop_itself_ends_the_turn_as_stopped() -> None:
    context, status = drive(lambda c: c.last("call_model").complete(StepResult(outcome="stopped").text()))
    assert context.transcript[-1] == "finish_turn stopped"
    assert status == "stopped"


def test_the_deadline_ends_the_turn_during_a_model_step() -> None:
    context, status = drive(ScriptedContext.deadline, ScriptedContext.grace_over)
    assert context.transcript == [*BEGIN, "timer 5", "finish_turn exhausted limit_time"]
    assert status == "exhausted"
    assert context.timers[0][0].total_seconds() == TURN_SECONDS


def test_the_deadline_ends_the_turn_during_tools() -> None:
    context, status = drive(lambda c: c.wants(A), ScriptedContext.deadline)
    assert context.transcript == [*BEGIN, f"call_tool {A}", "finish_turn exhausted limit_time"]
    assert status == "exhausted"


def test_a_model_that_refused_ends_the_turn_with_its_words() -> None:
    context, status = drive(_failed)
    name, wanted, _ = context.activities[-1]
    assert (name, status, wanted["status"]) == ("finish_turn", "failed", "failed")
    assert json.loads(wanted["error"])["code"] == "model_refused_request"


def test_a_model_step_whose_retries_are_used_up_fails_the_turn() -> None:
    context, status = drive(_retries_used_up)
    assert context.transcript == [*BEGIN, "cancel timer 120", "finish_turn failed reset by peer"]
    assert status == "failed"


def test_a_turn_that_lost_the_floor_finishes_quietly() -> None:
    context, _ = drive(lambda c: c.last("call_model").complete(StepResult(outcome="over").text()))
    assert context.transcript == [*BEGIN, "cancel timer 120", "finish_turn completed"]


def test_the_last_step_gets_no_tools_and_its_answer_counts_as_exhausted() -> None:
    rounds = [happening for step in range(MAX_STEPS - 1) for happening in _round(step)]
    context, status = drive(*rounds, ScriptedContext.answered)
    models = [line for line in context.transcript if line.startswith("call_model")]
    assert models == [*(f"call_model {step}" for step in range(MAX_STEPS - 1)), f"call_model {MAX_STEPS - 1} last"]
    assert context.transcript[-1] == "finish_turn exhausted limit_steps"
    assert status == "exhausted"


def test_a_model_that_asks_for_tools_even_in_the_last_step_is_cut_off() -> None:
    rounds = [happening for step in range(MAX_STEPS) for happening in _round(step)]
    context, status = drive(*rounds)
    assert sum(line.startswith("call_model") for line in context.transcript) == MAX_STEPS
    assert (context.transcript[-1], status) == ("finish_turn exhausted limit_steps", "exhausted")


def test_every_activity_gets_ids_only_and_its_own_retries() -> None:
    context, _ = drive(lambda c: c.wants(A), lambda c: c.tool_done(A), ScriptedContext.answered)
    ids = {"conversation_id": REQUEST.conversation_id, "question_seq": REQUEST.question_seq}
    step = ids | {"turn_id": REQUEST.turn_id, "manifest_id": REQUEST.manifest_id, "last": False}
    assert [(name, wanted) for name, wanted, _ in context.activities] == [
        ("call_model", step | {"step": 0}),
        ("call_tool", ids | {"asker": REQUEST.asker, "call_id": A}),
        ("call_model", step | {"step": 1}),
        ("finish_turn", ids | {"turn_id": REQUEST.turn_id, "status": "completed", "error": None}),
    ]
    assert context.retries == [MODEL_RETRIES, TOOL_RETRIES, MODEL_RETRIES, FINISH_RETRIES]


def test_a_second_execution_of_a_tool_outlasts_the_longest_lease_of_the_catalog() -> None:
    pauses = [
        min(TOOL_RETRIES.first_retry_interval.total_seconds() * 2**n, 15)
        for n in range(TOOL_RETRIES.max_number_of_attempts - 1)
    ]
    default_lease_s = 25
    assert sum(pauses) > default_lease_s


@pytest.mark.parametrize(
    "result",
    [
        StepResult(outcome="answered"),
        StepResult(outcome="tools", calls=(A, B)),
        StepResult(outcome="failed", error='{"__class__": "Document"}'),
    ],
    ids=lambda result: result.outcome,
)
def test_a_step_result_survives_the_way_through_the_engine(result: StepResult) -> None:
    assert _outcome(result.text()) == result
