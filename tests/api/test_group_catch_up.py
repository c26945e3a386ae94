"""What one missed in a group: since one read last, or since an event one names."""

from shared.model import ModelCompleted, TextDelta
from shared.protocol.shapes import Usage
from tests.api.groups import Room
from tests.group_chat.saying import says


async def test_it_begins_where_one_read_last_or_where_one_says(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    await says(room.world, group_id, bob.id, "Contoso wants 15 percent.")
    first = (await room.world.head(group_id)).seq
    await says(room.world, group_id, bob.id, "They want it in writing.")
    await room.world.memberships.read_up_to(ada.id, group_id, first + 1)

    told = TextDelta('{"decisions": []}'), ModelCompleted(finish="stop", usage=Usage())
    room.world.model.scripts = [[*told], [*told]]
    missed = [
        (await ada.asks_for("catch_up", group_id, query=query)).json["messages"]
        for query in ({}, {"after": str(first)}, {"after": "0"}, {"after": str(first + 100)})
    ]

    assert missed == [0, 1, 2, 0]
