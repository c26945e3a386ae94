"""What a reader gets to see of a conversation: a range of its events, and what is going on now.

At most `MAX_BYTES`; `more` says that a `sync` from `through_seq` continues.
"""

import asyncio
from dataclasses import dataclass

from shared import ids
from shared.answers import filled
from shared.event_log import floor
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import VersionedLive
from shared.protocol.cards import CardOpened
from shared.protocol.durable import ChatResponse, MessageCompleted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import ActiveTurn, LiveText, QueuedTurn

MAX_EVENTS = 500
MAX_BYTES = 240_000
"""A little below the protocol's 256 kB, which counts the envelope too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The fields `snapshot` and `session.created` share."""

    from_seq: int
    through_seq: int
    events: tuple[StoredEvent, ...]
    live: LiveText | None
    active_turn: ActiveTurn | None
    queue: tuple[QueuedTurn, ...]
    questions: tuple[CardOpened, ...]
    parked: tuple[str, ...]
    more: bool


async def view(log: EventLog, conversation_id: str, after: int, limit: int = MAX_EVENTS) -> View:
    """Return up to `limit` events above `after`.

    Whoever asks was admitted to the audience before, so nothing falls between.

    Raises:
        CommandRefused: with `conversation_not_found`.

    """
    found = await log.events_after(conversation_id, after, limit + 1)
    # The head is read after the events: what it says beyond them reaches the reader as live events.
    head = (await log.head(conversation_id)).head
    live = await log.live(conversation_id) if head.active_turn else None
    events = _within_limits([await _told(log, event, found) for event in found[:limit]])
    after = min(after, head.seq)
    through = events[-1].seq if events else after
    more = len(events) < len(found)
    return View(
        from_seq=after + 1,
        through_seq=through,
        events=events,
        live=_live_text(live, head) if not more else None,
        active_turn=_active(head),
        queue=_queue(head),
        questions=await _questions(log, conversation_id, head),
        parked=tuple(turn.turn_id for turn in (*floor.returning(head), *head.parked)),
        more=more,
    )


async def _questions(log: EventLog, conversation_id: str, head: Head) -> tuple[CardOpened, ...]:
    """Return the open cards, the oldest first."""
    wanted = (log.event(conversation_id, ids.opened(card.question_id)) for card in head.cards)
    found = [event for event in await asyncio.gather(*wanted) if isinstance(event, CardOpened)]
    return tuple(sorted(found, key=lambda card: card.seq))


async def _told(log: EventLog, event: StoredEvent, near: tuple[StoredEvent, ...]) -> StoredEvent:
    """Fill the answer's text into a terminal event."""
    if not isinstance(event, ChatResponse):
        return event
    if event.message_id is None:
        return filled(event, None)
    message = next((e for e in near if isinstance(e, MessageCompleted) and e.message_id == event.message_id), None)
    found = message or await log.event(event.conversation_id, ids.completed(event.message_id))
    return filled(event, found if isinstance(found, MessageCompleted) else None)


def _within_limits(events: list[StoredEvent]) -> tuple[StoredEvent, ...]:
    """Keep the first events that fit; at least one, so that a reader always gets on."""
    kept: list[StoredEvent] = []
    size = 0
    for event in events:
        size += len(event.model_dump_json().encode())
        if kept and size > MAX_BYTES:
            break
        kept.append(event)
    return tuple(kept)


def _live_text(live: VersionedLive | None, head: Head) -> LiveText | None:
    active = head.active_turn
    if live is None or active is None or live.live.turn_id != active.turn_id:
        return None
    return LiveText(
        message_id=ids.step_message(live.live.turn_id, live.live.step),
        turn_id=live.live.turn_id,
        step=live.live.step,
        attempt=live.live.attempt,
        offset=len(live.live.text),
        text=live.live.text,
    )


def _active(head: Head) -> ActiveTurn | None:
    active = head.active_turn
    if active is None:
        return None
    return ActiveTurn(turn_id=active.turn_id, asker=active.asker, stopping=active.stopping)


def _queue(head: Head) -> tuple[QueuedTurn, ...]:
    return tuple(
        QueuedTurn(turn_id=waiting.turn_id, asker=waiting.asker, position=position)
        for position, waiting in enumerate(floor.queued(head), start=1)
    )
