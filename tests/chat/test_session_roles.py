"""A session opened again by somebody whose roles are others now."""

from tests.support.world import World


async def test_roles_that_changed_since_a_session_was_opened_change_what_is_offered(world: World) -> None:
    client = await world.client(world.person())
    await world.sign_in(client.principal, "Sales", "HR")
    session_id = await client.open()
    narrowed = await client.send({"type": "session.update", "session_id": session_id, "role": "Sales"})
    assert "forecast" not in {tool["tool"] for tool in narrowed.event["tools"]}
    await world.sign_in(client.principal, "Support")
    lost = await client.send({"type": "session.update", "session_id": session_id})
    assert lost.event["tools"] == []
