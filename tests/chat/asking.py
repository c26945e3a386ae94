"""Sessions somebody asked something in."""

from shared.event_log.head import Head
from tests.support.client import Client
from tests.support.world import World

STRANGER = "tenant.eve"


async def asking(world: World) -> tuple[Client, str]:
    client = await world.client(world.person())
    return client, await client.open()


async def full(world: World) -> tuple[Client, str, list[str]]:
    """Return a session with one running and five waiting turns; question n has the message id `m<n>`."""
    client, session_id = await asking(world)
    accepted = [await client.ask(f"Question {n}", client_message_id=f"m{n}") for n in range(6)]
    return client, session_id, [event["turn_id"] for event in accepted]


def waiting_turns(head: Head) -> list[str]:
    return [waiting.turn_id for waiting in head.queue]
