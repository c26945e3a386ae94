"""Golden transcripts: what the turn schedules, in order, for what happens to it."""

from collections.abc import Callable

import pytest

from orchestration.messages import StepResult
from orchestration.turn import GRACE, MAX_STEPS
from orchestration.turn_calls import MAX_PARALLEL_CALLS, TOOL_RETRIES
from orchestration.turn_races import FINISH_RETRIES
from shared.event_log.floor import TURN_SECONDS
from tests.orchestration.scripted_context import REQUEST, ScriptedContext, drive

BEGIN = ["timer 120", "wait stop", "call_model 0"]
A, B, C = "t_1.0.0", "t_1.0.1", "t_1.0.2"


def _done(call_id: str) -> Callable[[ScriptedContext], None]:
    return lambda context: context.tool_done(call_id)


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
    context, status = drive(ScriptedContext.stopped, ScriptedContext.answered)
    assert context.transcript == [
        *BEGIN,
        "timer 5",
        "cancel timer 5",
        "cancel timer 120",
        "finish_turn stopped",
    ]
    assert status == "stopped"


def test_a_model_that_does_not_notice_the_stop_is_not_waited_for() -> None:
    context, status = drive(ScriptedContext.stopped, ScriptedContext.grace_over)
    assert context.transcript == [*BEGIN, "timer 5", "cancel timer 120", "finish_turn stopped"]
    assert status == "stopped"
    assert context.timers[1][0] == GRACE


def test_a_stop_while_tools_run_does_not_wait_for_them() -> None:
    context, status = drive(lambda c: c.wants(A, B), lambda c: c.tool_done(A), ScriptedContext.stopped)
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


def test_more_calls_than_may_run_side_by_side_run_in_waves() -> None:
    calls = tuple(f"t_1.0.{n}" for n in range(MAX_PARALLEL_CALLS + 2))
    first, rest = calls[:MAX_PARALLEL_CALLS], calls[MAX_PARALLEL_CALLS:]
    done = [_done(call_id) for call_id in first]
    context, _ = drive(
        lambda c: c.wants(*calls),
        *done[:-1],
        lambda c: c.transcript.append("-- all but one done"),
        done[-1],
        *(_done(call_id) for call_id in rest),
        ScriptedContext.answered,
    )
    wave = [f"call_tool {call_id}" for call_id in first]
    assert context.transcript[3:] == [
        *wave,
        "-- all but one done",
        *(f"call_tool {call_id}" for call_id in rest),
        "call_model 1",
        "cancel timer 120",
        "finish_turn completed",
    ]


def test_a_step_all_of_whose_calls_were_refused_goes_straight_on() -> None:
    context, _ = drive(lambda c: c.wants(), ScriptedContext.answered)
    assert context.transcript[2:5] == ["call_model 0", "call_model 1", "cancel timer 120"]


def test_a_long_conversation_is_summarised_once_the_turn_has_ended() -> None:
    answered = StepResult(outcome="answered", summarise=41)
    context, status = drive(lambda c: c.last("call_model").complete(answered.text()))
    assert context.transcript[-2:] == ["finish_turn completed", "write_summary 41"]
    assert status == "completed"


def test_a_turn_that_lost_the_floor_finishes_quietly() -> None:
    context, _ = drive(lambda c: c.last("call_model").complete(StepResult(outcome="over").text()))
    assert context.transcript == [*BEGIN, "cancel timer 120", "finish_turn completed"]


def test_the_last_step_gets_no_tools_and_its_answer_counts_as_exhausted() -> None:
    rounds = [happening for step in range(MAX_STEPS - 1) for happening in _round(step)]
    limited = StepResult(outcome="answered", limit="limit_steps")
    context, status = drive(*rounds, lambda c: c.last("call_model").complete(limited.text()))
    models = [line for line in context.transcript if line.startswith("call_model")]
    assert models == [*(f"call_model {step}" for step in range(MAX_STEPS - 1)), f"call_model {MAX_STEPS - 1} last"]
    assert context.transcript[-1] == "finish_turn exhausted limit_steps"
    assert status == "exhausted"


def test_a_limit_reached_in_the_step_for_the_room_ends_the_turn_as_exhausted() -> None:
    privately = StepResult(outcome="answered", room_waits=True)
    for_room = StepResult(outcome="answered", limit="limit_time")
    context, status = drive(
        lambda c: c.last("call_model").complete(privately.text()),
        lambda c: c.last("call_model").complete(for_room.text()),
    )
    assert (context.transcript[-1], status) == ("finish_turn exhausted limit_time", "exhausted")


def test_a_model_that_asks_for_tools_even_in_the_last_step_is_cut_off() -> None:
    rounds = [happening for step in range(MAX_STEPS) for happening in _round(step)]
    context, status = drive(*rounds)
    assert sum(line.startswith("call_model") for line in context.transcript) == MAX_STEPS
    assert (context.transcript[-1], status) == ("finish_turn exhausted limit_steps", "exhausted")


def test_every_activity_gets_ids_only_and_its_own_retries() -> None:
    context, _ = drive(lambda c: c.wants(A), lambda c: c.tool_done(A), ScriptedContext.answered)
    ids = {"conversation_id": REQUEST.conversation_id, "question_seq": REQUEST.question_seq}
    turn = ids | {"turn_id": REQUEST.turn_id, "asker": REQUEST.asker, "team": REQUEST.team}
    step = turn | {"manifest_id": REQUEST.manifest_id, "last": False, "room": False, "trace": None}
    assert [(name, wanted) for name, wanted, _ in context.activities] == [
        ("call_model", step | {"step": 0}),
        ("call_tool", ids | {"asker": REQUEST.asker, "call_id": A, "round": 0, "again": False, "trace": None}),
        ("call_model", step | {"step": 1}),
        ("finish_turn", turn | {"status": "completed", "error": None, "trace": None, "suggests": False}),
    ]
    assert context.retries == [None, TOOL_RETRIES, None, FINISH_RETRIES]


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
        StepResult(outcome="answered", limit="limit_time", summarise=12),
        StepResult(outcome="tools", calls=(A, B)),
        StepResult(outcome="failed", error='{"__class__": "Document"}'),
    ],
    ids=lambda result: result.outcome,
)
def test_a_step_result_survives_the_way_through_the_engine(result: StepResult) -> None:
    assert _outcome(result.text()) == result
