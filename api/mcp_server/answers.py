"""Where the answer to a question stands, read from the log, and waiting for it for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from api.mcp_server.shapes import CoachAnswer, UsedTool
from shared import ids
from shared.access import access_session
from shared.answers import filled
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import ChatResponse, MessageCompleted

LATER = "The coach has not finished. Call get_answer with this session_id and turn_id to wait for the answer."
NEEDS_A_PERSON = (
    "The coach waits for the person: there is a card to answer in SalesCoach (an approval, a form or a sign-in). "
    "Once it is answered, call get_answer with this session_id and turn_id."
)
_TWICE_AS_SELDOM_AFTER_S = 10
_DOING = {"running": "The coach is working on the answer.", "queued": "The question waits for those before it."}

type Progress = Callable[[float, float, str], Awaitable[None]]
type Place = Literal["running", "queued", "waiting_for_person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for an answer, and how often to look at first (seconds); the longer it takes, the more seldom.

    Many MCP clients give a call up after a minute, and the answer of an HTTP function arrives as a whole.
    """

    limit_s: float = 50.0
    every_s: float = 0.5


async def wait_for_answer(
    log: EventLog, principal: str, session_id: str, turn_id: str, patience: Patience, progress: Progress
) -> CoachAnswer:
    """Return the answer, or after a while where it stands; at once when it waits for a person.

    Raises:
        CommandRefused: there is no such conversation of the person's, or no such turn in it.
        StoreUnavailable: the log could not be read.

    """
    begun = time.monotonic()
    while True:
        found = await answer_now(log, principal, session_id, turn_id)
        waited = time.monotonic() - begun
        if found.state in {"answered", "waiting_for_person"} or waited >= patience.limit_s:
            return found
        await progress(waited, patience.limit_s, _DOING[found.state])
        pause = patience.every_s * (1 + waited / _TWICE_AS_SELDOM_AFTER_S)
        await asyncio.sleep(min(pause, patience.limit_s - waited))


async def answer_now(log: EventLog, principal: str, session_id: str, turn_id: str) -> CoachAnswer:
    """Return where the answer stands."""
    head = (await access_session(log, principal, session_id)).head
    place = _place(head, turn_id)
    if place is not None:
        note = NEEDS_A_PERSON if place == "waiting_for_person" else LATER
        return CoachAnswer(session_id=session_id, turn_id=turn_id, state=place, note=note)
    end = await log.event(session_id, ids.end(turn_id))
    if not isinstance(end, ChatResponse):
        raise CommandRefused("There is no such turn in this conversation.", code=ErrorCode.TURN_NOT_FOUND)
    return await _ended(log, session_id, end)


def _place(head: Head, turn_id: str) -> Place | None:
    """Return where a turn that has not ended is; None for any other."""
    if head.active_turn is not None and head.active_turn.turn_id == turn_id:
        return "running"
    if any(waiting.turn_id == turn_id for waiting in head.parked):
        return "waiting_for_person"
    if any(waiting.turn_id == turn_id for waiting in (*head.queue, *head.steers)):
        return "queued"
    return None


async def _ended(log: EventLog, session_id: str, end: ChatResponse) -> CoachAnswer:
    message = await log.event(session_id, ids.completed(end.message_id)) if end.message_id else None
    told = filled(end, message if isinstance(message, MessageCompleted) else None)
    return CoachAnswer(
        session_id=session_id,
        turn_id=end.turn_id,
        state="answered",
        ended=end.status,
        answer=told.response,
        note=_note(end),
        tools=tuple(
            UsedTool(server=used.server, tool=used.tool, status=used.status, ms=used.ms, outcome=used.outcome)
            for used in end.tool_feedback
        ),
    )


def _note(end: ChatResponse) -> str:
    if end.error is not None:
        return end.error.message
    return "The answer was stopped; it is as far as it got." if end.status == "stopped" else ""
