"""Asking: what a `query` appends to a session."""

import asyncio
from datetime import datetime

from chat.dependencies import ChatDependencies
from chat.session_list import note_use, tell_list, with_use
from shared import ids
from shared.answers import text_of
from shared.commands.door import SessionDoor
from shared.commands.questions import (
    append_question,
    as_steer,
    checked,
    message_key,
    new_question,
    on_floor,
    set_in_motion,
)
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log.head import Head, TurnInQueue
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import Query
from shared.protocol.durable import MessageCreated, TitleUpdated
from shared.protocol.shapes import SYSTEM
from shared.turns import TurnEngine

TITLE_CHARACTERS = 60
_FIRST_TITLE = "title.first"
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
    door = SessionDoor(deps.log, principal, session_id)
    known, grant = await asyncio.gather(door.enter(), deps.people.grant(principal, deps.now()))
    turn_id = ids.turn_id(session_id, principal, message_key(connection, query, query.client_message_id))
    question = new_question(turn_id, content, grant, query.client_message_id)
    now = deps.now()
    await note_use(deps, session_id, known.head, now)
    asking = TurnInQueue(
        turn_id=turn_id,
        asker=principal,
        team=grant.team,
        question_seq=0,
        suggests=connection.state.suggestions,
    )
    asked = await append_question(
        deps.desk, door, question, lambda head: _ask(head, question, asking, now, steer=query.steer)
    )
    answer = await set_in_motion(deps.desk, engine, session_id, asked, query)
    if known.head.used_at is None and not known.head.temporary:
        await tell_list(deps, principal, session_id, "created")
    return answer


def _ask(head: Head, question: MessageCreated, asking: TurnInQueue, now: datetime, *, steer: bool) -> Draft:
    put = as_steer(head, question, asking.team, suggests=asking.suggests) if steer else None
    if put is not None:
        return put
    if head.active_turn is not None and head.while_busy == "reject":
        raise CommandRefused(BUSY, code=ErrorCode.TURN_RUNNING)
    turn = asking.model_copy(update={"question_seq": head.seq + 1})
    draft = on_floor(with_use(head, now), question, turn, now.timestamp())
    if head.title:
        return draft
    title = first_words(question)
    named = NewEvent(id=_FIRST_TITLE, event=TitleUpdated(actor=SYSTEM, title=title, source="first_words"))
    return Draft(events=(*draft.events, named), head=draft.head.model_copy(update={"title": title}))


def first_words(question: MessageCreated) -> str:
    """Return an instant title: the question's first words, cut at a word."""
    text = " ".join(text_of(question.parts).split())
    if len(text) <= TITLE_CHARACTERS:
        return text
    return text[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"
