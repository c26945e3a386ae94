"""Asking and stopping: what a `query` and a `turn.stop` append, and what they set in motion."""

import asyncio
from dataclasses import dataclass

from chat.dependencies import ChatDependencies
from chat.session import keep_session
from shared import ids
from shared.access import access_session
from shared.answers import text_of
from shared.clock import iso
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log import floor
from shared.event_log.head import Head, VersionedHead
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import MAX_CONTENT_CHARACTERS, Query, TurnStop
from shared.protocol.durable import (
    ChatResponse,
    MessageCreated,
    TitleUpdated,
    TurnQueued,
    TurnStarted,
    TurnStopping,
)
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import SYSTEM, Participant, TextPart
from shared.turns import TurnEngine, TurnRequest

TITLE_CHARACTERS = 60
_FIRST_TITLE = "title.first"
_SAME_BATCH_EVENTS = 2
CONFLICT = "This client_message_id was used for another message. Send it with a new one."


async def ask(deps: ChatDependencies, engine: TurnEngine, connection: Connection, query: Query) -> Answer:
    """Append the question, start its turn if the floor is free, and tell the audience.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; the question is stored at most once.

    """
    content = _checked(query.content)
    session_id = query.session_id or connection.state.session_id
    if session_id is None:
        raise CommandRefused("Open a session first (session.update).", code=ErrorCode.NO_SESSION)
    principal = connection.state.principal
    known, grant = await asyncio.gather(
        access_session(deps.log, principal, session_id), deps.people.grant(principal, deps.now())
    )
    key = query.client_message_id or query.command_id or ids.default_command_id(connection.id, connection.event_id)
    turn_id = ids.turn_id(session_id, principal, key)
    question = _question(turn_id, content, grant, query.client_message_id)
    if known.head.ttl is not None:
        await keep_session(deps, session_id, known.head)
    asked = await _append(deps, session_id, question, known)
    await asyncio.gather(
        _start_if_active(engine, session_id, asked.head, turn_id),
        deps.publisher.to_conversation(session_id, asked.events),
    )
    place = floor.place_of(asked.head, turn_id)
    accepted = CommandAccepted(
        conversation_id=session_id,
        at=iso(deps.now()),
        command_id=query.command_id,
        client_message_id=query.client_message_id,
        message_id=question.message_id,
        turn_id=turn_id,
        position=place.position if place else None,
        seq=asked.events[0].seq,
    )
    return Answer(event=accepted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The question's events as stored, the question first, and the head they left."""

    events: tuple[StoredEvent, ...]
    head: Head


async def _append(deps: ChatDependencies, session_id: str, question: MessageCreated, known: VersionedHead) -> _Asked:
    """Append the question, or find it when it was appended before, whatever became of the queue since."""
    now = deps.now().timestamp()
    try:
        result = await deps.log.append(session_id, lambda head: _ask(head, question, now), known=known)
    except CommandRefused as refusal:
        before = await deps.log.event(session_id, ids.created(question.message_id))
        if refusal.code is not ErrorCode.QUEUE_FULL or before is None:
            raise
        result = AlreadyHappened(event=before, head=await deps.log.head(session_id))
    match result:
        case Appended(events=events, head=head):
            return _Asked(events=events, head=head.head)
        case AlreadyHappened(event=stored, head=head):
            if not isinstance(stored, MessageCreated) or stored.parts != question.parts:
                raise CommandRefused(CONFLICT, code=ErrorCode.MESSAGE_CONFLICT)
            near = await deps.log.events_after(session_id, stored.seq, _SAME_BATCH_EVENTS)
            mine = (event for event in near if _same_batch(event, question.turn_id))
            return _Asked(events=(stored, *mine), head=head.head)
        case _:
            raise conversation_not_found()


def _same_batch(event: StoredEvent, turn_id: str | None) -> bool:
    return isinstance(event, TitleUpdated) or getattr(event, "turn_id", None) == turn_id


def _checked(content: str) -> str:
    text = content.strip()
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise CommandRefused("The message is empty.", code=ErrorCode.CONTENT_EMPTY)
    if len(text) > MAX_CONTENT_CHARACTERS:
        raise CommandRefused(
            f"The message has {len(text)} characters; at most {MAX_CONTENT_CHARACTERS} are allowed. Shorten it.",
            code=ErrorCode.CONTENT_TOO_LONG,
        )
    return text


def _question(turn_id: str, content: str, grant: Grant, client_message_id: str | None) -> MessageCreated:
    author = grant.participant()
    return MessageCreated(
        actor=author,
        message_id=ids.question_message(turn_id),
        turn_id=turn_id,
        author=author,
        parts=(TextPart(text=content),),
        client_message_id=client_message_id,
    )


def _ask(head: Head, question: MessageCreated, now: float) -> Draft:
    principal = question.author.id
    if head.owner != principal:
        raise conversation_not_found()
    if floor.is_full(head):
        raise CommandRefused("Five questions are waiting already. Wait for an answer first.", code=ErrorCode.QUEUE_FULL)
    turn_id = str(question.turn_id)
    after = floor.ask(head, turn_id=turn_id, asker=principal, question_seq=head.seq + 1, now=now)
    place = floor.place_of(after, turn_id)
    position = place.position if place else 0
    events = [NewEvent(id=ids.created(question.message_id), event=question)]
    if position:
        queued = TurnQueued(actor=question.author, turn_id=turn_id, position=position)
        events.append(NewEvent(id=ids.queued(turn_id), event=queued))
    else:
        started = TurnStarted(actor=question.author, turn_id=turn_id)
        events.append(NewEvent(id=ids.started(turn_id), event=started))
    changes: dict[str, object] = {"countable": head.countable + 1, "ttl": None}
    if not head.title:
        title = first_words(question)
        events.append(NewEvent(id=_FIRST_TITLE, event=TitleUpdated(actor=SYSTEM, title=title)))
        changes["title"] = title
    return Draft(events=tuple(events), head=after.model_copy(update=changes))


def first_words(question: MessageCreated) -> str:
    """Return an instant title: the question's first words, cut at a word."""
    text = " ".join(text_of(question.parts).split())
    if len(text) <= TITLE_CHARACTERS:
        return text
    return text[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"


async def _start_if_active(engine: TurnEngine, session_id: str, head: Head, turn_id: str) -> None:
    active = head.active_turn
    if active is None or active.turn_id != turn_id:
        return
    await engine.start(
        TurnRequest(
            conversation_id=session_id,
            turn_id=turn_id,
            asker=active.asker,
            question_seq=active.question_seq,
            manifest_id=head.manifest_id,
        )
    )


async def stop(deps: ChatDependencies, engine: TurnEngine, connection: Connection, command: TurnStop) -> Answer:
    """Stop a running turn, or take a waiting one out of the queue; an ended one stays as it is.

    Raises:
        CommandRefused: there is no such conversation or turn.
        Transient: the webhook is delivered again; stopping twice is stopping once.

    """
    principal = connection.state.principal
    session_id, turn_id = command.conversation_id, command.turn_id
    known, grant = await asyncio.gather(
        access_session(deps.log, principal, session_id), deps.people.grant(principal, deps.now())
    )
    result = await deps.log.append(session_id, lambda head: _stop(head, turn_id, grant.participant()), known=known)
    match result:
        case Appended(events=events):
            seq = events[0].seq
        case AlreadyHappened(event=event):
            events, seq = (event,), event.seq
        case _:
            end = await _end(deps, session_id, turn_id)
            # A waiting turn is ended right here, so whether its end was told is ours to see to.
            stopped_here = end.status == "stopped" and end.message_id is None
            events, seq = ((end,) if stopped_here else ()), end.seq
    await asyncio.gather(engine.stop(turn_id), deps.publisher.to_conversation(session_id, events))
    accepted = CommandAccepted(
        conversation_id=session_id, at=iso(deps.now()), command_id=command.command_id, turn_id=turn_id, seq=seq
    )
    return Answer(event=accepted)


def _stop(head: Head, turn_id: str, actor: Participant) -> Draft | None:
    place = floor.place_of(head, turn_id)
    if place is None:
        return None
    if place.position == 0:
        stopping = TurnStopping(actor=actor, turn_id=turn_id)
        return Draft(events=(NewEvent(id=ids.stopping(turn_id), event=stopping),), head=floor.stop(head, turn_id))
    end = ChatResponse(actor=actor, turn_id=turn_id, status="stopped")
    return Draft(events=(NewEvent(id=ids.end(turn_id), event=end),), head=floor.end(head, turn_id, 0))


async def _end(deps: ChatDependencies, session_id: str, turn_id: str) -> ChatResponse:
    end = await deps.log.event(session_id, ids.end(turn_id))
    if not isinstance(end, ChatResponse):
        raise CommandRefused("There is no such turn in this conversation.", code=ErrorCode.TURN_NOT_FOUND)
    return end
