"""The `write_summary` activity: the oldest turns of a conversation in the utility model's words.

It runs after a turn's end is published; nobody waits for it. Whatever goes wrong, the old summary stays and a later
turn asks again, so nothing is tried twice here and the engine needs no retries.
"""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from orchestration.context import HISTORY_EVENTS
from orchestration.context_sources import summary_sources
from orchestration.context_summary import is_outdated, summary_request
from orchestration.messages import SummaryRequest
from shared.errors import ModelFailed, SalesCoachError
from shared.event_log.documents import SummaryDocument
from shared.event_log.log import EventLog
from shared.model import Model, ModelCompleted, ModelRequest, TextDelta
from shared.protocol.shapes import Usage
from shared.summaries import Summaries

TIMEOUT_S = 60
_NOTHING = Usage()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryResult:
    """`written`; `kept` when the stored one goes as far or the request is outdated; `failed` when there is no new one.

    `usage` is the utility model's, also when its answer was of no use.
    """

    outcome: Literal["written", "kept", "failed"]
    usage: Usage = _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryDependencies:
    """What the activity works with; `utility_model` is the deployment for side products."""

    log: EventLog
    summaries: Summaries
    model: Model
    utility_model: str


@dataclass(slots=True)
class _Answer:
    """The utility model's answer so far; `usage` counts also when its text is of no use."""

    text: str = ""
    usage: Usage = _NOTHING


async def write_summary(deps: SummaryDependencies, request: SummaryRequest) -> SummaryResult:
    """Write the summary, or leave the old one as it is."""
    answer = _Answer()
    try:
        written = await _write(deps, request, answer)
    except SalesCoachError as error:
        _log.warning("conversation %s keeps its old summary: %s", request.conversation_id, error.message)
        return SummaryResult(outcome="failed", usage=answer.usage)
    return SummaryResult(outcome="written" if written else "kept", usage=answer.usage)


async def _write(deps: SummaryDependencies, request: SummaryRequest, answer: _Answer) -> bool:
    record = await deps.log.record(request.conversation_id, after=max(0, request.question_seq - HISTORY_EVENTS))
    if record.summary is not None and record.summary.through_seq >= request.through_seq:
        return False
    if is_outdated(record, request.through_seq):
        return False
    asked = summary_request(record, request.through_seq, deps.utility_model)
    if asked is not None:
        await _ask(deps.model, asked, answer)
    summary = SummaryDocument(
        through_seq=request.through_seq,
        text=answer.text.strip(),
        untrusted_from=() if asked is None else summary_sources(record, request.through_seq),
    )
    written = await deps.summaries.write(request.conversation_id, summary)
    deps.log.memory.forget(request.conversation_id)
    return written


async def _ask(model: Model, asked: ModelRequest, answer: _Answer) -> None:
    """Read the answer.

    Raises:
        ModelFailed: there is none to use.
        ModelUnavailable: from the model.

    """
    finish = None
    try:
        async with asyncio.timeout(TIMEOUT_S), aclosing(model.stream(asked)) as events:
            async for event in events:
                match event:
                    case TextDelta(text=text):
                        answer.text += text
                    case ModelCompleted():
                        finish, answer.usage = event.finish, event.usage
                    case _:
                        pass
    except TimeoutError:
        raise ModelFailed(f"The summary took longer than {TIMEOUT_S} s.") from None
    if finish not in {"stop", "length"} or not answer.text.strip():
        raise ModelFailed(f"The model gave no summary to use: it ended with {finish}.")
