import pytest

from shared.commands.door import SessionDoor
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.event_log.shapes import Appended, Draft
from shared.protocol.durable import TitleUpdated
from shared.protocol.shapes import SYSTEM
from tests.shared.event_log.logs import AT, adding, new_log, title
from tests.support.world import World


async def test_the_owner_of_a_session_appends_to_it(world: World) -> None:
    door = SessionDoor(world.log, "tenant.ada", await new_log(world.log, "tenant.ada"))
    assert (await door.enter()).head.owner == "tenant.ada"
    assert isinstance(await door.append(adding("one")), Appended)
    assert await world.types(door.conversation_id) == ["title.updated"]


async def test_nobody_else_gets_in(world: World) -> None:
    session_id = await new_log(world.log, "tenant.ada")
    for door in (SessionDoor(world.log, "tenant.eve", session_id), SessionDoor(world.log, "tenant.ada", "g_x")):
        with pytest.raises(CommandRefused, match="no such conversation"):
            await door.enter()
        with pytest.raises(CommandRefused, match="no such conversation"):
            await door.append(adding("one"))
    assert await world.types(session_id) == []


async def test_whose_session_it_is_is_checked_again_on_the_head_that_is_replaced(world: World) -> None:
    session_id = await new_log(world.log, "tenant.ada")
    door = SessionDoor(world.log, "tenant.ada", session_id)
    await door.enter()
    other = World(world.cosmos)

    def takes_over(head: Head) -> Draft:
        return Draft(events=(title("theirs"),), head=head.model_copy(update={"owner": "tenant.eve"}))

    await other.log.append(session_id, takes_over)
    with pytest.raises(CommandRefused, match="no such conversation"):
        await door.append(adding("mine"))


async def test_an_owner_sees_what_is_in_their_session_only(world: World) -> None:
    door = SessionDoor(world.log, "tenant.ada", "s_1")
    event = TitleUpdated(actor=SYSTEM, title="x", conversation_id="s_1", at=AT)
    assert door.sees(event)
    assert not door.sees(event.model_copy(update={"conversation_id": "s_2"}))
