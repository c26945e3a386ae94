"""What others who have the session open hear when other tools are pinned."""

from typing import Any

import pytest

from chat.session import pin_again
from shared import ids
from tests.support.client import Client
from tests.support.world import World


@pytest.fixture
async def client(world: World) -> Client:
    """Open a session while its tool server is away."""
    opened = await world.client(world.person())
    world.tools.away = {"crm"}
    await opened.open()
    world.tools.away = set()
    return opened


def _told(world: World, client: Client) -> list[dict[str, Any]]:
    assert client.session_id is not None
    sent = world.hub.to(ids.audience_group(client.session_id))
    return [event for event in sent if event["type"] == "tools.updated"]


async def _pin_again(world: World, client: Client) -> None:
    assert client.session_id is not None
    grant = await world.people.grant(client.principal, world.clock())
    await pin_again(world.chat, grant, client.session_id)


async def test_everybody_hears_of_the_tools_a_sign_in_opened(world: World, client: Client) -> None:
    await _pin_again(world, client)
    (told,) = _told(world, client)
    assert (told["conversation_id"], told["unavailable"]) == (client.session_id, [])
    assert told["tools"] == [
        {"server": "crm", "tool": "find", "description": "Does find."},
        {"server": "crm", "tool": "write", "description": "Does write."},
    ]


async def test_tools_pinned_again_elsewhere_before_the_first_question_outlive_the_sessions_first_day(
    world: World, client: Client
) -> None:
    assert client.session_id is not None
    other = World(world.cosmos, clock=world.clock)
    await _pin_again(other, client)
    await client.ask("How is my pipeline?")
    head = await other.head(client.session_id)
    assert head.manifest_id is not None
    pinned = await world.cosmos.read("sessions", client.session_id, head.manifest_id)
    assert pinned is not None
    assert (head.ttl, pinned.get("ttl")) == (None, None)
    await other.close()


async def test_another_device_that_opens_the_session_tells_this_one(world: World, client: Client) -> None:
    other = await world.client(client.principal)
    await other.open(session_id=client.session_id)
    assert [event["unavailable"] for event in _told(world, client)] == [[]]


async def test_nothing_is_told_where_the_tools_are_what_they_were(world: World, client: Client) -> None:
    world.tools.away = {"crm"}
    await _pin_again(world, client)
    await client.send({"type": "session.update", "session_id": client.session_id})
    assert _told(world, client) == []


async def test_the_tools_are_pinned_although_it_cannot_be_told(world: World, client: Client) -> None:
    assert client.session_id is not None
    world.hub.refuse = lambda _: True
    await _pin_again(world, client)
    pinned = (await world.head(client.session_id)).manifest_id
    assert pinned is not None
    manifest = await world.log.manifest(client.session_id, pinned)
    assert manifest is not None
    assert manifest.unavailable == ()
