"""Short ways to say what a test of the log appends."""

import itertools
from collections.abc import Awaitable, Callable, Sequence

from shared.cosmos import BatchFailed, Cosmos, Document, Operation
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Decide, Draft, NewEvent
from shared.protocol.durable import TitleUpdated
from shared.protocol.shapes import SYSTEM

_numbers = itertools.count(1)
AT = "2026-03-02T09:00:00.000Z"


def new_id() -> str:
    return f"s_test-{next(_numbers)}"


async def new_log(log: EventLog, owner: str = "tenant.ada") -> str:
    """Create an empty conversation and return its id."""
    conversation_id = new_id()
    assert await log.create(conversation_id, Head(owner=owner, created_at=AT, updated_at=AT))
    return conversation_id


def title(event_id: str, text: str = "") -> NewEvent:
    return NewEvent(id=event_id, event=TitleUpdated(actor=SYSTEM, title=text or event_id))


def adding(*event_ids: str, key: str | None = None) -> Decide:
    """Decide to append these events, whatever the head says."""
    return lambda head: Draft(events=tuple(title(event_id) for event_id in event_ids), head=head, key=key)


class HookedStore(Cosmos):
    """The real store; `before_batch` runs once, after the decision was made and before it is written."""

    before_batch: Callable[[], Awaitable[object]] | None = None

    async def batch(
        self, container: str, partition: str, operations: Sequence[Operation]
    ) -> list[Document] | BatchFailed:
        hook, self.before_batch = self.before_batch, None
        if hook is not None:
            await hook()
        return await super().batch(container, partition, operations)
