"""Catching up: reads what somebody missed with their eyes, and has the utility model tell it."""

import logging
from dataclasses import dataclass

from group_chat.catch_up import CatchUp, lines_in, missed, request
from shared.access import GroupGate
from shared.audience import Reader, for_reader, reader_of
from shared.errors import SalesCoachError
from shared.event_log.log import EventLog
from shared.grounded import newest
from shared.model import ModelRequest
from shared.model_text import WholeText
from shared.protocol.events import VisibleEvent
from shared.usage.ledger import Spender
from shared.usage.side_calls import Bill, SideCalls

MAX_EVENTS = 2_000
TIMEOUT_S = 30

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpDependencies:
    """What catching up works with; `calls` are of the deployment for side products, on the reader's account."""

    log: EventLog
    gate: GroupGate
    calls: SideCalls


async def catch_up(deps: CatchUpDependencies, reader: Spender, group_id: str, after: int) -> CatchUp:
    """Return what `reader` missed above `after` (`seq`), such as their read mark.

    Without words when the model fails, or when the reader's budget does not allow asking it.

    Raises:
        CommandRefused: with `conversation_not_found`.
        StoreUnavailable: try again.

    """
    principal = reader.principal
    access = await deps.gate.access(principal, group_id)
    group = access.known.head.group
    assert group is not None  # noqa: S101 - the gate opens groups only
    through = access.known.seq
    after = min(after, through)
    seen = await _seen(deps.log, group_id, after, reader_of(access.member, group))
    found = missed(seen, principal)
    told = newest(found)
    asked = request(told, principal, deps.calls.deployment)
    written = await _written(deps, reader, group_id, asked) if told else "{}"
    lines = lines_in(written, told) if written is not None else None
    return CatchUp(
        from_seq=after + 1,
        through_seq=through,
        messages=len(found),
        earlier=len(found) - len(told),
        written=lines is not None,
        **(lines or {}),
    )


async def _seen(log: EventLog, group_id: str, after: int, reader: Reader) -> tuple[VisibleEvent, ...]:
    events = await log.events_after(group_id, after, MAX_EVENTS)
    return tuple(for_reader(event, reader) for event in events)


async def _written(deps: CatchUpDependencies, reader: Spender, group_id: str, asked: ModelRequest) -> str | None:
    """Return what the model wrote; None when it could not."""
    answer = WholeText()
    try:
        await deps.calls.read(Bill(spender=reader, conversation_id=group_id), asked, TIMEOUT_S, answer)
    except SalesCoachError as error:
        _log.warning("what was missed could not be told: %s", error.message)
        return None
    return answer.text if answer.finish == "stop" else None
