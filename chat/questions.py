"""Asking: what a `query` appends, and what it sets in motion."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from chat.dependencies import ChatDependencies
from chat.session_list import note_use, tell_list, with_use
from shared import ids
from shared.access import access_to_append
from shared.answers import text_of
from shared.clock import iso
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log import floor
from shared.event_log.head import Head, Steer, TurnInQueue, VersionedHead
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, Decide, Draft, NewEvent
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.command_base import MAX_CONTENT_CHARACTERS, CommandBase
from shared.protocol.commands import Query
from shared.protocol.durable import MessageCreated, TitleUpdated, TurnQueued, TurnStarted
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import SYSTEM, TextPart
from shared.tools.text import is_legible
from shared.turns import TurnEngine, active_request

TITLE_CHARACTERS = 60
_FIRST_TITLE = "title.first"
_SAME_BATCH_EVENTS = 2
_LOAD = frozenset({ErrorCode.QUEUE_FULL, ErrorCode.TURN_RUNNING})
CONFLICT = "This client_message_id was used for another message. Send it with a new one."
BUSY = "The coach is still answering. Nothing was saved: wait for the answer or stop it, then ask again."


async def ask(deps: ChatDependencies, engine: TurnEngine, connection: Connection, query: Query) -> Answer:
    """Append the question, start its turn if the floor is free, and tell the audience.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; the question is stored at most once.

    """
    content = checked(query.content)
    session_id = query.session_id or connection.state.session_id
    if session_id is None:
        raise CommandRefused("Open a session first (session.update).", code=ErrorCode.NO_SESSION)
    principal = connection.state.principal
    known, grant = await asyncio.gather(
        access_to_append(deps.log, principal, session_id), deps.people.grant(principal, deps.now())
    )
    turn_id = ids.turn_id(session_id, principal, message_key(connection, query, query.client_message_id))
    question = new_question(turn_id, content, grant, query.client_message_id)
    now = deps.now()
    await note_use(deps, session_id, known.head, now)
    asked = await append_question(
        deps, session_id, question, lambda head: _ask(head, question, grant.team, now, steer=query.steer), known
    )
    answer = await set_in_motion(deps, engine, session_id, asked, query)
    if known.head.used_at is None and not known.head.temporary:
        await tell_list(deps, principal, session_id, "created")
    return answer


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question's events as stored, the question first, and the head they left."""

    events: tuple[StoredEvent, ...]
    head: Head


async def append_question(
    deps: ChatDependencies, session_id: str, question: MessageCreated, decide: Decide, known: VersionedHead
) -> Asked:
    """Append the question, or find it when it was appended before, whatever became of the floor since."""
    try:
        result = await deps.log.append(session_id, decide, known=known)
    except CommandRefused as refusal:
        before = await deps.log.event(session_id, ids.created(question.message_id))
        if refusal.code not in _LOAD or before is None:
            raise
        result = AlreadyHappened(event=before, head=await deps.log.head(session_id))
    match result:
        case Appended(events=events, head=head):
            return Asked(events=events, head=head.head)
        case AlreadyHappened(event=stored, head=head):
            if not isinstance(stored, MessageCreated) or stored.parts != question.parts:
                raise CommandRefused(CONFLICT, code=ErrorCode.MESSAGE_CONFLICT)
            near = await deps.log.events_after(session_id, stored.seq, _SAME_BATCH_EVENTS)
            mine = (event for event in near if _same_batch(event, question.turn_id))
            return Asked(events=(stored, *mine), head=head.head)
        case _:
            raise conversation_not_found()


def _same_batch(event: StoredEvent, turn_id: str | None) -> bool:
    """Tell whether the event may have been appended with the question; the end of a short turn may be as near."""
    match event:
        case TurnStarted() | TurnQueued():
            return event.turn_id == turn_id
        case TitleUpdated():
            return True
        case _:
            return False


def _ask(head: Head, question: MessageCreated, team: str, now: datetime, *, steer: bool) -> Draft:
    principal = question.author.id
    if head.owner != principal:
        raise conversation_not_found()
    content = text_of(question.parts)
    if steer and floor.takes_steer(head, len(content)):
        return _steer(head, question, team, len(content))
    if head.active_turn is not None and head.while_busy == "reject":
        raise CommandRefused(BUSY, code=ErrorCode.TURN_RUNNING)
    if floor.is_full(head):
        raise CommandRefused("Five questions are waiting already. Wait for an answer first.", code=ErrorCode.QUEUE_FULL)
    turn_id = str(question.turn_id)
    turn = TurnInQueue(turn_id=turn_id, asker=principal, team=team, question_seq=head.seq + 1)
    after = floor.ask(with_use(head, now), turn, now.timestamp())
    place = floor.place_of(after, turn_id)
    position = place.position if place else 0
    events = [NewEvent(id=ids.created(question.message_id), event=question)]
    if position:
        queued = TurnQueued(actor=question.author, turn_id=turn_id, position=position)
        events.append(NewEvent(id=ids.queued(turn_id), event=queued))
    else:
        started = TurnStarted(actor=question.author, turn_id=turn_id)
        events.append(NewEvent(id=ids.started(turn_id), event=started))
    changes: dict[str, object] = {"countable": head.countable + 1}
    if not head.title:
        title = first_words(question)
        events.append(NewEvent(id=_FIRST_TITLE, event=TitleUpdated(actor=SYSTEM, title=title, source="first_words")))
        changes["title"] = title
    return Draft(events=tuple(events), head=after.model_copy(update=changes))


def _steer(head: Head, question: MessageCreated, team: str, characters: int) -> Draft:
    """Leave the message for the running turn, which reads it before its next model step."""
    message = Steer(
        turn_id=str(question.turn_id),
        asker=question.author.id,
        team=team,
        question_seq=head.seq + 1,
        characters=characters,
    )
    running = head.active_turn
    put = question.model_copy(update={"steers": running.turn_id if running else None})
    after = floor.steer(head, message).model_copy(update={"countable": head.countable + 1})
    return Draft(events=(NewEvent(id=ids.created(question.message_id), event=put),), head=after)


def first_words(question: MessageCreated) -> str:
    """Return an instant title: the question's first words, cut at a word."""
    text = " ".join(text_of(question.parts).split())
    if len(text) <= TITLE_CHARACTERS:
        return text
    return text[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"


async def set_in_motion(
    deps: ChatDependencies, engine: TurnEngine, session_id: str, asked: Asked, command: CommandBase
) -> Answer:
    """Start the turn of what was just appended if it has the floor, tell the audience, and answer the sender."""
    first = asked.events[0]
    turn_id = str(getattr(first, "turn_id", ""))
    message = first if isinstance(first, MessageCreated) else None
    request = active_request(session_id, asked.head)
    starting = (engine.start(request),) if request and request.turn_id == turn_id else ()
    await asyncio.gather(*starting, deps.publisher.to_conversation(session_id, asked.events))
    place = floor.place_of(asked.head, turn_id)
    steered = any(steer.turn_id == turn_id for steer in asked.head.steers)
    accepted = CommandAccepted(
        conversation_id=session_id,
        at=iso(deps.now()),
        command_id=command.command_id,
        client_message_id=message.client_message_id if message else None,
        message_id=message.message_id if message else None,
        turn_id=turn_id,
        position=place.position if place else None,
        steers=message.steers if message and steered else None,
        seq=first.seq,
    )
    return Answer(event=accepted)
