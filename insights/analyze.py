"""The `analyzer` orchestrator: read on in the log, cluster what was asked, have new clusters named.

Pure and deterministic, as `orchestration/turn.py` is. Its budget is in the request: so many pages, so many labels. What
each activity has done is stored, so that a run that ends early, whatever for, loses nothing.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from durabletask import task

from insights.messages import CLUSTER, COLLECT, LABEL
from shared.common_questions.runs import RunRequest

RETRIES = task.RetryPolicy(
    first_retry_interval=timedelta(seconds=5),
    max_number_of_attempts=5,
    backoff_coefficient=2,
)
_LABELS_AT_ONCE = 5


def analyze(ctx: task.OrchestrationContext, payload: str) -> Generator[task.Task[Any], Any, str]:
    """Run (`payload` is a `RunRequest` as text), and return `done`, `more` (the budget was spent) or `busy`."""
    request = RunRequest.from_text(payload)
    outcome = "more"
    for _ in range(request.pages):
        outcome = yield ctx.call_activity(COLLECT, input=payload, retry_policy=RETRIES)
        if outcome != "more":
            break
    if outcome in ("busy", "off"):
        return outcome
    yield ctx.call_activity(CLUSTER, input=payload, retry_policy=RETRIES)
    for _ in range(0, request.labels, _LABELS_AT_ONCE):
        if (yield ctx.call_activity(LABEL, input=payload, retry_policy=RETRIES)) == "done":
            break
    return outcome
