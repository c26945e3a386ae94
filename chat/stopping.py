"""Stopping: what a `turn.stop` appends, and what it sets in motion."""

import asyncio

from chat.dependencies import ChatDependencies
from shared import ids
from shared.access import access_to_append
from shared.clock import iso
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log import floor
from shared.event_log.head import Head
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import TurnStop
from shared.protocol.durable import ChatResponse, TurnStopping
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.shapes import Participant
from shared.turns import TurnEngine


async def stop(deps: ChatDependencies, engine: TurnEngine, connection: Connection, command: TurnStop) -> Answer:
    """Stop a running turn, or take one that waits (in the queue, or as a steer) out of the line; an ended one stays.

    Raises:
        CommandRefused: there is no such conversation or turn.
        Transient: the webhook is delivered again; stopping twice is stopping once.

    """
    principal = connection.state.principal
    session_id, turn_id = command.conversation_id, command.turn_id
    known, grant = await asyncio.gather(
        access_to_append(deps.log, principal, session_id), deps.people.grant(principal, deps.now())
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
    if floor.is_active(head, turn_id):
        stopping = TurnStopping(actor=actor, turn_id=turn_id)
        return Draft(events=(NewEvent(id=ids.stopping(turn_id), event=stopping),), head=floor.stop(head, turn_id))
    if not any(waiting.turn_id == turn_id for waiting in (*head.queue, *head.steers)):
        return None
    end = ChatResponse(actor=actor, turn_id=turn_id, status="stopped")
    return Draft(events=(NewEvent(id=ids.end(turn_id), event=end),), head=floor.end(head, turn_id, 0))


async def _end(deps: ChatDependencies, session_id: str, turn_id: str) -> ChatResponse:
    end = await deps.log.event(session_id, ids.end(turn_id))
    if not isinstance(end, ChatResponse):
        raise CommandRefused("There is no such turn in this conversation.", code=ErrorCode.TURN_NOT_FOUND)
    return end
