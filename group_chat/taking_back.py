"""Taking a message back: its text is erased in the write that says so, and what it asked for is stopped."""

import asyncio
from dataclasses import dataclass

from group_chat.dependencies import GroupDependencies
from group_chat.desk import desk_of
from group_chat.door import GroupDoor
from group_chat.roles import LEADERS
from group_chat.surroundings import NO_SUCH_MESSAGE
from shared import ids
from shared.clock import iso
from shared.commands.stopping import closed_with, stopped
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log import parking
from shared.event_log.documents import MemberDocument
from shared.event_log.erased import without_text
from shared.event_log.head import Head
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import ChatResponse, MessageCreated, TurnStopping
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.events import StoredEvent
from shared.protocol.group import MessageDeleted
from shared.protocol.group_commands import MessageDelete
from shared.protocol.shapes import Participant
from shared.turns import TurnEngine

NOT_YOURS = "Only its author, or who leads the group, can take a message back."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """Who takes which message back."""

    original: MessageCreated
    by: Participant
    now: float

    def check(self, head: Head, member: MemberDocument) -> None:
        del head
        if self.original.author.id != member.principal and member.role not in LEADERS:
            raise CommandRefused(NOT_YOURS, code=ErrorCode.FORBIDDEN)

    def decide(self, head: Head) -> Draft:
        """Return what takes it back; of its turn, what has not ended ends."""
        original = self.original
        gone = MessageDeleted(actor=self.by, message_id=original.message_id, audience=original.audience)
        stop = stopped(head, original.turn_id, self.by, self.now) if original.turn_id else None
        first = NewEvent(id=ids.deleted(original.message_id), event=gone)
        return Draft(
            events=(first, *(stop.events if stop else ())),
            head=stop.head if stop else head,
            erased=(NewEvent(id=ids.created(original.message_id), event=without_text(original)),),
        )


async def take_back(
    deps: GroupDependencies, engine: TurnEngine, connection: Connection, command: MessageDelete
) -> Answer:
    """Erase what the message says, tell it, and stop its turn wherever that stands.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; taking back twice is taking back once.

    """
    principal, group_id = connection.state.principal, command.conversation_id
    door = GroupDoor(deps.gate, principal, group_id)
    _, grant, original = await asyncio.gather(
        door.enter(),
        deps.people.grant(principal, deps.now()),
        deps.log.event(group_id, ids.created(command.message_id)),
    )
    if not isinstance(original, MessageCreated) or not door.sees(original):
        raise CommandRefused(NO_SUCH_MESSAGE, code=ErrorCode.MESSAGE_NOT_FOUND)
    taking = _Taking(original=original, by=grant.participant(), now=deps.now().timestamp())
    events = await _append(deps, GroupDoor(deps.gate, principal, group_id, taking.check), taking)
    await deps.log.texts.erase_edits(group_id, command.message_id)
    await deps.log.texts.drop_summary(group_id, original.seq)
    if original.turn_id and any(isinstance(event, TurnStopping) for event in events):
        await engine.stop(original.turn_id)
    await deps.publisher.to_conversation(group_id, events)
    accepted = CommandAccepted(
        conversation_id=group_id,
        at=iso(deps.now()),
        command_id=command.command_id,
        message_id=command.message_id,
        seq=events[0].seq,
    )
    return Answer(event=accepted)


async def _append(deps: GroupDependencies, door: GroupDoor, taking: _Taking) -> tuple[StoredEvent, ...]:
    match await door.append(taking.decide):
        case Appended(events=events):
            return events
        case AlreadyHappened(event=MessageDeleted() as event):
            return (event, *await _told_with(deps, event, taking.original.turn_id))
        case _:
            raise conversation_not_found()


async def _told_with(deps: GroupDependencies, gone: MessageDeleted, turn_id: str | None) -> list[StoredEvent]:
    """Return what was appended in the batch that took the message back: nobody may have told it."""
    near = await deps.log.events_after(gone.conversation_id, gone.seq, parking.MAX_CARDS + 1)
    mine = (event for event in near if getattr(event, "turn_id", None) == turn_id and event.at == gone.at)
    stops: list[StoredEvent] = [event for event in mine if isinstance(event, TurnStopping | ChatResponse)]
    cards = await closed_with(desk_of(deps), stops[0]) if stops else []
    return [*stops, *cards]
