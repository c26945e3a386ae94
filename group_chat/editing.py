"""Saying one's own message in other words. The old wording stays in the log, and nothing is answered anew."""

import asyncio
from contextlib import suppress

from group_chat.dependencies import GroupDependencies
from group_chat.door import GroupDoor, may_write
from group_chat.spoken_to import names_coach
from group_chat.surroundings import NO_SUCH_MESSAGE
from shared import ids
from shared.answers import text_of
from shared.clock import iso
from shared.commands.questions import CONFLICT, checked, message_key
from shared.connection import Answer, Connection
from shared.errors import CommandRefused, PublishFailed
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, AppendResult, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import MessageEdit
from shared.protocol.durable import MessageCreated
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.group import MessageDeleted, MessageEdited, Notice
from shared.protocol.shapes import TextPart
from shared.web_pubsub import ConnectionGone

ASKS_NOTHING = "The coach is not asked by an edit. Send what you want to ask as a new message."


async def edit(deps: GroupDependencies, connection: Connection, command: MessageEdit) -> Answer:
    """Append the new wording and tell those who see the message.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; the wording is stored once.

    """
    text = checked(command.content)
    principal, message_id = connection.state.principal, command.message_id
    door = GroupDoor(deps.gate, principal, command.conversation_id, may_write)
    # First of all: what is in a group tells nobody else that there is one.
    await door.enter()
    grant, original = await asyncio.gather(
        deps.people.grant(principal, deps.now()),
        own_message(deps, command.conversation_id, principal, message_id),
    )
    edited = MessageEdited(
        actor=grant.participant(),
        message_id=message_id,
        parts=(TextPart(text=text),),
        audience=original.audience,
    )
    event_id = ids.edited(message_id, principal, message_key(connection, command, command.client_message_id))
    result = await door.append(lambda head: Draft(events=(NewEvent(id=event_id, event=edited),), head=head))
    stored = await _lasting(deps, _stored(result, edited))
    await deps.publisher.to_conversation(door.conversation_id, [stored])
    if original.turn_id is None and original.audience is None and names_coach(text_of(stored.parts)):
        await _say_why_nothing_happens(deps, connection, stored)
    accepted = CommandAccepted(
        conversation_id=door.conversation_id,
        at=iso(deps.now()),
        command_id=command.command_id,
        client_message_id=command.client_message_id,
        message_id=message_id,
        seq=stored.seq,
    )
    return Answer(event=accepted)


async def own_message(deps: GroupDependencies, group_id: str, principal: str, message_id: str) -> MessageCreated:
    """Return a message the person wrote and did not take back.

    Raises:
        CommandRefused: there is none.

    """
    event = await deps.log.event(group_id, ids.created(message_id))
    if not isinstance(event, MessageCreated) or event.author.id != principal or not event.parts:
        raise CommandRefused(NO_SUCH_MESSAGE, code=ErrorCode.MESSAGE_NOT_FOUND)
    return event


async def _say_why_nothing_happens(deps: GroupDependencies, connection: Connection, edited: MessageEdited) -> None:
    """Tell the author that the coach was not asked: that this is lost does no harm."""
    told = Notice(conversation_id=edited.conversation_id, message=ASKS_NOTHING, message_id=edited.message_id)
    with suppress(PublishFailed, ConnectionGone):
        await deps.publisher.to_connection(connection.id, told, of_group=True)


def _stored(result: AppendResult, meant: MessageEdited) -> MessageEdited:
    match result:
        case Appended(events=(MessageEdited() as event,)):
            return event
        case AlreadyHappened(event=MessageEdited() as event):
            if event.parts and event.parts != meant.parts:
                raise CommandRefused(CONFLICT, code=ErrorCode.MESSAGE_CONFLICT)
            return event
        case _:
            raise conversation_not_found()


async def _lasting(deps: GroupDependencies, edited: MessageEdited) -> MessageEdited:
    """Return the new wording, without its text if the message was taken back while it was stored."""
    gone = await deps.log.event(edited.conversation_id, ids.deleted(edited.message_id))
    if not isinstance(gone, MessageDeleted):
        return edited
    await deps.log.texts.erase_edits(edited.conversation_id, edited.message_id)
    return edited.model_copy(update={"parts": ()})
