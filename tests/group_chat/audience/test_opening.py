"""Opening a group on a connection: what it is told, and what it is remembered as."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from group_chat.settings import GroupChanges, change_group
from tests.group_chat.audience.groups import begin, give_role, person, say
from tests.group_chat.audience.hall import Hall


def _tools(snapshot: dict[str, object]) -> list[str]:
    tools = snapshot["tools"]
    assert isinstance(tools, list)
    return [f"{tool['server']}.{tool['tool']}" for tool in tools]


async def test_a_snapshot_tells_the_group_as_its_reader_knows_it(hall: Hall) -> None:
    ada, bob = (hall.one.world.person(name) for name in ("tenant.ada", "tenant.bob"))
    group_id = await begin(hall.one.world, ada, bob)
    await say(hall.one, group_id, ada)
    await give_role(hall.one.deps.log, group_id, bob, "observer")
    (client,) = await hall.connected(group_id, bob)
    told = client.events[-1]
    group = told["group"]
    assert (told["from_seq"], told["through_seq"], told["more"]) == (1, 2, False)
    assert (group["title"], group["epoch"], group["role"], group["unread"]) == ("Deals", 2, "observer", 1)
    assert [(member["participant"]["id"], member["role"]) for member in group["members"]] == [
        (ada, "owner"),
        (bob, "observer"),
    ]


async def test_the_tools_told_are_those_of_the_readers_own_roles(hall: Hall) -> None:
    ada, bob = (hall.one.world.person(name) for name in ("tenant.ada", "tenant.bob"))
    group_id = await begin(hall.one.world, ada, bob)
    sales, people = await hall.connect(ada, "Sales"), await hall.connect(bob, "HR")
    assert _tools(await sales.open(group_id)) == ["crm.find", "crm.write"]
    assert _tools(await people.open(group_id)) == ["crm.find", "crm.forecast", "crm.write"]


async def test_session_update_with_a_group_opens_it(hall: Hall) -> None:
    ada = hall.one.world.person("tenant.ada")
    group_id = await begin(hall.one.world, ada)
    client = await hall.connect(ada)
    told = await client.send(type="session.update", session_id=group_id, capabilities=["streaming"])
    assert (told["type"], told["conversation_id"], told["group"]["role"]) == ("snapshot", group_id, "owner")
    await say(hall.one, group_id, ada)
    await client.heard(group_id, 1)


async def test_session_update_without_a_group_makes_none(hall: Hall) -> None:
    client = await hall.connect(hall.one.world.person("tenant.ada"))
    assert (await client.send(type="session.update"))["code"] == "no_session"


async def test_only_what_one_lacks_is_told(hall: Hall) -> None:
    ada = hall.one.world.person("tenant.ada")
    group_id = await begin(hall.one.world, ada)
    for _ in range(3):
        await say(hall.one, group_id, ada)
    client = await hall.connect(ada)
    told = await client.open(group_id, after=2)
    assert ([event["seq"] for event in told["events"]], told["from_seq"]) == ([3], 3)


async def test_a_connection_remembers_the_group_it_opened_last(hall: Hall) -> None:
    """Told by the state the webhook seals, as the service would send it back."""
    ada = hall.one.world.person("tenant.ada")
    first, second = await begin(hall.one.world, ada), await begin(hall.one.world, ada)
    seen: list[str | None] = []
    client = await hall.connect(ada)
    for group_id in (first, second):
        await client.open(group_id)
        seen.append(hall.last_state(client).session_id)
    assert seen == [first, second]


async def test_a_sign_in_that_is_too_long_ago_opens_nothing(hall: Hall) -> None:
    ada = hall.one.world.person("tenant.ada")
    group_id = await begin(hall.one.world, ada)
    client = await hall.connect(ada)
    for instance in hall.instances:
        instance.world.clock.advance(13 * 3600)
    assert (await client.open(group_id))["code"] == "sign_in_stale"


async def test_a_connection_remembers_where_its_person_is_and_as_what_they_act(hall: Hall) -> None:
    ada = hall.one.world.person("tenant.ada")
    group_id = await begin(hall.one.world, ada)
    client = await hall.connect(ada, "Sales", "HR")
    narrow = {"session_id": group_id, "role": "Sales", "time_zone": "Asia/Tokyo"}
    assert _tools(await client.send(type="session.update", **narrow)) == ["crm.find", "crm.write"]
    state = hall.last_state(client)
    assert (state.role, state.time_zone) == ("Sales", "Asia/Tokyo")
    # Opening again, as after a lost answer, keeps both.
    assert _tools(await client.open(group_id)) == ["crm.find", "crm.write"]
    again = hall.last_state(client)
    assert (again.role, again.time_zone) == ("Sales", "Asia/Tokyo")
    await client.open(group_id, time_zone="Europe/Berlin")
    assert hall.last_state(client).time_zone == "Europe/Berlin"


async def test_a_role_one_does_not_have_narrows_nothing(hall: Hall) -> None:
    ada = hall.one.world.person("tenant.ada")
    group_id = await begin(hall.one.world, ada)
    client = await hall.connect(ada, "Sales")
    await client.send(type="session.update", session_id=group_id, role="Admin")
    assert hall.last_state(client).role is None


async def test_a_role_one_has_lost_since_leaves_none(hall: Hall) -> None:
    ada = hall.one.world.person("tenant.ada")
    group_id = await begin(hall.one.world, ada)
    client = await hall.connect(ada, "Sales", "HR")
    await client.send(type="session.update", session_id=group_id, role="Sales")
    await hall.one.world.sign_in(ada, "HR")
    assert _tools(await client.open(group_id)) == []


async def test_what_is_said_while_a_group_is_opened_is_counted_as_far_as_it_says(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = (hall.one.world.person(name) for name in ("tenant.ada", "tenant.bob"))
    group_id = await begin(hall.one.world, ada, bob)
    client = await hall.connect(bob)
    _once_before_reading(hall, monkeypatch, lambda: say(hall.one, group_id, ada))
    told = await client.open(group_id, capabilities=[])
    await client.heard(group_id, 1)
    assert told["through_seq"] == 1
    assert (told["group"]["unread"], told["group"]["counted_seq"]) == (1, 1)


async def test_a_group_is_told_as_it_is_after_the_events_that_are_told(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = (hall.one.world.person(name) for name in ("tenant.ada", "tenant.bob"))
    group_id = await begin(hall.one.world, ada, bob)
    client = await hall.connect(bob)
    changes = GroupChanges(title="Renewals", description="Of this year", follow_up=True, archived=True)
    _once_before_reading(hall, monkeypatch, lambda: change_group(hall.one.deps, person(ada), group_id, changes))
    told = await client.open(group_id)
    assert [event["type"] for event in told["events"]] == ["title.updated", "group.updated"]
    group = told["group"]
    assert (group["title"], group["description"], group["archived"]) == ("Renewals", "Of this year", True)
    assert group["settings"] == {"follow_up": True, "ambient": False, "history": "all"}


async def test_what_another_process_was_told_is_counted_when_a_group_is_opened(hall: Hall) -> None:
    ada, bob = (hall.one.world.person(name) for name in ("tenant.ada", "tenant.bob"))
    group_id = await begin(hall.one.world, ada, bob)
    for instance in hall.instances:
        await (await hall.connect(bob)).open(group_id)
        await say(instance, group_id, ada)
    for number in range(len(hall.instances)):
        told = await (await hall.connect(bob)).open(group_id, capabilities=[])
        assert (told["group"]["unread"], told["group"]["counted_seq"]) == (len(hall.instances),) * 2, number


def _once_before_reading(hall: Hall, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[object]]) -> None:
    """Have something happen after the reader was admitted and the group looked at, before its events are read."""
    done: list[bool] = []

    def after_acting(read: Any) -> Any:
        async def act_and_read(*given: Any) -> Any:
            if not done:
                done.append(True)
                await act()
            return await read(*given)

        return act_and_read

    for instance in hall.instances:
        log = instance.deps.log
        monkeypatch.setattr(log, "events_after", after_acting(log.events_after))
