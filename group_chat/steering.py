"""More for somebody else's question: "@coach also ..." while the coach answers another waits, and is offered to them.

The asker of the running turn may take it into their turn, which then answers both; until then, and if they do not, it
is a turn of its author's own.
"""

from contextlib import suppress

from group_chat.dependencies import GroupDependencies
from group_chat.door import GroupDoor, may_write
from group_chat.spoken_to import adds_to_question
from shared import ids
from shared.answers import text_of
from shared.clock import iso
from shared.commands.questions import Asked
from shared.connection import Answer, Connection
from shared.errors import CommandRefused, PublishFailed
from shared.event_log import floor
from shared.event_log.head import Head, Steer, TurnInQueue
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCreated
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.events import StoredEvent
from shared.protocol.group import SteerOffered, SteerTaken
from shared.protocol.group_commands import SteerTake
from shared.protocol.shapes import Participant

NOTHING_WAITS = "No question that adds to yours waits under this name."
NOT_YOURS = "Only who asked what the coach is answering now can add to it."
FULL = "The answer that is being written takes no more. The question waits as a turn of its own."


async def offer(deps: GroupDependencies, group_id: str, asked: Asked) -> None:
    """Offer what was just said to whom the coach is answering, if it wants to be put into that answer.

    The offer may be lost: then the message simply waits, as it does anyway.
    """
    message, head = asked.events[0], asked.head
    running = head.active_turn
    if not isinstance(message, MessageCreated) or running is None or not _wants_in(message):
        return
    waits = any(turn.turn_id == message.turn_id for turn in floor.queued(head))
    if not waits or running.whispered or running.asker == message.author.id:
        return
    if not floor.takes_steer(head, len(text_of(message.parts))):
        return
    offered = SteerOffered(
        conversation_id=group_id,
        turn_id=str(message.turn_id),
        message_id=message.message_id,
        author=message.author,
        steers=running.turn_id,
    )
    with suppress(PublishFailed):
        await deps.publisher.to_member(group_id, running.asker, offered)


def _wants_in(message: MessageCreated) -> bool:
    return message.turn_id is not None and message.audience is None and adds_to_question(text_of(message.parts))


async def take(deps: GroupDependencies, connection: Connection, command: SteerTake) -> Answer:
    """Put a waiting question into the running turn of the person, who thereby asks it too.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; it is taken once.

    """
    principal, group_id = connection.state.principal, command.conversation_id
    door = GroupDoor(deps.gate, principal, group_id, may_write)
    # First of all: what is in a group tells nobody else that there is one.
    await door.enter()
    grant = await deps.people.grant(principal, deps.now())
    message = await deps.log.event(group_id, ids.created(ids.question_message(command.turn_id)))
    if not isinstance(message, MessageCreated) or not _wants_in(message):
        raise _nothing_waits()
    before = await deps.log.event(group_id, ids.taken(command.turn_id))
    if isinstance(before, SteerTaken) and before.actor.id == principal:
        return await _told(deps, command, before)
    result = await door.append(lambda head: taken(head, message, grant.participant()))
    match result:
        case Appended(events=(SteerTaken() as event, *_)) | AlreadyHappened(event=SteerTaken() as event):
            if event.actor.id != principal:
                raise _nothing_waits()
        case _:
            raise _nothing_waits()
    return await _told(deps, command, event)


def taken(head: Head, message: MessageCreated, by: Participant) -> Draft:
    """Return what moves the waiting question of this message into the running turn of `by`.

    Raises:
        CommandRefused: it does not wait (any more), the running turn is not theirs, or takes no more.

    """
    running = head.active_turn
    waiting = next((turn for turn in floor.queued(head) if turn.turn_id == message.turn_id), None)
    if waiting is None or waiting.whispered:
        raise _nothing_waits()
    if running is None or running.whispered or running.asker != by.id:
        raise CommandRefused(NOT_YOURS, code=ErrorCode.FORBIDDEN)
    steer = _steer(waiting, len(text_of(message.parts)))
    if not floor.takes_steer(head, steer.characters):
        raise CommandRefused(FULL, code=ErrorCode.QUEUE_FULL)
    event = SteerTaken(actor=by, turn_id=waiting.turn_id, message_id=message.message_id, steers=running.turn_id)
    rest = tuple(turn for turn in head.queue if turn.turn_id != waiting.turn_id)
    after = floor.steer(head.model_copy(update={"queue": rest}), steer)
    return Draft(events=(NewEvent(id=ids.taken(waiting.turn_id), event=event),), head=after)


def _steer(waiting: TurnInQueue, characters: int) -> Steer:
    return Steer(
        **waiting.known(),
        characters=characters,
        taken=True,
    )


def _nothing_waits() -> CommandRefused:
    return CommandRefused(NOTHING_WAITS, code=ErrorCode.TURN_NOT_FOUND)


async def _told(deps: GroupDependencies, command: SteerTake, event: SteerTaken) -> Answer:
    events: list[StoredEvent] = [event]
    await deps.publisher.to_conversation(command.conversation_id, events)
    accepted = CommandAccepted(
        conversation_id=command.conversation_id,
        at=iso(deps.now()),
        command_id=command.command_id,
        message_id=event.message_id,
        turn_id=event.turn_id,
        steers=event.steers,
        seq=event.seq,
    )
    return Answer(event=accepted)
