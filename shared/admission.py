"""Which audiences a connection belongs to while it has a conversation open."""

import asyncio

from shared import ids
from shared.web_pubsub import WebPubSub


def audiences(conversation_id: str, *, streaming: bool) -> tuple[str, ...]:
    """Return the Web PubSub groups of a reader; text as it is written goes to those who wish it."""
    audience = ids.audience_group(conversation_id)
    return (audience, ids.delta_group(conversation_id)) if streaming else (audience,)


async def admit(hub: WebPubSub, connection_id: str, conversation_id: str, *, streaming: bool) -> None:
    """Let the connection receive what happens in the conversation from now on.

    Raises:
        ConnectionGone: it has closed.
        PublishFailed: try again; doing it twice is harmless.

    """
    joined = audiences(conversation_id, streaming=streaming)
    await asyncio.gather(*(hub.admit(connection_id, group) for group in joined))


async def dismiss(hub: WebPubSub, connection_id: str, conversation_id: str) -> None:
    """Let the connection receive nothing of the conversation any more; fine when it does not.

    Raises:
        PublishFailed: try again.

    """
    left = audiences(conversation_id, streaming=True)
    await asyncio.gather(*(hub.dismiss(connection_id, group) for group in left))
