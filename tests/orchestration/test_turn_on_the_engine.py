"""The turn on the real engine, which runs the orchestrator anew from its history at every event."""

import threading

import pytest
from durabletask.client import AsyncTaskHubGrpcClient

from orchestration.messages import StepResult
from shared.errors import StoreUnavailable
from shared.turn_engine import DurableTurnEngine
from shared.turns import STOP_EVENT, TURN, TurnRequest
from tests.orchestration.engine import WAIT_S, Activities, engine

TOOLS = StepResult(outcome="tools", calls=("t_1.0.0", "t_1.0.1", "t_1.0.2")).text()
ANSWERED = StepResult(outcome="answered").text()


def _request(turn_id: str = "t_1") -> TurnRequest:
    return TurnRequest(
        conversation_id="s_1", turn_id=turn_id, asker="p", team="north", question_seq=1, manifest_id=None
    )


def test_a_turn_with_tools_runs_every_activity_once_however_often_it_is_replayed() -> None:
    activities = Activities({"call_model": [TOOLS, ANSWERED]})
    with engine(activities) as running:
        running.client.schedule_new_orchestration(TURN, input=_request().text(), instance_id="t_1")
        assert running.result("t_1") == "completed"
    assert activities.executed[0] == "call_model 0"
    assert sorted(activities.executed[1:4]) == ["call_tool t_1.0.0", "call_tool t_1.0.1", "call_tool t_1.0.2"]
    assert activities.executed[4:] == ["call_model 1", "finish_turn completed"]


def test_a_model_step_that_failed_is_tried_again_by_the_engine() -> None:
    activities = Activities({"call_model": [RuntimeError("reset by peer"), ANSWERED]})
    with engine(activities) as running:
        running.client.schedule_new_orchestration(TURN, input=_request().text(), instance_id="t_1")
        assert running.result("t_1") == "completed"
    assert activities.executed == ["call_model 0", "call_model 0", "finish_turn completed"]


def test_a_stop_ends_the_turn_while_a_tool_still_runs() -> None:
    running_tool, let_go = threading.Event(), threading.Event()

    def slow_tool() -> str:
        running_tool.set()
        assert let_go.wait(WAIT_S)
        return "completed"

    activities = Activities(
        {"call_model": [StepResult(outcome="tools", calls=("t_1.0.0",)).text()], "call_tool": [slow_tool]}
    )
    with engine(activities) as running:
        running.client.schedule_new_orchestration(TURN, input=_request().text(), instance_id="t_1")
        assert running_tool.wait(WAIT_S)
        running.client.raise_orchestration_event("t_1", STOP_EVENT, data="")
        assert running.result("t_1") == "stopped"
        let_go.set()
    assert activities.executed == ["call_model 0", "call_tool t_1.0.0", "finish_turn stopped"]


def test_a_poisoned_result_of_an_activity_is_only_text() -> None:
    poison = '{"__class__":"Document","__module__":"azure.functions","__data__":"{}"}'
    activities = Activities({"call_model": [TOOLS, ANSWERED], "call_tool": [poison, poison, poison]})
    with engine(activities) as running:
        running.client.schedule_new_orchestration(TURN, input=_request().text(), instance_id="t_1")
        assert running.result("t_1") == "completed"


async def test_the_turn_engine_starts_stops_and_tells_the_state() -> None:
    began, let_go = threading.Event(), threading.Event()

    def slow_model() -> str:
        began.set()
        assert let_go.wait(WAIT_S)
        return StepResult(outcome="stopped").text()

    activities = Activities({"call_model": [slow_model]})
    with engine(activities) as running:
        client = AsyncTaskHubGrpcClient(host_address=running.address)
        turns = DurableTurnEngine(client)
        assert await turns.state("t_1") == "absent"
        await turns.stop("t_1")
        await turns.start(_request())
        await turns.start(_request())
        assert await turns.state("t_1") == "running"
        await turns.stop("t_1")
        let_go.set()
        await client.wait_for_orchestration_completion("t_1", timeout=WAIT_S)
        assert await turns.state("t_1") == "ended"
        await turns.stop("t_1")
        await client.close()
    assert activities.executed == ["call_model 0", "finish_turn stopped"]


async def test_an_engine_that_is_away_is_a_transient_error() -> None:
    client = AsyncTaskHubGrpcClient(host_address="127.0.0.1:9")
    turns = DurableTurnEngine(client)
    with pytest.raises(StoreUnavailable):
        await turns.state("t_1")
    await client.close()
