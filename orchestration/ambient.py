"""The `ambient` orchestrator: wait for a quiet moment after a message, then let the coach think whether to speak.

Pure and deterministic, as `turn.py` is. There is one for each message after which the coach might speak; what it comes
to is decided on the newest head, so of many at most the last speaks.
"""

from datetime import timedelta

from durabletask import task

from orchestration.turn_races import Steps
from shared.ambient import QUIET_SECONDS, ListenRequest

SPEAK_UP = "speak_up"
RETRIES = task.RetryPolicy(
    first_retry_interval=timedelta(seconds=1),
    max_number_of_attempts=4,
    backoff_coefficient=2,
)


def ambient(ctx: task.OrchestrationContext, payload: str) -> Steps[str]:
    """Wait (`payload` is a `ListenRequest` as text), and return `spoke` or `silent`."""
    request = ListenRequest.from_text(payload)
    yield ctx.create_timer(timedelta(seconds=QUIET_SECONDS))
    outcome: str = yield ctx.call_activity(SPEAK_UP, input=request.text(), retry_policy=RETRIES)
    return outcome
