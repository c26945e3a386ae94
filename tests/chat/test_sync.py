"""Reading on from a place the log has not reached, and places that cannot be."""

import pytest

from tests.chat.asking import asking
from tests.support.world import World


async def test_a_client_ahead_of_the_log_is_told_where_the_log_ends(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask()
    end = (await world.head(session_id)).seq
    told = await client.send({"type": "sync", "conversation_id": session_id, "after": end + 1000})
    assert (told.event["events"], told.event["through_seq"], told.event["more"]) == ([], end, False)


@pytest.mark.parametrize("after", [2**53, 10**100, -1])
async def test_a_place_no_log_can_have_is_refused(world: World, after: int) -> None:
    client, session_id = await asking(world)
    told = await client.send({"type": "sync", "conversation_id": session_id, "after": after})
    assert told.code == "invalid_command"
