"""What a reader gets to see of a conversation: a range of its events, and what is going on now.

In a group each reader sees what is theirs; what is not stands there as `withheld`, so that all count alike.
At most `MAX_BYTES`; `more` says that a `sync` from `through_seq` continues.
"""

import asyncio
from dataclasses import dataclass, fields
from typing import Any

from shared import ids
from shared.answers import filled
from shared.audience import Reader, for_reader
from shared.event_log import floor
from shared.event_log.head import Head, Waiting
from shared.event_log.log import EventLog
from shared.event_log.shapes import VersionedLive
from shared.protocol.cards import CardOpened
from shared.protocol.durable import ChatResponse, MessageCompleted
from shared.protocol.events import StoredEvent, VisibleEvent
from shared.protocol.shapes import ActiveTurn, LiveText, QueuedTurn
from shared.whispers import asker_told

MAX_EVENTS = 500
MAX_BYTES = 240_000
"""A little below the protocol's 256 kB, which counts the envelope too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The fields `snapshot` and `session.created` share; nothing in it is from beyond the epoch of `head`.

    `head` was read after the events, so it tells of all they changed; it may be further than `through_seq`.
    """

    head: Head
    from_seq: int
    through_seq: int
    events: tuple[VisibleEvent, ...]
    live: LiveText | None
    active_turn: ActiveTurn | None
    queue: tuple[QueuedTurn, ...]
    questions: tuple[CardOpened, ...]
    parked: tuple[str, ...]
    more: bool

    def told(self) -> dict[str, Any]:
        """Return the fields by name, as they go into the event."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "head"}


async def view(
    log: EventLog, conversation_id: str, after: int, limit: int = MAX_EVENTS, *, reader: Reader | None = None
) -> View:
    """Return up to `limit` events above `after`, in a group as its `reader` sees them.

    Whoever asks was admitted to the audience before, so nothing falls between. What the reader is in the group holds
    for one epoch: the view is theirs if it is of that.

    Raises:
        CommandRefused: with `conversation_not_found`.

    """
    found = await log.events_after(conversation_id, after, limit + 1)
    # The head is read after the events: what it says beyond them reaches the reader as live events.
    head = (await log.head(conversation_id)).head
    live = await log.live(conversation_id) if head.active_turn else None
    events = _within_limits([await _told(log, event, found, reader) for event in found[:limit]])
    after = min(after, head.seq)
    through = events[-1].seq if events else after
    more = len(events) < len(found)
    return View(
        head=head,
        from_seq=after + 1,
        through_seq=through,
        events=events,
        live=_live_text(live, head, reader) if not more else None,
        active_turn=_active(head, reader),
        queue=_queue(head, reader),
        questions=await _questions(log, conversation_id, head, reader),
        parked=tuple(turn.turn_id for turn in (*floor.returning(head), *head.parked)),
        more=more,
    )


async def _questions(log: EventLog, conversation_id: str, head: Head, reader: Reader | None) -> tuple[CardOpened, ...]:
    """Return the open cards, the oldest first."""
    wanted = (log.event(conversation_id, ids.opened(card.question_id)) for card in head.cards)
    seen = [_seen(event, reader) for event in await asyncio.gather(*wanted) if event is not None]
    found = [event for event in seen if isinstance(event, CardOpened)]
    return tuple(sorted(found, key=lambda card: card.seq))


def _seen(event: StoredEvent, reader: Reader | None) -> VisibleEvent:
    return event if reader is None else for_reader(event, reader)


async def _told(
    log: EventLog, event: StoredEvent, near: tuple[StoredEvent, ...], reader: Reader | None
) -> VisibleEvent:
    """Return the event as the reader sees it, a terminal one with the answer's text as far as that is theirs."""
    if not isinstance(event, ChatResponse):
        return _seen(event, reader)
    if event.message_id is None:
        return _seen(filled(event, None), reader)
    message = next((e for e in near if isinstance(e, MessageCompleted) and e.message_id == event.message_id), None)
    found = message or await log.event(event.conversation_id, ids.completed(event.message_id))
    answer = _seen(found, reader) if found is not None else None
    return _seen(filled(event, answer if isinstance(answer, MessageCompleted) else None), reader)


def _within_limits(events: list[VisibleEvent]) -> tuple[VisibleEvent, ...]:
    """Keep the first events that fit; at least one, so that a reader always gets on."""
    kept: list[VisibleEvent] = []
    size = 0
    for event in events:
        size += len(event.model_dump_json().encode())
        if kept and size > MAX_BYTES:
            break
        kept.append(event)
    return tuple(kept)


def _live_text(live: VersionedLive | None, head: Head, reader: Reader | None) -> LiveText | None:
    active = head.active_turn
    if live is None or active is None or live.live.turn_id != active.turn_id:
        return None
    audience = live.live.audience
    if reader is not None and audience is not None and reader.principal not in audience:
        return None
    return LiveText(
        message_id=ids.step_message(live.live.turn_id, live.live.step),
        turn_id=live.live.turn_id,
        step=live.live.step,
        attempt=live.live.attempt,
        offset=len(live.live.text),
        text=live.live.text,
    )


def _active(head: Head, reader: Reader | None) -> ActiveTurn | None:
    active = head.active_turn
    if active is None:
        return None
    return ActiveTurn(turn_id=active.turn_id, asker=_asker(active, reader), stopping=active.stopping)


def _asker(turn: Waiting, reader: Reader | None) -> str:
    return asker_told(turn, None if reader is None else reader.principal)


def _queue(head: Head, reader: Reader | None) -> tuple[QueuedTurn, ...]:
    return tuple(
        QueuedTurn(turn_id=waiting.turn_id, asker=_asker(waiting, reader), position=position)
        for position, waiting in enumerate(floor.queued(head), start=1)
    )
