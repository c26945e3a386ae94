"""People's memories over a real store."""

import asyncio

import pytest

from shared import ids
from shared.containers import PEOPLE
from shared.errors import CommandRefused, StoreUnavailable
from shared.memory import Entry, Memory
from shared.memory_store import RECENT_SECONDS, Decide, Memories
from shared.protocol.codes import ErrorCode
from tests.support.world import World

AT = "2026-03-02T10:00:00.000Z"
SECRET = "My password is hunter2."


def _add(entry_id: str, text: str = "I sell to hospitals.") -> Decide:
    entry = Entry(id=entry_id, kind="fact", text=text, created_at=AT, changed_at=AT)
    return lambda memory: memory.with_entry(entry)


def _on(memory: Memory) -> Memory:
    return memory.switched(on=True)


async def _texts(world: World, person: str, version: int) -> list[str | None]:
    told = await world.memories.told(person, version)
    assert told is not None
    return [entry.text for entry in told]


async def _everything(world: World, person: str) -> str:
    return str(await world.cosmos.query(PEOPLE, "SELECT * FROM c", {}, person))


async def test_nobody_has_a_memory_that_is_on_to_begin_with(world: World) -> None:
    assert await world.memories.of(world.person()) == Memory()


async def test_a_memory_is_found_again_by_others(world: World) -> None:
    person = world.person()
    await world.memories.change(person, _on)
    changed = await world.memories.change(person, _add("a"))
    assert await Memories(world.cosmos, world.clock).of(person) == changed


async def test_every_version_that_can_be_told_stays_as_it_was(world: World) -> None:
    person = world.person()
    off = await world.memories.change(person, _add("a", "One."))
    first = await world.memories.change(person, _on)
    second = await world.memories.change(person, lambda m: m.with_words("a", "fact", "Other words.", AT))
    assert await world.memories.told(person, off.version) is None
    assert await _texts(world, person, first.version) == ["One."]
    assert await _texts(world, person, second.version) == ["Other words."]


async def test_a_deleted_entry_is_blanked_in_all_versions_and_stands_nowhere(world: World) -> None:
    person = world.person()
    await world.memories.change(person, _on)
    await world.memories.change(person, _add("a", SECRET))
    both = await world.memories.change(person, _add("b", "Be brief."))
    left = await world.memories.change(person, lambda m: m.without("a"))
    assert await _texts(world, person, both.version) == [None, "Be brief."]
    assert (await _texts(world, person, left.version), left.forgotten) == (["Be brief."], ())
    assert SECRET not in await _everything(world, person)


async def test_deleting_all_leaves_no_words_however_many_versions_there_are(world: World) -> None:
    person = world.person()
    await world.memories.change(person, _on)
    await world.memories.change(person, _add("a", SECRET))
    for n in range(60):
        await world.memories.change(person, lambda m, n=n: m.with_words("a", "fact", f"{SECRET} {n}", AT))
    emptied = await world.memories.change(person, lambda m: m.emptied())
    assert (emptied.entries, emptied.enabled) == ((), True)
    assert SECRET not in await _everything(world, person)


async def test_what_a_crash_left_to_forget_is_forgotten_with_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.person()
    await world.memories.change(person, _on)
    await world.memories.change(person, _add("a", SECRET))

    async def down(*_: object) -> bool:
        await asyncio.sleep(0)
        raise StoreUnavailable("Away.")

    monkeypatch.setattr(world.memories, "_blank", down)
    with pytest.raises(StoreUnavailable):
        await world.memories.change(person, lambda m: m.without("a"))
    assert SECRET in await _everything(world, person)
    assert (await Memories(world.cosmos, world.clock).of(person)).entries == ()
    assert SECRET not in await _everything(world, person)


async def test_changes_made_side_by_side_all_count(world: World) -> None:
    person = world.person()
    stores = [Memories(world.cosmos, world.clock) for _ in range(6)]
    await asyncio.gather(*(each.change(person, _add(f"me_{n}")) for n, each in enumerate(stores)))
    memory = await world.memories.of(person)
    assert ({entry.id for entry in memory.entries}, memory.version) == ({f"me_{n}" for n in range(6)}, 6)


async def test_of_two_who_decide_on_the_same_version_one_is_refused(world: World) -> None:
    person = world.person()

    def on_version_0(decide: Decide) -> Decide:
        def expecting(memory: Memory) -> Memory:
            memory.expect(0)
            return decide(memory)

        return expecting

    stores = [Memories(world.cosmos, world.clock) for _ in range(2)]
    changes = (each.change(person, on_version_0(_add(f"me_{n}"))) for n, each in enumerate(stores))
    results = await asyncio.gather(*changes, return_exceptions=True)
    (refused,) = [result for result in results if isinstance(result, BaseException)]
    assert isinstance(refused, CommandRefused)
    assert refused.code is ErrorCode.MEMORY_CHANGED
    assert len((await world.memories.of(person)).entries) == 1


async def test_a_recent_memory_is_not_read_again_and_an_own_change_is_seen_at_once(world: World) -> None:
    person = world.person()
    assert not (await world.memories.recent(person)).enabled
    await Memories(world.cosmos, world.clock).change(person, _on)
    assert not (await world.memories.recent(person)).enabled
    world.clock.advance(RECENT_SECONDS)
    assert (await world.memories.recent(person)).enabled
    await world.memories.change(person, lambda m: m.switched(on=False))
    assert not (await world.memories.recent(person)).enabled


async def test_nothing_of_one_person_is_in_anothers_partition(world: World) -> None:
    ada, bob = world.person(), world.person()
    await world.memories.change(ada, _on)
    told = await world.memories.change(ada, _add("a"))
    assert await world.memories.told(bob, told.version) is None
    assert await world.cosmos.read(PEOPLE, bob, ids.MEMORY) is None
