"""The list of one's sessions: last used first, page by page, nobody else's."""

from chat.session_list import list_sessions
from tests.support.world import World


async def test_sessions_are_listed_last_used_first_without_those_nobody_wrote_in(world: World) -> None:
    client = await world.client(world.person())
    opened: list[str] = []
    for _ in range(4):
        world.clock.advance(1)
        opened.append(await client.open())
    for place in (2, 0, 3):
        world.clock.advance(1)
        await client.ask(f"Question {place}", session_id=opened[place])
    page = await list_sessions(world.chat, client.principal, before=None, limit=50)
    assert [summary.session_id for summary in page.sessions] == [opened[3], opened[0], opened[2]]
    assert [summary.title for summary in page.sessions] == ["Question 3", "Question 0", "Question 2"]
    assert page.next is None


async def test_pages_of_sessions_together_are_the_whole_list(world: World) -> None:
    client = await world.client(world.person())
    opened: list[str] = []
    for n in range(5):
        world.clock.advance(1)
        opened.append(await client.open())
        if n != 2:
            await client.ask(session_id=opened[-1])
    seen: list[list[str]] = []
    before: str | None = None
    while True:
        page = await list_sessions(world.chat, client.principal, before=before, limit=2)
        seen.append([summary.session_id for summary in page.sessions])
        before = page.next
        if before is None:
            break
    assert seen == [[opened[4], opened[3]], [opened[1]], [opened[0]]]


async def test_nobody_sees_the_sessions_of_others(world: World) -> None:
    client = await world.client(world.person())
    await client.open()
    await client.ask()
    page = await list_sessions(world.chat, world.person(), before=None, limit=50)
    assert page.sessions == ()
