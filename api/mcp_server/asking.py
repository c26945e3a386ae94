"""Asking the coach without a connection: the same front door, with a conversation opened for the call."""

import asyncio
import uuid

from api.mcp_server.answers import Patience, Progress, wait_for_answer
from api.mcp_server.shapes import Ask, CoachAnswer
from chat.dependencies import ChatDependencies
from chat.questions import ask, checked
from chat.session import session_for
from shared import ids
from shared.connection import Connection, ConnectionState
from shared.errors import Transient
from shared.people import Grant
from shared.protocol.commands import Query
from shared.turns import TurnEngine

_TRIES = 3
_PAUSE_S = 0.3


async def ask_coach(
    deps: ChatDependencies, engine: TurnEngine, grant: Grant, wanted: Ask, patience: Patience, progress: Progress
) -> CoachAnswer:
    """Ask, wait for the answer for a while, and return it or where it stands.

    Raises:
        CommandRefused, NotAllowed: nothing was asked.
        Transient: nothing was stored, or the log cannot be read.

    """
    checked(wanted.question)
    deps.limiter.take(grant.principal, "questions")
    key = f"mcp.{uuid.uuid4().hex}"
    session_id = await session_for(deps, grant, wanted.session_id, ids.session_id(grant.principal, key))
    turn_id = ids.turn_id(session_id, grant.principal, key)
    state = ConnectionState(principal=grant.principal, session_id=session_id)
    query = Query(type="query", content=wanted.question, session_id=session_id, client_message_id=key)
    connection = Connection(id=key, event_id=key, state=state)
    await _asked(deps, engine, connection, query, session_id, turn_id)
    return await wait_for_answer(deps.log, grant.principal, session_id, turn_id, patience, progress)


async def _asked(
    deps: ChatDependencies, engine: TurnEngine, connection: Connection, query: Query, session_id: str, turn_id: str
) -> None:
    """Ask until the question is stored, its turn started and both told, for nobody delivers this again.

    Once it is stored, what is missing is made up for: the sweeper starts the turn, clients find the gap in `seq`.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            await ask(deps, engine, connection, query)
        except Transient:
            if attempt < _TRIES:
                await asyncio.sleep(_PAUSE_S * attempt)
            elif await deps.log.event(session_id, ids.created(ids.question_message(turn_id))) is None:
                raise
        else:
            return
