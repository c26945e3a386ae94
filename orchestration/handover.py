"""Handing the floor over: what is told of it, whichever way a turn leaves."""

from collections.abc import Sequence
from contextlib import suppress

from shared import ids
from shared.errors import PublishFailed
from shared.event_log import floor
from shared.event_log.head import Head, Steer
from shared.event_log.shapes import NewEvent
from shared.protocol.cards import TurnResumed
from shared.protocol.durable import TurnQueued, TurnStarted
from shared.protocol.ephemeral import SteerReturned
from shared.protocol.shapes import SYSTEM
from shared.publisher import Publisher


def following(before: Head, after: Head) -> str | None:
    """Return the turn that got the floor."""
    had = before.active_turn.turn_id if before.active_turn else None
    has = after.active_turn.turn_id if after.active_turn else None
    return None if has == had else has


def handover_events(before: Head, after: Head) -> list[NewEvent]:
    """Tell who has the floor now, and which unused steers wait for it."""
    events: list[NewEvent] = []
    active = after.active_turn
    if active is not None and following(before, after) is not None:
        turn_id = active.turn_id
        if active.parkings:
            resumed = TurnResumed(actor=SYSTEM, turn_id=turn_id)
            events.append(NewEvent(id=ids.resumed(turn_id, active.parkings), event=resumed))
        else:
            events.append(NewEvent(id=ids.started(turn_id), event=TurnStarted(actor=SYSTEM, turn_id=turn_id)))
    kept = {steer.turn_id for steer in after.steers}
    returned = {steer.turn_id: steer for steer in before.steers if steer.turn_id not in kept}
    for position, waiting in enumerate(floor.queued(after), start=1):
        if waiting.turn_id in returned:
            queued = TurnQueued(actor=SYSTEM, turn_id=waiting.turn_id, position=position)
            queued_id = ids.queued_again if returned[waiting.turn_id].taken else ids.queued
            events.append(NewEvent(id=queued_id(waiting.turn_id), event=queued))
    return events


async def return_steers(publisher: Publisher, conversation_id: str, turn_id: str, steers: Sequence[Steer]) -> None:
    """Say of the messages the turn did not use what becomes of them; that they wait is in the log."""
    for steer in steers:
        returned = SteerReturned(
            conversation_id=conversation_id,
            turn_id=turn_id,
            message_id=ids.question_message(steer.turn_id),
            becomes=steer.turn_id,
        )
        with suppress(PublishFailed):
            await publisher.to_conversation(conversation_id, [returned])
