"""Asking again: an edited question, or the latest one answered once more. Both are new turns that replace an old one.

What the old turn did stays done: the new one is given its results and repeats no side effect.
"""

import asyncio
from datetime import datetime

from chat.dependencies import ChatDependencies
from chat.session_list import note_use, with_use
from shared import ids
from shared.commands.door import Door, SessionDoor
from shared.commands.questions import (
    CONFLICT,
    Asked,
    append_question,
    checked,
    message_key,
    new_question,
    set_in_motion,
)
from shared.commands.stopping import cancelled_cards, stopping_event
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log import floor, parking
from shared.event_log.head import Head, TurnInQueue
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import MessageEdit, MessageRegenerate
from shared.protocol.durable import MessageCreated, TurnStarted
from shared.protocol.shapes import Participant
from shared.telemetry.tracing import current_traceparent
from shared.turns import TurnEngine

STILL_RUNNING = "The coach is still answering. Wait for the answer or stop it first; nothing was changed."
NO_SUCH_MESSAGE = "There is no such message of yours in this conversation."
NOT_THE_LATEST = "Only the latest answer can be given again. Edit the question instead."


async def edit(deps: ChatDependencies, engine: TurnEngine, connection: Connection, command: MessageEdit) -> Answer:
    """Append the question's new version with its turn, which supersedes the old one and all that followed it.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; the question is stored at most once.

    """
    content = checked(command.content)
    principal, session_id = connection.state.principal, command.conversation_id
    door = SessionDoor(deps.log, principal, session_id)
    known, grant, original = await asyncio.gather(
        door.enter(),
        deps.people.grant(principal, deps.now()),
        deps.log.event(session_id, ids.created(command.message_id)),
    )
    if not isinstance(original, MessageCreated) or original.author.id != principal or original.turn_id is None:
        raise CommandRefused(NO_SUCH_MESSAGE, code=ErrorCode.MESSAGE_NOT_FOUND)
    turn_id = ids.turn_id(session_id, principal, message_key(connection, command, command.client_message_id))
    question = new_question(turn_id, content, grant, command.client_message_id)
    question = question.model_copy(update={"replaces": original.message_id})
    replaced = await _turn_of(deps, session_id, original)
    asking = _asking(connection, turn_id, grant)
    now = deps.now()
    await note_use(deps, session_id, known.head, now)
    asked = await append_question(
        deps.desk, door, question, lambda head: _edit(head, question, original.seq, replaced, asking, now)
    )
    await _let_stop(engine, asked)
    return await set_in_motion(deps.desk, engine, session_id, asked, command)


async def _turn_of(deps: ChatDependencies, session_id: str, original: MessageCreated) -> str:
    """Return the turn that answered the message: its own, or the one it was put into."""
    own = str(original.turn_id)
    if original.steers is None or await deps.log.event(session_id, ids.started(own)):
        return own
    return original.steers


def _asking(connection: Connection, turn_id: str, grant: Grant) -> TurnInQueue:
    """Return the new turn; where its question stands is said when it is appended."""
    return TurnInQueue(
        turn_id=turn_id,
        asker=connection.state.principal,
        team=grant.team,
        question_seq=0,
        trace=current_traceparent(),
        suggests=connection.state.suggestions,
    )


def _edit(head: Head, question: MessageCreated, first: int, replaced: str, asking: TurnInQueue, now: datetime) -> Draft:
    if head.active_turn is not None:
        raise CommandRefused(STILL_RUNNING, code=ErrorCode.TURN_RUNNING)
    turn_id = asking.turn_id
    turn = asking.model_copy(update={"question_seq": head.seq + 1})
    stopped, rest = _superseded(head, first, question.author, now.timestamp())
    after = floor.ask(with_use(rest, now), turn, now.timestamp())
    started = TurnStarted(actor=question.author, turn_id=turn_id, replaces=replaced)
    return Draft(
        events=(
            NewEvent(id=ids.created(question.message_id), event=question),
            NewEvent(id=ids.started(turn_id), event=started),
            *stopped,
        ),
        head=after.model_copy(update={"countable": head.countable + 1}),
    )


def _superseded(head: Head, first: int, actor: Participant, now: float) -> tuple[list[NewEvent], Head]:
    """Stop the parked turns whose questions stand at `first` or later; return what tells it, and the head then."""
    events: list[NewEvent] = []
    for turn in head.parked:
        if turn.question_seq >= first and not turn.stopping:
            events += (stopping_event(head, turn.turn_id, actor), *cancelled_cards(head, turn.turn_id, actor))
            head = parking.abandon(head, turn.turn_id, now)
    return events, head


async def _let_stop(engine: TurnEngine, asked: Asked) -> None:
    """Raise the stop of the turns that were superseded while they were parked."""
    for turn in asked.head.parked:
        if turn.stopping:
            await engine.stop(turn.turn_id)


async def regenerate(
    deps: ChatDependencies, engine: TurnEngine, connection: Connection, command: MessageRegenerate
) -> Answer:
    """Start a new turn that answers the latest question again.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; the turn is begun at most once.

    """
    principal, session_id = connection.state.principal, command.conversation_id
    replaced = command.message_id.partition(".")[0]
    door = SessionDoor(deps.log, principal, session_id)
    _, grant, before = await asyncio.gather(
        door.enter(),
        deps.people.grant(principal, deps.now()),
        deps.log.event(session_id, ids.started(replaced)),
    )
    if not isinstance(before, TurnStarted):
        raise CommandRefused(NO_SUCH_MESSAGE, code=ErrorCode.MESSAGE_NOT_FOUND)
    turn_id = ids.turn_id(session_id, principal, message_key(connection, command, None))
    again = TurnStarted(
        actor=grant.participant(),
        turn_id=turn_id,
        replaces=replaced,
        question_id=before.question_id or ids.question_message(replaced),
    )
    asked = await _append(deps, door, again, _asking(connection, turn_id, grant))
    await _let_stop(engine, asked)
    return await set_in_motion(deps.desk, engine, session_id, asked, command)


async def _append(deps: ChatDependencies, door: Door, again: TurnStarted, asking: TurnInQueue) -> Asked:
    """Begin the turn, or find it when it was begun before, whatever happened since."""
    now, session_id = deps.now().timestamp(), door.conversation_id
    try:
        result = await door.append(lambda head: _regenerate(head, again, asking, now))
    except CommandRefused:
        begun = await deps.log.event(session_id, ids.started(again.turn_id))
        if begun is None:
            raise
        result = AlreadyHappened(event=begun, head=await deps.log.head(session_id))
    match result:
        case Appended(events=events, head=head):
            return Asked(events=events, head=head.head)
        case AlreadyHappened(event=TurnStarted(replaces=same) as event, head=head) if same == again.replaces:
            return Asked(events=(event,), head=head.head)
        case _:
            raise CommandRefused(CONFLICT, code=ErrorCode.MESSAGE_CONFLICT)


def _regenerate(head: Head, again: TurnStarted, asking: TurnInQueue, now: float) -> Draft:
    asker = again.actor
    if head.active_turn is not None:
        raise CommandRefused(STILL_RUNNING, code=ErrorCode.TURN_RUNNING)
    last = head.last_turn
    if last is None or last.turn_id != again.replaces:
        raise CommandRefused(NOT_THE_LATEST, code=ErrorCode.MESSAGE_NOT_FOUND)
    turn = asking.model_copy(update={"question_seq": last.question_seq})
    stopped, rest = _superseded(head, last.question_seq, asker, now)
    after = floor.ask(rest, turn, now)
    return Draft(events=(NewEvent(id=ids.started(again.turn_id), event=again), *stopped), head=after)
