import asyncio

from tests.support.world import World

AT = "2026-03-02T09:00:00.000Z"


async def test_a_mark_only_ever_moves_on(world: World) -> None:
    person = world.person()
    await world.memberships.join(person, "g_1", AT, ttl=60)
    assert [await world.memberships.read_up_to(person, "g_1", seq) for seq in (0, 5, 3, 5, 9)] == [0, 5, 5, 5, 9]


async def test_of_marks_set_at_once_the_furthest_stays(world: World) -> None:
    person = world.person()
    await world.memberships.join(person, "g_1", AT, ttl=60)
    await asyncio.gather(*(world.memberships.read_up_to(person, "g_1", seq) for seq in (4, 9, 2, 7)))
    assert await world.memberships.read_up_to(person, "g_1", 0) == 9


async def test_who_has_no_entry_keeps_none(world: World) -> None:
    person = world.person()
    assert await world.memberships.read_up_to(person, "g_1", 5) == 5
    assert await world.memberships.read_up_to(person, "g_1", 1) == 1
