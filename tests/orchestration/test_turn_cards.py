"""What the turn schedules when calls wait for a person, or for a server that is not ready."""

from collections.abc import Callable
from datetime import timedelta

from orchestration.messages import CallWaits, StepResult, waiting
from shared.event_log.floor import LEAST_SECONDS
from shared.turns import STOP_EVENT, TURN, floor_event
from tests.orchestration.engine import Activities, engine
from tests.orchestration.scripted_context import REQUEST, ScriptedContext, drive

A, B = "t_1.0.0", "t_1.0.1"
CARD = f"{A}.q1"
BEGIN = ["timer 120", "wait stop", "call_model 0"]


def waits(*questions: str, parking: int = 1, seconds: int = 600, number: int = 0) -> str:
    return waiting(CallWaits(questions=questions, seconds=seconds, parking=parking, round=number))


def _waits(call_id: str, *questions: str, parking: int = 1, after_s: float = 0) -> Callable[[ScriptedContext], None]:
    def happen(context: ScriptedContext) -> None:
        context.current_utc_datetime += timedelta(seconds=after_s)
        context.tool_done(call_id, waits(*questions, parking=parking))

    return happen


def _floor(parking: int, after_s: float = 0) -> Callable[[ScriptedContext], None]:
    def happen(context: ScriptedContext) -> None:
        context.current_utc_datetime += timedelta(seconds=after_s)
        context.events[floor_event(parking)].complete("")

    return happen


def _again(call_id: str, status: str = "completed") -> Callable[[ScriptedContext], None]:
    return lambda c: c.latest_call(call_id).complete(status)


def test_a_call_that_asks_a_person_is_run_again_when_its_turn_has_the_floor_again() -> None:
    context, status = drive(
        lambda c: c.wants(A), _waits(A, CARD, after_s=50), _floor(1, after_s=4000), _again(A), ScriptedContext.answered
    )
    assert context.transcript == [
        *BEGIN,
        f"call_tool {A}",
        "cancel timer 120",
        "wait floor.1",
        "timer 600",
        "cancel timer 600",
        "timer 70",
        f"call_tool {A} again",
        "call_model 1",
        "cancel timer 70",
        "finish_turn completed",
    ]
    assert status == "completed"


def test_a_turn_that_had_used_its_time_gets_some_for_what_was_allowed() -> None:
    context, _ = drive(
        lambda c: c.wants(A), _waits(A, CARD, after_s=119), _floor(1), _again(A), ScriptedContext.answered
    )
    assert f"timer {LEAST_SECONDS:g}" in context.transcript


def test_calls_beside_one_that_waits_are_awaited_without_a_deadline() -> None:
    context, status = drive(
        lambda c: c.wants(A, B),
        _waits(A, CARD),
        lambda c: c.tool_done(B),
        _floor(1),
        _again(A),
        ScriptedContext.answered,
    )
    assert context.transcript[3:8] == [
        f"call_tool {A}",
        f"call_tool {B}",
        "cancel timer 120",
        "wait floor.1",
        "timer 600",
    ]
    assert [line for line in context.transcript if line.endswith("again")] == [f"call_tool {A} again"]
    assert status == "completed"


def test_the_floor_of_the_latest_parking_is_what_counts() -> None:
    context, _ = drive(
        lambda c: c.wants(A, B),
        _waits(A, CARD, parking=1),
        _waits(B, f"{B}.q1", parking=2),
        _floor(2),
        _again(A),
        _again(B),
        ScriptedContext.answered,
    )
    assert "wait floor.2" in context.transcript
    assert "wait floor.1" not in context.transcript


def test_a_call_may_wait_more_than_once() -> None:
    context, status = drive(
        lambda c: c.wants(A),
        _waits(A, CARD),
        _floor(1),
        lambda c: c.latest_call(A).complete(waits(f"{A}.q2", parking=2)),
        _floor(2),
        _again(A),
        ScriptedContext.answered,
    )
    assert [line for line in context.transcript if line.startswith("wait floor")] == ["wait floor.1", "wait floor.2"]
    assert status == "completed"


def test_a_card_nobody_answers_is_closed_when_its_time_is_over() -> None:
    context, status = drive(
        lambda c: c.wants(A),
        _waits(A, CARD),
        lambda c: c.timers[-1][1].complete(None),
        lambda c: c.last("expire_cards").complete("1"),
        _floor(1),
        _again(A, "cancelled"),
        ScriptedContext.answered,
    )
    assert context.transcript[6:8] == ["timer 600", f"expire_cards {CARD}"]
    assert status == "completed"


def test_a_stop_while_parked_ends_the_turn_and_leaves_no_timer() -> None:
    context, status = drive(lambda c: c.wants(A), _waits(A, CARD), lambda c: c.stop.complete(""))
    assert context.transcript[-2:] == ["cancel timer 600", "finish_turn stopped"]
    assert status == "stopped"


def test_a_server_that_is_not_ready_is_asked_again_after_a_while_on_the_turns_own_time() -> None:
    context, status = drive(
        lambda c: c.wants(A),
        lambda c: c.tool_done(A, waits(parking=0, seconds=4, number=2)),
        ScriptedContext.pause_over,
        _again(A),
        ScriptedContext.answered,
    )
    assert context.transcript[4:6] == ["timer 4", f"call_tool {A} again"]
    assert [wanted["round"] for name, wanted, _ in context.activities if name == "call_tool"] == [0, 2]
    assert status == "completed"


def test_the_deadline_ends_a_turn_whose_server_is_never_ready() -> None:
    context, status = drive(
        lambda c: c.wants(A), lambda c: c.tool_done(A, waits(parking=0, seconds=15)), ScriptedContext.deadline
    )
    assert context.transcript[-2:] == ["cancel timer 15", "finish_turn exhausted limit_time"]
    assert status == "exhausted"


def test_on_the_engine_a_floor_that_comes_before_it_is_waited_for_is_not_lost() -> None:
    tools = StepResult(outcome="tools", calls=(A,)).text()
    activities = Activities({"call_model": [tools, StepResult(outcome="answered").text()]})
    with engine(activities) as running:

        def answered_at_once() -> str:
            running.client.raise_orchestration_event("t_1", floor_event(1), data="")
            return waits(CARD)

        activities.scripts["call_tool"] = [answered_at_once, "completed"]
        running.client.schedule_new_orchestration(TURN, input=REQUEST.text(), instance_id="t_1")
        assert running.result("t_1") == "completed"
    assert activities.executed == [
        "call_model 0",
        f"call_tool {A}",
        f"call_tool {A}",
        "call_model 1",
        "finish_turn completed",
    ]


def test_on_the_engine_a_floor_told_twice_counts_once() -> None:
    tools = StepResult(outcome="tools", calls=(A,)).text()
    activities = Activities({"call_model": [tools, StepResult(outcome="answered").text()]})
    with engine(activities) as running:

        def twice() -> str:
            for _ in range(2):
                running.client.raise_orchestration_event("t_1", floor_event(1), data="")
            return waits(CARD)

        def then_stop() -> str:
            running.client.raise_orchestration_event("t_1", STOP_EVENT, data="")
            return waits(f"{A}.q2", parking=2)

        activities.scripts["call_tool"] = [twice, then_stop]
        running.client.schedule_new_orchestration(TURN, input=REQUEST.text(), instance_id="t_1")
        assert running.result("t_1") == "stopped"
    assert activities.executed[-1] == "finish_turn stopped"


def test_on_the_engine_a_card_whose_time_is_over_is_closed_by_the_turn() -> None:
    tools = StepResult(outcome="tools", calls=(A,)).text()
    activities = Activities({"call_model": [tools, StepResult(outcome="answered").text()]})
    with engine(activities) as running:

        def expired() -> str:
            running.client.raise_orchestration_event("t_1", floor_event(1), data="")
            return "1"

        activities.scripts |= {"call_tool": [waits(CARD, seconds=0), "cancelled"], "expire_cards": [expired]}
        running.client.schedule_new_orchestration(TURN, input=REQUEST.text(), instance_id="t_1")
        assert running.result("t_1") == "completed"
    assert [name.split()[0] for name in activities.executed] == [
        "call_model",
        "call_tool",
        "expire_cards",
        "call_tool",
        "call_model",
        "finish_turn",
    ]
