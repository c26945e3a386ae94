"""Who sees what of an event: pure. What one may not see whole is told in outline, or withheld with its `seq`."""

from dataclasses import dataclass
from typing import cast

from shared.event_log.documents import MemberDocument
from shared.event_log.head import GroupState
from shared.protocol.cards import CardClosed, CardOpened
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    NarrowEvent,
    ToolCallCompleted,
    ToolCallStarted,
    TurnStopping,
    Withheld,
)
from shared.protocol.events import StoredEvent, VisibleEvent
from shared.protocol.shapes import SYSTEM, Part, Participant, ToolCallPart, Usage

NOT_SHOWN = "{}"
_NOBODYS: dict[str, object] = {"audience": ()}
"""In what is told of a whispered turn: for whom it is tells whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who reads a group: what lies outside `after`..`until` (`seq`, both included) is not theirs."""

    principal: str
    after: int = 0
    until: int | None = None


def reader_of(member: MemberDocument, group: GroupState) -> Reader:
    """Return how far somebody reads: newcomers from their joining on, if the group says so; nobody beyond their end."""
    after = member.joined_seq if group.settings.history == "from_joining" else 0
    return Reader(principal=member.principal, after=after, until=member.left_seq)


def for_reader(event: StoredEvent, reader: Reader) -> VisibleEvent:
    """Return what the reader gets in place of the event."""
    if event.seq < reader.after or (reader.until is not None and event.seq > reader.until):
        return withheld(event)
    if isinstance(event, NarrowEvent) and event.audience is not None and reader.principal not in event.audience:
        return for_others(event)
    return event


def for_others(event: StoredEvent) -> VisibleEvent:
    """Return what those outside the event's audience get."""
    if not isinstance(event, NarrowEvent) or event.audience is None:
        return event
    return withheld(event) if event.others_see == "nothing" else _outline(event)


def withheld(event: StoredEvent) -> Withheld:
    return Withheld(conversation_id=event.conversation_id, at=event.at, seq=event.seq)


def _outline(event: NarrowEvent) -> VisibleEvent:
    match event:
        case MessageCompleted(parts=parts):
            changes: dict[str, object] = {"parts": tuple(_without_arguments(part) for part in parts)}
        case ToolCallStarted():
            changes = {"arguments": NOT_SHOWN}
        case ToolCallCompleted():
            changes = {"preview": "", "result_ref": None}
        case CardOpened():
            changes = {"message": "", "arguments": None, "response_schema": None, "url": None, "fence": ""}
            changes |= {"because": None}
        case CardClosed():
            changes = {"arguments": None, "note": None}
        case TurnStopping():
            changes = _NOBODYS | {"actor": _unnamed(event.actor)}
        case ChatResponse():
            changes = _NOBODYS | {
                "actor": _unnamed(event.actor),
                "message_id": None,
                "response": "",
                "tool_feedback": (),
                "charts": (),
                "suggestions": (),
                "usage": Usage(),
                "error": None,
            }
        case _:
            return Withheld(conversation_id=event.conversation_id, at=event.at, seq=event.seq)
    return cast("VisibleEvent", event.model_copy(update=changes))


def _unnamed(actor: Participant) -> Participant:
    return SYSTEM if actor.kind == "person" else actor


def _without_arguments(part: Part) -> Part:
    return part.model_copy(update={"arguments": NOT_SHOWN}) if isinstance(part, ToolCallPart) else part
