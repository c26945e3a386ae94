"""Sharing with the group what the coach told one person alone: once, by that person, and not to be taken back."""

import asyncio
import logging

from group_chat.dependencies import GroupDependencies
from group_chat.door import GroupDoor, may_write
from group_chat.group_state import group_of
from group_chat.surroundings import NO_SUCH_MESSAGE
from shared import ids
from shared.clock import iso
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.group import MessageShared
from shared.protocol.group_commands import MessageShare
from shared.protocol.shapes import COACH, TextPart

_ANSWERS = frozenset({"stop", "length"})
_LOG = logging.getLogger(__name__)


async def share(deps: GroupDependencies, connection: Connection, command: MessageShare) -> Answer:
    """Append what the coach said privately as a message for everyone, and tell it.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; it is shared once.

    """
    principal, group_id = connection.state.principal, command.conversation_id
    door = GroupDoor(deps.gate, principal, group_id, may_write)
    # First of all: what is in a group tells nobody else that there is one.
    await door.enter()
    grant, said = await asyncio.gather(
        deps.people.grant(principal, deps.now()), _private_answer(deps, principal, command)
    )
    shared = MessageShared(
        actor=grant.participant(),
        message_id=said.message_id,
        turn_id=said.turn_id,
        parts=tuple(part for part in said.parts if isinstance(part, TextPart)),
    )
    match await door.append(lambda head: _share(head, shared)):
        case Appended(events=(event, *_)):
            _LOG.info("%s shares %s with %s", principal, said.message_id, group_id)
        case AlreadyHappened(event=event):
            pass
        case _:
            raise conversation_not_found()
    await deps.publisher.to_conversation(group_id, [event])
    accepted = CommandAccepted(
        conversation_id=group_id,
        at=iso(deps.now()),
        command_id=command.command_id,
        message_id=said.message_id,
        turn_id=said.turn_id,
        seq=event.seq,
    )
    return Answer(event=accepted)


async def _private_answer(deps: GroupDependencies, principal: str, command: MessageShare) -> MessageCompleted:
    """Return an answer the coach gave this person alone."""
    event = await deps.log.event(command.conversation_id, ids.completed(command.message_id))
    if (
        not isinstance(event, MessageCompleted)
        or event.author != COACH
        or event.audience != (principal,)
        or event.others_see != "nothing"
        or event.finish not in _ANSWERS
    ):
        raise CommandRefused(NO_SUCH_MESSAGE, code=ErrorCode.MESSAGE_NOT_FOUND)
    return event


def _share(head: Head, shared: MessageShared) -> Draft:
    group_of(head)
    after = head.model_copy(update={"countable": head.countable + 1})
    return Draft(events=(NewEvent(id=ids.shared(shared.message_id), event=shared),), head=after)
