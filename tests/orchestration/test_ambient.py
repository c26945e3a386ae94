"""The wait for quiet on the real engine, which runs the orchestrator anew from its history."""

import pytest
from durabletask import task
from durabletask.client import AsyncTaskHubGrpcClient
from durabletask.worker import TaskHubGrpcWorker

from orchestration import ambient as module
from orchestration.ambient import SPEAK_UP, ambient
from shared import group_ids
from shared.ambient import ListenRequest
from shared.turn_engine import DurableTurnEngine
from tests.orchestration import engine

REQUEST = ListenRequest(group_id="g_1", seq=7)


async def _ran(monkeypatch: pytest.MonkeyPatch, *outcomes: str | Exception) -> tuple[list[str], str | None]:
    """Wait for quiet on a new engine; return what the activity was given, and what came of it."""
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.05)
    given: list[str] = []
    left = list(outcomes)

    def speak_up(_: task.ActivityContext, payload: str) -> str:
        given.append(payload)
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    backend = engine._Backend()  # pyright: ignore[reportPrivateUsage] - the backend of its neighbour tests
    address = backend.start()
    worker = TaskHubGrpcWorker(host_address=address)
    worker.add_orchestrator(ambient)
    worker.add_activity(speak_up)
    assert speak_up.__name__ == SPEAK_UP
    worker.start()
    client = AsyncTaskHubGrpcClient(host_address=address)
    try:
        turns = DurableTurnEngine(client)
        await turns.listen(REQUEST)
        await turns.listen(REQUEST)
        state = await client.wait_for_orchestration_completion(group_ids.listening("g_1", 7), timeout=engine.WAIT_S)
        return given, state.serialized_output if state else None
    finally:
        await client.close()
        worker.stop()
        backend.stop()


async def test_after_a_quiet_moment_the_coach_thinks_once_whether_to_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    given, came = await _ran(monkeypatch, "spoke")
    assert given == [REQUEST.text()]
    assert came == '"spoke"'


async def test_thinking_that_failed_in_a_way_that_may_pass_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given, came = await _ran(monkeypatch, RuntimeError("reset by peer"), "silent")
    assert (len(given), came) == (2, '"silent"')
