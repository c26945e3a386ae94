"""Runs an orchestrator against a recorded history, with the code the Functions worker runs it with."""

import base64

import durabletask.internal.orchestrator_service_pb2 as pb
from azure.durable_functions.worker import DurableFunctionsWorker
from durabletask import task

from tests.orchestration.golden.actions import Action, wanted
from tests.orchestration.golden.history import Episode, Golden

INSTANCE = "golden"


class ReplayMismatchError(AssertionError):
    """Today's orchestrator decides otherwise than the recorded one did."""


class Replayer:
    """Replays histories through one orchestrator. Replay itself is the worker's: nothing of it is done here."""

    def __init__(self, orchestrator: task.Orchestrator[str, str]) -> None:
        self._orchestrator = orchestrator
        self._worker = DurableFunctionsWorker()

    def replay(self, golden: Golden) -> int:
        """Run every episode of the history anew, as after a redeployment just before it; returns how many.

        Raises:
            ReplayMismatchError: it names the story, the event, what was expected and what came.

        """
        count = 0
        for episode in golden.episodes():
            _compare(golden.story, episode, self.decide(episode))
            count += 1
        return count

    def decide(self, episode: Episode) -> tuple[Action, ...]:
        """Return what the orchestrator decides when this episode is delivered to it."""
        request = pb.OrchestratorRequest(instanceId=INSTANCE, pastEvents=episode.past, newEvents=episode.new)
        body = base64.b64encode(request.SerializeToString()).decode()
        answer = self._worker.execute_orchestration_request(self._orchestrator, body)
        response = pb.OrchestratorResponse.FromString(base64.b64decode(answer))
        return tuple(wanted(action) for action in response.actions)


def _compare(story: str, episode: Episode, produced: tuple[Action, ...]) -> None:
    expected = episode.actions
    for place in range(max(len(expected), len(produced))):
        before = expected[place] if place < len(expected) else None
        now = produced[place] if place < len(produced) else None
        if before is None or now is None or not before.fits(now):
            raise ReplayMismatchError(
                f"{story}, episode that begins at event {episode.at}, decision {place + 1}:\n"
                f"  expected: {before or 'none'}\n"
                f"  got:      {now or 'none'}"
            )
