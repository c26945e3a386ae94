"""Nothing reaches somebody who never belonged to a group, or no longer does, whatever races with what."""

import asyncio

from shared.event_log.head import Head
from shared.event_log.shapes import Draft
from tests.group_chat.audience.groups import begin, expel, join, remove, say
from tests.group_chat.audience.hall import Connected, Hall
from tests.group_chat.audience.streams import stream


def _highest(client: Connected, group_id: str) -> int:
    return max((event["seq"] for event in client.live(group_id)), default=0)


async def _trio(hall: Hall) -> tuple[str, list[str]]:
    people = [hall.one.world.person(f"tenant.{name}") for name in ("ada", "bob", "eve")]
    return await begin(hall.one.world, *people), people


async def test_who_is_removed_in_a_storm_of_messages_gets_nothing_from_then_on(hall: Hall) -> None:
    group_id, (ada, bob, eve) = await _trio(hall)
    first, second, gone = await hall.connected(group_id, ada, bob, eve)
    begun = asyncio.Event()

    async def storm(who: str, process: int) -> None:
        for number in range(20):
            await say(hall.instances[process], group_id, who, f"{number}")
            if number == 5:
                begun.set()

    async def removal() -> int:
        await begun.wait()
        return await remove(hall.other, group_id, ada, eve)

    left, *_ = await asyncio.gather(removal(), storm(ada, 0), storm(bob, 1))
    last = 41
    assert left < last, "the storm went on after the removal"
    await asyncio.gather(first.heard(group_id, last), second.heard(group_id, last), hall.caught_up(gone))
    assert _highest(gone, group_id) < left
    assert first.live(group_id) == second.live(group_id)
    assert [event["seq"] for event in first.live(group_id)] == list(range(1, last + 1))


async def test_who_is_removed_while_the_coach_writes_reads_on_not_one_word(hall: Hall) -> None:
    group_id, (ada, _, eve) = await _trio(hall)
    stays, gone = await hall.connected(group_id, ada, eve)
    await stream(hall.one, group_id, 5)
    await gone.until(lambda: len(gone.deltas()) == 5)
    await remove(hall.other, group_id, ada, eve)
    await stream(hall.one, group_id, 20)
    await stays.until(lambda: len(stays.deltas()) == 25)
    await hall.caught_up(gone)
    assert len(gone.deltas()) == 5


async def test_what_is_appended_after_a_removal_passes_by_who_is_still_connected(hall: Hall) -> None:
    group_id, (ada, bob, eve) = await _trio(hall)
    stays, gone = await hall.connected(group_id, ada, eve)
    assert await say(hall.one, group_id, bob) == 1
    hall.other.hub.deaf = True

    async def removal() -> int:
        return await expel(hall.other.deps.log, group_id, ada, eve)

    # This process decided in the epoch before; the removal is stored first, and nobody was dismissed yet.
    hall.one.store.before_batch = removal
    assert await say(hall.one, group_id, bob, "not for eve") == 3
    assert hall.one.store.before_batch is None
    await stream(hall.one, group_id, 1)
    await stays.heard(group_id, 3)
    await hall.caught_up(gone)
    assert _highest(gone, group_id) == 1
    assert gone.deltas() == []
    # That it was the filter: as soon as she belongs again, the very same connection hears.
    await join(hall.one, group_id, eve)
    await say(hall.one, group_id, bob, "for all")
    await gone.heard(group_id, 5)


async def test_a_head_that_was_read_before_the_removal_and_comes_late_brings_nobody_back(hall: Hall) -> None:
    group_id, (ada, bob, eve) = await _trio(hall)
    stays, gone = await hall.connected(group_id, ada, eve)
    before = await hall.one.deps.log.head(group_id)
    await expel(hall.one.deps.log, group_id, ada, eve)
    hall.one.deps.log.memory.saw_head(group_id, before)
    await stream(hall.one, group_id, 1)
    assert await say(hall.one, group_id, bob) == 2
    await stays.heard(group_id, 2)
    await hall.caught_up(gone)
    assert (_highest(gone, group_id), gone.deltas()) == (0, [])
    assert len(stays.deltas()) == 1


async def test_who_is_removed_while_they_open_the_group_is_refused_and_hears_nothing(hall: Hall) -> None:
    group_id, (ada, bob, eve) = await _trio(hall)
    (stays,) = await hall.connected(group_id, ada)
    late = await hall.connect(eve)

    async def removal() -> int:
        return await remove(hall.one, group_id, ada, eve)

    serving = hall.serves_next
    serving.hub.before_admit = removal
    answer = await late.open(group_id)
    assert serving.hub.before_admit is None
    assert (answer["type"], answer.get("code")) == ("error", "conversation_not_found")
    # The filter would keep it from her too: let the log forget who left, so that only the dismissal counts.
    await _forget_who_left(hall, group_id)
    seq = await say(hall.one, group_id, bob)
    await stays.heard(group_id, seq)
    await hall.caught_up(late)
    assert late.live(group_id) == []


async def _forget_who_left(hall: Hall, group_id: str) -> None:
    def forget(head: Head) -> Draft:
        assert head.group is not None
        group = head.group.model_copy(update={"expelled": ()})
        return Draft(events=(), head=head.model_copy(update={"group": group}))

    await hall.one.deps.log.append(group_id, forget)
    for instance in hall.instances:
        await instance.deps.log.head(group_id)


async def test_a_snapshot_holds_nothing_from_after_a_removal_that_overtook_it(hall: Hall) -> None:
    group_id, (ada, bob, eve) = await _trio(hall)
    (reader,) = await hall.connected(group_id, eve)
    await say(hall.one, group_id, bob, "before")

    async def overtaken() -> None:
        await expel(hall.one.deps.log, group_id, ada, eve)
        await say(hall.one, group_id, bob, "not for eve")

    serving = hall.serves_next
    serving.store.before_events = overtaken
    answer = await reader.send(type="sync", conversation_id=group_id, after=0)
    assert serving.store.before_events is None
    assert (answer["type"], answer.get("code")) == ("error", "conversation_not_found")
    assert "not for eve" not in str(reader.events)


async def test_strangers_learn_nothing_not_even_that_there_is_a_group(hall: Hall) -> None:
    group_id, (ada, bob, _) = await _trio(hall)
    (member,) = await hall.connected(group_id, ada)
    stranger = await hall.connect(hall.one.world.person("tenant.mallory"))
    answers = [
        await stranger.open(group_id),
        await stranger.open("g_nothing"),
        await stranger.open("s_nothing"),
        await stranger.send(type="sync", conversation_id=group_id, after=0),
        await stranger.send(type="session.update", session_id=group_id),
    ]
    assert [(answer["code"], answer["message"]) for answer in answers] == [
        ("conversation_not_found", answers[0]["message"])
    ] * len(answers)
    await say(hall.one, group_id, bob)
    await stream(hall.one, group_id, 1)
    await member.heard(group_id, 1)
    await hall.caught_up(stranger)
    assert {event["type"] for event in stranger.events} == {"connection.ack", "error", "mark"}


async def test_somebody_invited_hears_nothing_before_they_accept(hall: Hall) -> None:
    group_id, (ada, _, _) = await _trio(hall)
    invited = hall.one.world.person("tenant.zoe")
    client = await hall.connect(invited)
    assert (await client.open(group_id))["code"] == "conversation_not_found"
    await say(hall.one, group_id, ada, "early")
    await join(hall.other, group_id, invited)
    assert [event["seq"] for event in (await client.open(group_id))["events"]] == [1, 2]
