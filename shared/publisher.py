"""Send events to those who may receive them. Durable events are stored before they come here."""

from collections.abc import Iterable
from typing import Protocol

from shared import ids
from shared.clock import iso, utc_now
from shared.protocol.durable import EventBase


class Channel(Protocol):
    """What sends bytes: `WebPubSub`, and in tests a recording one."""

    async def send_to_group(self, group: str, payload: bytes) -> None: ...

    async def send_to_connection(self, connection_id: str, payload: bytes) -> None: ...

    async def send_to_user(self, user_id: str, payload: bytes) -> None: ...


class Publisher:
    """One audience group per conversation for durable events, another for deltas."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def to_conversation(self, conversation_id: str, events: Iterable[EventBase]) -> None:
        """Send durable events one after the other, so that they usually arrive in order.

        Raises:
            PublishFailed: an event could not be sent; whoever appended it has to publish again.

        """
        for event in events:
            await self._channel.send_to_group(ids.audience_group(conversation_id), wire(event))

    async def to_readers(self, conversation_id: str, event: EventBase) -> None:
        """Send an ephemeral event to those who read along live.

        Raises:
            PublishFailed: nobody may have got it.

        """
        await self._channel.send_to_group(ids.delta_group(conversation_id), wire(event))

    async def to_person(self, principal: str, event: EventBase) -> None:
        """Send an event to all connections of one person.

        Raises:
            PublishFailed: nobody may have got it.

        """
        await self._channel.send_to_user(principal, wire(event))

    async def to_connection(self, connection_id: str, event: EventBase) -> None:
        await self._channel.send_to_connection(connection_id, wire(event))


def wire(event: EventBase) -> bytes:
    """Return the frame; an ephemeral event that has no time yet gets the time it is sent."""
    stamped = event if event.at else event.model_copy(update={"at": iso(utc_now())})
    return stamped.model_dump_json().encode()
