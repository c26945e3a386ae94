"""Many connections, several processes: everybody sees the same, in the same order."""

import asyncio

from tests.group_chat.audience.groups import begin, say
from tests.group_chat.audience.hall import Hall
from tests.group_chat.audience.streams import stream

PEOPLE = 10
EACH = 6


async def test_everybody_sees_every_message_in_one_order_whoever_serves_them(hall: Hall) -> None:
    people = [hall.one.world.person(f"tenant.p{number}") for number in range(PEOPLE)]
    group_id = await begin(hall.one.world, *people)
    clients = await hall.connected(group_id, *people)

    async def talk(number: int) -> None:
        for said in range(EACH):
            await say(hall.instances[(number + said) % 2], group_id, people[number], f"{number}/{said}")

    await asyncio.gather(*(talk(number) for number in range(PEOPLE)))
    last = PEOPLE * EACH
    await asyncio.gather(*(client.until(lambda c=client: len(c.live(group_id)) >= last) for client in clients))
    stored = await hall.one.world.events(group_id)
    told = [event.model_dump(mode="json") for event in stored]
    for client in clients:
        assert client.live(group_id) == told
    spoken = [event["parts"][0]["text"] for event in told]
    assert sorted(spoken) == sorted(f"{number}/{said}" for number in range(PEOPLE) for said in range(EACH))


async def test_one_connection_has_several_groups_open(hall: Hall) -> None:
    ada, bob = (hall.one.world.person(name) for name in ("tenant.ada", "tenant.bob"))
    first, second = await begin(hall.one.world, ada, bob), await begin(hall.one.world, ada, bob)
    (client,) = await hall.connected(first, ada)
    assert (await client.open(second))["group"]["title"] == "Deals"
    await say(hall.one, first, bob, "in the first")
    await say(hall.one, second, bob, "in the second")
    await asyncio.gather(client.heard(first, 1), client.heard(second, 1))
    texts = [client.live(group)[0]["parts"][0]["text"] for group in (first, second)]
    assert texts == ["in the first", "in the second"]


async def test_text_as_it_is_written_comes_only_to_connections_that_wish_it(hall: Hall) -> None:
    ada = hall.one.world.person("tenant.ada")
    group_id = await begin(hall.one.world, ada)
    client = await hall.connect(ada)
    await client.open(group_id)
    await stream(hall.one, group_id, 3)
    await client.until(lambda: len(client.deltas()) == 3)
    await client.open(group_id, capabilities=[])
    await stream(hall.one, group_id, 3)
    await hall.caught_up(client)
    assert len(client.deltas()) == 3
