"""Short ways to put into a group's log what a test needs there."""

import itertools

from shared import ids
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import MessageCreated
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import Participant, TextPart
from tests.support.world import World

_numbers = itertools.count(1)


async def says(world: World, group_id: str, principal: str, text: str, *, only: tuple[str, ...] | None = None) -> str:
    """Append a message of somebody's, for `only` some if given, and return its id."""
    message_id = f"m_test{next(_numbers)}"
    author = Participant(kind="person", id=principal, name=principal.rsplit(".", 1)[-1].title())
    said = MessageCreated(
        actor=author, message_id=message_id, author=author, parts=(TextPart(text=text),), audience=only
    )
    await happens(world, group_id, ids.created(message_id), said)
    return message_id


async def happens(world: World, group_id: str, event_id: str, event: StoredEvent) -> None:
    """Append an event."""
    new = NewEvent(id=event_id, event=event)
    result = await world.log.append(group_id, lambda head: Draft(events=(new,), head=head))
    assert result.status == "appended"
