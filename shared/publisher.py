"""Send events to those who may receive them. Durable events are stored before they come here."""

from collections.abc import Iterable
from typing import Protocol, cast

from shared import ids
from shared.audience import for_others
from shared.clock import iso, utc_now
from shared.event_log.head import Head
from shared.protocol.durable import EventBase, NarrowEvent
from shared.protocol.events import StoredEvent


class Channel(Protocol):
    """What sends bytes: `WebPubSub`, and in tests a recording one."""

    async def send_to_group(self, group: str, payload: bytes, only: str | None = None) -> None: ...

    async def send_to_connection(self, connection_id: str, payload: bytes) -> None: ...

    async def send_to_user(self, user_id: str, payload: bytes) -> None: ...


class Heads(Protocol):
    """Knows the head of a conversation: `EventLog`."""

    async def known_head(self, conversation_id: str) -> Head: ...


class Publisher:
    """One audience group per conversation for durable events, another for deltas.

    Sessions are on the hub `chat`, groups on `group_chat`. In a group each connection gets what its person may see, and
    who left gets nothing even where the service still has their connection in the group.
    """

    def __init__(self, channel: Channel, groups: Channel, heads: Heads) -> None:
        self._channel = channel
        self._groups = groups
        self._heads = heads

    async def to_conversation(self, conversation_id: str, events: Iterable[EventBase]) -> None:
        """Send durable events one after the other, so that they usually arrive in order.

        Raises:
            PublishFailed: an event could not be sent; whoever appended it has to publish again.

        """
        group = ids.audience_group(conversation_id)
        for event in events:
            if ids.is_group(conversation_id):
                await self._to_members(conversation_id, group, event)
            else:
                await self._channel.send_to_group(group, wire(event))

    async def to_readers(self, conversation_id: str, event: EventBase, audience: tuple[str, ...] | None = None) -> None:
        """Send an ephemeral event to those who read along live, in a group to `audience` (principals) only if given.

        Raises:
            PublishFailed: nobody may have got it.

        """
        group = ids.delta_group(conversation_id)
        if ids.is_group(conversation_id):
            left = await self._expelled(conversation_id)
            await self._groups.send_to_group(group, wire(event), _filter(only=audience, never=left))
        else:
            await self._channel.send_to_group(group, wire(event))

    async def to_person(self, principal: str, event: EventBase) -> None:
        """Send an event to all connections of one person on the hub `chat`.

        Raises:
            PublishFailed: nobody may have got it.

        """
        await self._channel.send_to_user(principal, wire(event))

    async def to_member(self, group_id: str, principal: str, event: EventBase) -> None:
        """Send an event to those connections of one person that have the group open.

        Raises:
            PublishFailed: nobody may have got it.

        """
        left = await self._expelled(group_id)
        group = ids.audience_group(group_id)
        await self._groups.send_to_group(group, wire(event), _filter(only=(principal,), never=left))

    async def to_others(self, group_id: str, principal: str, event: EventBase) -> None:
        """Send an ephemeral event to everyone who has the group open, but not to whom it tells of.

        Raises:
            PublishFailed: nobody may have got it.

        """
        left = await self._expelled(group_id)
        group = ids.audience_group(group_id)
        await self._groups.send_to_group(group, wire(event), _filter(only=None, never=(principal, *left)))

    async def to_connection(self, connection_id: str, event: EventBase, *, of_group: bool = False) -> None:
        """Send an event to one connection, of the hub of groups if so.

        Raises:
            PublishFailed: it may not have got it.

        """
        channel = self._groups if of_group else self._channel
        await channel.send_to_connection(connection_id, wire(event))

    async def _to_members(self, conversation_id: str, group: str, event: EventBase) -> None:
        left = await self._expelled(conversation_id)
        if not isinstance(event, NarrowEvent) or event.audience is None:
            await self._groups.send_to_group(group, wire(event), _filter(only=None, never=left))
            return
        await self._groups.send_to_group(group, wire(event), _filter(only=event.audience, never=left))
        rest = _filter(only=None, never=(*event.audience, *left))
        await self._groups.send_to_group(group, wire(for_others(cast("StoredEvent", event))), rest)

    async def _expelled(self, conversation_id: str) -> tuple[str, ...]:
        group = (await self._heads.known_head(conversation_id)).group
        return () if group is None else group.expelled


def _filter(*, only: tuple[str, ...] | None, never: tuple[str, ...]) -> str | None:
    """Return the OData filter over connections; None lets all through."""
    if only is not None:
        wanted = [principal for principal in only if principal not in never]
        return " or ".join(f"userId eq {_quoted(principal)}" for principal in wanted) or "userId eq null"
    return " and ".join(f"userId ne {_quoted(principal)}" for principal in never) or None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def wire(event: EventBase) -> bytes:
    """Return the frame; an ephemeral event that has no time yet gets the time it is sent."""
    stamped = event if event.at else event.model_copy(update={"at": iso(utc_now())})
    return stamped.model_dump_json().encode()
