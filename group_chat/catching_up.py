"""Catching up: reads what somebody missed with their eyes, and has the utility model tell it."""

import logging
from dataclasses import dataclass

from group_chat.catch_up import CatchUp, lines_in, missed, request
from shared.access import GroupGate
from shared.audience import Reader, for_reader, reader_of
from shared.errors import SalesCoachError
from shared.event_log.log import EventLog
from shared.grounded import newest
from shared.model import Model, ModelRequest
from shared.model_text import WholeText, read_whole
from shared.protocol.events import VisibleEvent

MAX_EVENTS = 2_000
TIMEOUT_S = 30

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpDependencies:
    """What catching up works with; `utility_model` is the deployment for side products."""

    log: EventLog
    gate: GroupGate
    model: Model
    utility_model: str


async def catch_up(deps: CatchUpDependencies, principal: str, group_id: str, after: int) -> CatchUp:
    """Return what `principal` missed above `after` (`seq`), their read mark; without words when the model fails.

    Raises:
        CommandRefused: with `conversation_not_found`.
        StoreUnavailable: try again.

    """
    access = await deps.gate.access(principal, group_id)
    group = access.known.head.group
    assert group is not None  # noqa: S101 - the gate opens groups only
    through = access.known.seq
    after = min(after, through)
    seen = await _seen(deps.log, group_id, after, reader_of(access.member, group))
    found = missed(seen, principal)
    told = newest(found)
    written = await _written(deps, request(told, principal, deps.utility_model)) if told else "{}"
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


async def _written(deps: CatchUpDependencies, asked: ModelRequest) -> str | None:
    """Return what the model wrote; None when it could not."""
    answer = WholeText()
    try:
        await read_whole(deps.model, asked, TIMEOUT_S, answer)
    except SalesCoachError as error:
        _log.warning("what was missed could not be told: %s", error.message)
        return None
    return answer.text if answer.finish == "stop" else None
