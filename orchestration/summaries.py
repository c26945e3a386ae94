"""The `write_summary` activity: the oldest turns of a conversation in the utility model's words.

It runs after a turn's end is published; nobody waits for it. Whatever goes wrong, the old summary stays and a later
turn asks again, so nothing is tried twice here and the engine needs no retries. Where the model's answer is of no use,
for a filter say, that is some turns later.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from orchestration.context import HISTORY_EVENTS
from orchestration.context_sources import summary_sources
from orchestration.context_summary import AGAIN_AFTER_EVENTS, is_outdated, summary_request
from orchestration.messages import SummaryRequest
from orchestration.room_audience import for_summary
from shared.errors import ModelFailed, SalesCoachError
from shared.event_log.documents import SummaryDocument
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Draft
from shared.model import ModelRequest
from shared.model_text import WholeText
from shared.protocol.shapes import Usage
from shared.summaries import Summaries
from shared.usage.ledger import THE_APP
from shared.usage.side_calls import Bill, SideCalls

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
    """What the activity works with; `calls` are on the app's account, for a summary serves all who ask later."""

    log: EventLog
    summaries: Summaries
    calls: SideCalls


async def write_summary(deps: SummaryDependencies, request: SummaryRequest) -> SummaryResult:
    """Write the summary, or leave the old one as it is."""
    answer = WholeText()
    try:
        written = await _write(deps, request, answer)
    except SalesCoachError as error:
        _log.warning("conversation %s keeps its old summary: %s", request.conversation_id, error.message)
        if isinstance(error, ModelFailed):
            await _put_off(deps.log, request.conversation_id)
        return SummaryResult(outcome="failed", usage=answer.usage)
    return SummaryResult(outcome="written" if written else "kept", usage=answer.usage)


async def _write(deps: SummaryDependencies, request: SummaryRequest, answer: WholeText) -> bool:
    record = await deps.log.record(request.conversation_id, after=max(0, request.question_seq - HISTORY_EVENTS))
    if record.summary is not None and record.summary.through_seq >= request.through_seq:
        return False
    if is_outdated(record, request.through_seq):
        return False
    asked = summary_request(for_summary(record), request.through_seq, deps.calls.deployment)
    if asked is not None:
        await _ask(deps.calls, request.conversation_id, asked, answer)
    summary = SummaryDocument(
        through_seq=request.through_seq,
        text=answer.text.strip(),
        untrusted_from=() if asked is None else summary_sources(record, request.through_seq),
    )
    written = await deps.summaries.write(request.conversation_id, summary)
    deps.log.memory.forget(request.conversation_id)
    return written


async def _put_off(log: EventLog, conversation_id: str) -> None:
    with suppress(SalesCoachError):
        # Where this fails, the next turn asks once more.
        await log.append(conversation_id, _later)


def _later(head: Head) -> Draft:
    return Draft(events=(), head=head.model_copy(update={"summary_after": head.seq + AGAIN_AFTER_EVENTS}))


async def _ask(calls: SideCalls, conversation_id: str, asked: ModelRequest, answer: WholeText) -> None:
    """Read the answer.

    Raises:
        ModelFailed: there is none to use.
        ModelUnavailable, StoreUnavailable: as `SideCalls.read` does.

    """
    await calls.read(Bill(spender=THE_APP, conversation_id=conversation_id), asked, TIMEOUT_S, answer)
    if answer.finish not in {"stop", "length"} or not answer.text.strip():
        raise ModelFailed(f"The model gave no summary to use: it ended with {answer.finish}.")
