"""Asking: how a question gets the floor or a place in the queue, and what that sets in motion."""

import asyncio
from dataclasses import dataclass

from shared import ids, whispers
from shared.answers import text_of
from shared.clock import iso
from shared.commands.desk import CommandDesk
from shared.commands.door import Door
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log import floor
from shared.event_log.head import Head, Steer, TurnInQueue
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, Decide, Draft, NewEvent
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.command_base import MAX_CONTENT_CHARACTERS, CommandBase
from shared.protocol.durable import MessageCreated, TitleUpdated, TurnQueued, TurnStarted
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import TextPart
from shared.telemetry.tracing import current_traceparent
from shared.tools.text import is_legible
from shared.turns import TurnEngine, active_request

_SAME_BATCH_EVENTS = 2
_PASSING = frozenset({ErrorCode.QUEUE_FULL, ErrorCode.TURN_RUNNING, ErrorCode.GROUP_ARCHIVED, ErrorCode.FORBIDDEN})
"""Refusals that say nothing of a question that was stored before."""
CONFLICT = "This client_message_id was used for another message. Send it with a new one."


def message_key(connection: Connection, command: CommandBase, client_message_id: str | None) -> str:
    """Return what makes a message one and the same however often it is sent."""
    return client_message_id or command.command_id or ids.default_command_id(connection.id, connection.event_id)


def checked(content: str) -> str:
    """Return the content without the space around it.

    Raises:
        CommandRefused: nobody could read it, or it is too long.

    """
    text = content.strip()
    if not is_legible(text):
        raise CommandRefused("The message is empty. Write something, then send it again.", code=ErrorCode.CONTENT_EMPTY)
    if len(text) > MAX_CONTENT_CHARACTERS:
        raise CommandRefused(
            f"The message has {len(text)} characters; at most {MAX_CONTENT_CHARACTERS} are allowed. Shorten it.",
            code=ErrorCode.CONTENT_TOO_LONG,
        )
    return text


def new_question(turn_id: str, content: str, grant: Grant, client_message_id: str | None) -> MessageCreated:
    author = grant.participant()
    return MessageCreated(
        actor=author,
        message_id=ids.question_message(turn_id),
        turn_id=turn_id,
        author=author,
        parts=(TextPart(text=content),),
        client_message_id=client_message_id,
    )


def on_floor(head: Head, question: MessageCreated, turn: TurnInQueue, now: float) -> Draft:
    """Append the question, and give its turn the floor or a place in the queue.

    Raises:
        CommandRefused: the queue is full.

    """
    if floor.is_full(head):
        raise CommandRefused("Five questions are waiting already. Wait for an answer first.", code=ErrorCode.QUEUE_FULL)
    after = floor.ask(head, turn.model_copy(update={"trace": current_traceparent()}), now)
    place = floor.place_of(after, turn.turn_id)
    asked = NewEvent(id=ids.created(question.message_id), event=question)
    actor = whispers.told_actor(turn, question.author)
    if place is not None and place.position:
        queued = TurnQueued(actor=actor, turn_id=turn.turn_id, position=place.position)
        told = NewEvent(id=ids.queued(turn.turn_id), event=queued)
    else:
        started = TurnStarted(actor=actor, turn_id=turn.turn_id)
        told = NewEvent(id=ids.started(turn.turn_id), event=started)
    return Draft(events=(asked, told), head=after.model_copy(update={"countable": head.countable + 1}))


def as_steer(
    head: Head, question: MessageCreated, team: str, manifest_id: str | None = None, *, suggests: bool
) -> Draft | None:
    """Leave the message for the running turn, which reads it before its next model step; None if it takes no more.

    Should it become a turn of its own: `manifest_id` is what the coach may use for its author, in groups; `suggests`
    says that they are shown what to ask next.
    """
    running = head.active_turn
    characters = len(text_of(question.parts))
    if running is None or not floor.takes_steer(head, characters):
        return None
    message = Steer(
        turn_id=str(question.turn_id),
        asker=question.author.id,
        team=team,
        question_seq=head.seq + 1,
        manifest_id=manifest_id,
        characters=characters,
        trace=current_traceparent(),
        suggests=suggests,
    )
    put = question.model_copy(update={"steers": running.turn_id})
    after = floor.steer(head, message).model_copy(update={"countable": head.countable + 1})
    return Draft(events=(NewEvent(id=ids.created(question.message_id), event=put),), head=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question's events as stored, the question first, and the head they left."""

    events: tuple[StoredEvent, ...]
    head: Head


async def append_question(desk: CommandDesk, door: Door, question: MessageCreated, decide: Decide) -> Asked:
    """Append the question, or find it when it was appended before, whatever became of the floor since."""
    try:
        result = await door.append(decide)
    except CommandRefused as refusal:
        before = None
        if refusal.code in _PASSING:
            before = await asked_before(desk, door.conversation_id, question)
        if before is None:
            raise
        return before
    match result:
        case Appended(events=events, head=head):
            return Asked(events=events, head=head.head)
        case AlreadyHappened(event=stored, head=head):
            return await _found(desk, question, stored, head.head)
        case _:
            raise conversation_not_found()


async def asked_before(desk: CommandDesk, conversation_id: str, question: MessageCreated) -> Asked | None:
    """Return the question as it was appended before, if it was.

    Raises:
        CommandRefused: another one was, under the same name.

    """
    stored = await desk.log.event(conversation_id, ids.created(question.message_id))
    if stored is None:
        return None
    return await _found(desk, question, stored, (await desk.log.head(conversation_id)).head)


async def _found(desk: CommandDesk, question: MessageCreated, stored: StoredEvent, head: Head) -> Asked:
    if not is_same_message(stored, question):
        raise CommandRefused(CONFLICT, code=ErrorCode.MESSAGE_CONFLICT)
    near = await desk.log.events_after(stored.conversation_id, stored.seq, _SAME_BATCH_EVENTS)
    turn_id = getattr(stored, "turn_id", None)
    return Asked(events=(stored, *(event for event in near if _same_batch(event, turn_id))), head=head)


def is_same_message(stored: StoredEvent, meant: MessageCreated) -> bool:
    """Tell whether the stored event says what is meant; one that was taken back since, says nothing any more."""
    if not isinstance(stored, MessageCreated):
        return False
    if stored.author.id != meant.author.id or (stored.reply_to, stored.audience) != (meant.reply_to, meant.audience):
        return False
    return not stored.parts or (stored.parts, stored.mentions) == (meant.parts, meant.mentions)


def _same_batch(event: StoredEvent, turn_id: str | None) -> bool:
    """Tell whether the event may have been appended with the question; the end of a short turn may be as near."""
    match event:
        case TurnStarted() | TurnQueued():
            return event.turn_id == turn_id
        case TitleUpdated():
            return True
        case _:
            return False


async def set_in_motion(
    desk: CommandDesk, engine: TurnEngine, conversation_id: str, asked: Asked, command: CommandBase
) -> Answer:
    """Start the turn of what was just appended if it has the floor, tell the audience, and answer the sender."""
    first = asked.events[0]
    turn_id = getattr(first, "turn_id", None)
    message = first if isinstance(first, MessageCreated) else None
    request = active_request(conversation_id, asked.head)
    starting = (engine.start(request),) if request and request.turn_id == turn_id else ()
    await asyncio.gather(*starting, desk.publisher.to_conversation(conversation_id, asked.events))
    place = floor.place_of(asked.head, turn_id) if turn_id else None
    steered = any(steer.turn_id == turn_id for steer in asked.head.steers)
    accepted = CommandAccepted(
        conversation_id=conversation_id,
        at=iso(desk.now()),
        command_id=command.command_id,
        client_message_id=message.client_message_id if message else None,
        message_id=message.message_id if message else None,
        turn_id=turn_id,
        position=place.position if place else None,
        steers=message.steers if message and steered else None,
        seq=first.seq,
    )
    return Answer(event=accepted)
