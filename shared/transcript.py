"""What was said in a conversation, folded from its log: without what was taken back or superseded, as edited. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.errors import CommandRefused
from shared.event_log.log import EventLog
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted, MessageCreated, TurnStarted
from shared.protocol.events import StoredEvent, VisibleEvent
from shared.protocol.group import MessageDeleted, MessageEdited, MessageShared
from shared.protocol.shapes import COACH, Part, Participant
from shared.superseded import superseded

_PAGE = 500
_MOST_EVENTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message as it reads now. `audience` are those it is for alone; None: everyone.

    `copied_by` brought it here from a private conversation in which it was said at `said_at`.
    """

    message_id: str
    turn_id: str | None
    seq: int
    at: str
    author: Participant
    parts: tuple[Part, ...]
    audience: tuple[str, ...] | None = None
    copied_by: Participant | None = None
    said_at: str | None = None


async def whole_log(log: EventLog, conversation_id: str) -> list[StoredEvent]:
    """Return all events of a conversation.

    Raises:
        CommandRefused: there are too many to look at in one go.
        StoreUnavailable: try again.

    """
    events: list[StoredEvent] = []
    while True:
        page = await log.events_after(conversation_id, events[-1].seq if events else 0, _PAGE)
        events += page
        if len(page) < _PAGE:
            return events
        if len(events) >= _MOST_EVENTS:
            raise CommandRefused("The conversation is too long for that.", code=ErrorCode.CONTENT_TOO_LONG)


def transcript(events: Sequence[VisibleEvent]) -> tuple[Said, ...]:
    """Return what was said, of the events as their reader may see them."""
    starts = [event for event in events if isinstance(event, TurnStarted)]
    gone = superseded(starts)
    answered = {start.question_id for start in starts if start.turn_id not in gone}
    own = {start.turn_id for start in starts}

    def told(event: MessageCreated | MessageCompleted) -> bool:
        if isinstance(event, MessageCreated) and event.steers and event.turn_id not in own:
            return event.steers not in gone
        return event.turn_id not in gone or event.message_id in answered

    found: dict[str, Said] = {}
    for event in events:
        match event:
            case MessageCreated() | MessageCompleted():
                if told(event):
                    found[event.message_id] = _said(event)
            case MessageShared():
                found[f"{event.message_id}.shared"] = _shared(event)
            case MessageEdited() if event.message_id in found:
                found[event.message_id] = replace(found[event.message_id], parts=event.parts)
            case MessageDeleted():
                found.pop(event.message_id, None)
            case _:
                pass
    return tuple(found.values())


def _said(event: MessageCreated | MessageCompleted) -> Said:
    said_at = event.said_at if isinstance(event, MessageCreated) else None
    return Said(
        message_id=event.message_id,
        turn_id=event.turn_id,
        seq=event.seq,
        at=event.at,
        author=event.author,
        parts=event.parts,
        audience=event.audience,
        copied_by=event.actor if said_at else None,
        said_at=said_at,
    )


def _shared(event: MessageShared) -> Said:
    return Said(
        message_id=event.message_id,
        turn_id=event.turn_id,
        seq=event.seq,
        at=event.at,
        author=COACH,
        parts=event.parts,
    )
