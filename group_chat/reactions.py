"""Reacting to a message with an emoji, and taking that back."""

import asyncio
from collections.abc import Iterable

from group_chat.dependencies import GroupDependencies
from group_chat.door import GroupDoor, may_write
from group_chat.emoji import is_emoji
from group_chat.surroundings import visible_message
from shared import ids
from shared.clock import iso
from shared.commands.questions import message_key
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted, MessageCreated
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.group import MessageShared, ReactionSet
from shared.protocol.group_commands import ReactionSetCommand

MAX_DIFFERENT = 20
"""Different emoji on one message. People who react in the very same moment may come to one more."""
NO_EMOJI = "React with one emoji."
TOO_MANY = f"This message has {MAX_DIFFERENT} different reactions already. Join one of them."


async def react(deps: GroupDependencies, connection: Connection, command: ReactionSetCommand) -> Answer:
    """Append the reaction unless it stands as wanted, and tell those who see the message.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; reacting twice is reacting once.

    """
    if not is_emoji(command.emoji):
        raise CommandRefused(NO_EMOJI, code=ErrorCode.INVALID_COMMAND)
    principal, group_id = connection.state.principal, command.conversation_id
    door = GroupDoor(deps.gate, principal, group_id, may_write)
    _, grant = await asyncio.gather(door.enter(), deps.people.grant(principal, deps.now()))
    message = await visible_message(deps, door, command.message_id)
    before = await _reactions(deps, group_id, command.message_id)
    mine = next(
        (event for event in reversed(before) if (event.actor.id, event.emoji) == (principal, command.emoji)), None
    )
    stored = mine
    if (mine is not None and mine.on) != command.on:
        _check_room(before, command)
        wanted = ReactionSet(
            actor=grant.participant(),
            message_id=command.message_id,
            emoji=command.emoji,
            on=command.on,
            audience=_audience(message),
        )
        event_id = ids.reaction(command.message_id, principal, message_key(connection, command, None))
        stored = await _append(door, event_id, wanted)
    if stored is not None:
        await deps.publisher.to_conversation(group_id, [stored])
    accepted = CommandAccepted(
        conversation_id=group_id,
        at=iso(deps.now()),
        command_id=command.command_id,
        message_id=command.message_id,
        seq=stored.seq if stored is not None else None,
    )
    return Answer(event=accepted)


async def _reactions(deps: GroupDependencies, group_id: str, message_id: str) -> list[ReactionSet]:
    found = await deps.log.texts.events(group_id, message_id, "reaction.set")
    return [event for event in found if isinstance(event, ReactionSet)]


def standing(reactions: Iterable[ReactionSet]) -> dict[str, frozenset[str]]:
    """Return who stands by which emoji, of the reactions to one message in order."""
    by_emoji: dict[str, frozenset[str]] = {}
    for reaction in reactions:
        people = by_emoji.get(reaction.emoji, frozenset())
        one = frozenset({reaction.actor.id})
        by_emoji[reaction.emoji] = people | one if reaction.on else people - one
    return {emoji: people for emoji, people in by_emoji.items() if people}


def _check_room(before: Iterable[ReactionSet], command: ReactionSetCommand) -> None:
    there = standing(before)
    if command.on and command.emoji not in there and len(there) >= MAX_DIFFERENT:
        raise CommandRefused(TOO_MANY, code=ErrorCode.INVALID_COMMAND)


def _audience(message: MessageCreated | MessageCompleted | MessageShared) -> tuple[str, ...] | None:
    """Return who may know of the reaction: who sees the message."""
    narrow = None if isinstance(message, MessageShared) else message
    return narrow.audience if narrow is not None and narrow.others_see == "nothing" else None


async def _append(door: GroupDoor, event_id: str, wanted: ReactionSet) -> ReactionSet:
    result = await door.append(lambda head: Draft(events=(NewEvent(id=event_id, event=wanted),), head=head))
    match result:
        case Appended(events=(ReactionSet() as event,)) | AlreadyHappened(event=ReactionSet() as event):
            return event
        case _:
            raise conversation_not_found()
