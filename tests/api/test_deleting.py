"""Deleting a session over HTTP: gone at once, erased everywhere, told to its owner's devices."""

from datetime import timedelta

from chat.session import TEMPORARY_SECONDS
from shared import ids
from shared.containers import RESULTS
from shared.erasure import LATE_SECONDS, TOMBSTONE_SECONDS, Erasure
from shared.errors import StoreUnavailable
from shared.event_log.documents import SummaryDocument
from shared.summaries import Summaries
from tests.api.sessions import Person, person
from tests.support.world import World

SECRET = "The budget of Contoso is 4711"


async def _documents(world: World, session_id: str) -> list[dict[str, object]]:
    return await world.cosmos.query("sessions", "SELECT * FROM c", {}, session_id)


async def _with_everything(ada: Person) -> str:
    """Return a session of more documents than one transaction takes, with a running turn and a large result."""
    (session_id,) = await ada.begins(SECRET)
    for n in range(60):
        await ada.asks_for("change_session", session_id, body={"title": f"{SECRET} {n}"})
        await ada.asks_for("change_session", session_id, body={"while_busy": ("queue", "reject")[n % 2]})
    await ada.world.live.claim(session_id, "t_1", 0, None)
    await Summaries(ada.world.cosmos).write(session_id, SummaryDocument(through_seq=1, text=SECRET))
    for name in (f"{session_id}/t_1.0.0.txt", f"{session_id}x/other.txt"):
        await ada.world.blobs.write(RESULTS, name, SECRET.encode(), "text/plain")
    return session_id


async def test_a_deleted_session_is_gone_for_everyone_and_none_of_its_words_is_kept(world: World) -> None:
    ada = await person(world)
    session_id = await _with_everything(ada)
    assert (await world.head(session_id)).active_turn is not None
    reply = await ada.asks_for("delete_session", session_id)
    assert (reply.status, reply.body) == (204, b"")
    (tombstone,) = await _documents(world, session_id)
    assert (tombstone["id"], tombstone["title"]) == ("head", "")
    assert SECRET not in repr(tombstone)
    assert [name for container, name in world.blobs.blobs if container == RESULTS] == [f"{session_id}x/other.txt"]
    assert await world.cosmos.read("people", ada.id, session_id) is None
    for name in ("read_session", "read_events", "export_session", "delete_session"):
        assert (await ada.asks_for(name, session_id)).code == "conversation_not_found"
    for frame in (
        {"type": "query", "content": "Still there?", "session_id": session_id},
        {"type": "session.update", "session_id": session_id},
        {"type": "sync", "conversation_id": session_id, "after": 0},
    ):
        assert (await ada.client.send(frame)).code == "conversation_not_found"
    assert len(await _documents(world, session_id)) == 1


async def test_the_owners_devices_are_told_and_leave_the_audience(world: World) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("One")
    await ada.asks_for("delete_session", session_id)
    assert world.hub.to(ada.id)[-1] | {"at": ""} == {
        "type": "list.updated",
        "conversation_id": session_id,
        "at": "",
        "change": "deleted",
    }
    assert world.hub.dismissed == [(ada.id, ids.audience_group(session_id)), (ada.id, ids.delta_group(session_id))]


async def test_what_cannot_be_erased_at_once_is_erased_by_the_sweep(lonely_world: World) -> None:
    world = lonely_world
    ada = await person(world)
    session_id = await _with_everything(ada)
    broken = world.blobs.delete_all

    async def away(container: str, prefix: str) -> None:
        raise StoreUnavailable("Files could not be deleted just now.")

    world.blobs.delete_all = away
    assert (await ada.asks_for("delete_session", session_id)).status == 204
    assert (await ada.asks_for("read_session", session_id)).status == 404
    assert len(await _documents(world, session_id)) > 100
    assert await world.erasure.sweep() == 0
    world.clock.advance(61)
    assert await world.erasure.sweep() == 1
    assert len(await _documents(world, session_id)) > 100
    world.blobs.delete_all = broken
    assert await world.erasure.sweep() == 1
    assert len(await _documents(world, session_id)) == 1
    assert not any(name.startswith(f"{session_id}/") for _, name in world.blobs.blobs)


async def test_what_was_written_late_is_found_by_a_second_look(lonely_world: World) -> None:
    world = lonely_world
    ada = await person(world)
    (session_id,) = await ada.begins("One")
    await ada.asks_for("delete_session", session_id)
    await Summaries(world.cosmos).write(session_id, SummaryDocument(through_seq=1, text=SECRET))
    await world.memberships.used(ada.id, session_id, "2026-03-02T09:00:00.000Z", first=True)
    world.clock.advance(LATE_SECONDS - 1)
    assert await world.erasure.sweep() == 0
    world.clock.advance(1)
    assert await world.erasure.sweep() == 1
    (tombstone,) = await _documents(world, session_id)
    assert tombstone["ttl"] == TOMBSTONE_SECONDS
    assert await world.cosmos.read("people", ada.id, session_id) is None
    world.clock.advance(10 * LATE_SECONDS)
    assert await world.erasure.sweep() == 0


async def test_a_process_that_remembers_the_session_cannot_write_into_it_any_more(world: World) -> None:
    ada = await person(world)
    (session_id,) = await ada.begins("One")
    remembered = await world.log.record(session_id)
    await world.erasure.bury(session_id)
    assert world.log.memory.head(session_id) == remembered.head
    told = await ada.client.send({"type": "query", "content": "Two", "session_id": session_id})
    assert told.code == "conversation_not_found"
    assert world.log.memory.head(session_id) is None
    assert world.log.memory.record(session_id, 0, None) is None


async def test_a_temporary_session_is_over_after_a_day_and_then_erased(lonely_world: World) -> None:
    world = lonely_world
    ada = await person(world)
    session_id = (await ada.asks_for("create_session", body={"temporary": True})).json["session_id"]
    await ada.client.open(session_id=session_id)
    await ada.client.ask("Off the record")
    world.clock.advance(TEMPORARY_SECONDS - 1)
    assert (await ada.asks_for("read_session", session_id)).status == 200
    assert await world.erasure.sweep() == 0
    world.clock.advance(1)
    assert (await ada.asks_for("read_session", session_id)).status == 404
    assert (await ada.client.send({"type": "query", "content": "More?"})).code in {
        "conversation_not_found",
        "sign_in_stale",
    }
    assert await world.erasure.sweep() == 1
    assert len(await _documents(world, session_id)) == 1


async def test_what_nobody_uses_is_erased_when_the_policy_says_so(lonely_world: World) -> None:
    world = lonely_world
    ada = await person(world)
    old, used = await ada.begins("Old", "Used")
    erasure = Erasure(
        world.cosmos,
        world.blobs,
        world.memberships,
        world.chat.feedback,
        (world.hub, world.group_hub),
        world.clock,
        timedelta(days=1),
    )
    world.clock.advance(3600 * 11)
    await ada.client.ask("Still used", session_id=used)
    world.clock.advance(3600 * 14)
    assert await erasure.sweep() == 1
    assert await ada.titles() == ["Used"]
    assert len(await _documents(world, old)) == 1
    assert await world.erasure.sweep() == 0
