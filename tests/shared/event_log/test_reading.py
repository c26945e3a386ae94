import pytest

from shared.cosmos import Cosmos
from shared.errors import CommandRefused
from shared.event_log.documents import Manifest
from shared.event_log.head import Claim, Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import ToolCallCompleted
from shared.protocol.shapes import COACH
from tests.shared.event_log.logs import AT, adding, new_id, new_log
from tests.support.world import World

MANIFEST = Manifest(prompt="coach.md", prompt_version="1", instructions="Coach.", roles=("Sales",), tools=())


@pytest.fixture
def log(cosmos: Cosmos) -> EventLog:
    return EventLog(cosmos)


def _result(call_id: str) -> ToolCallCompleted:
    return ToolCallCompleted(
        actor=COACH, call_id=call_id, turn_id="t", server="crm", tool="find", status="completed", preview="p", ms=1
    )


async def test_one_read_tells_head_events_live_text_manifest_and_private_texts(world: World) -> None:
    conversation_id = await new_log(world.log)
    await world.log.pin(conversation_id, "manifest.1", MANIFEST)
    await world.log.pin(conversation_id, "manifest.2", MANIFEST.model_copy(update={"prompt_version": "2"}))
    await world.log.append(conversation_id, adding("a", "b"))
    new = NewEvent(id="t.0.0.completed", event=_result("t.0.0"), private_text="all of it")
    await world.log.append(conversation_id, lambda head: Draft(events=(new,), head=head))
    live = await world.live.claim(conversation_id, "t", 1, None)
    record = await world.log.record(conversation_id, manifest_id="manifest.1")
    assert [event.seq for event in record.events] == [1, 2, 3]
    assert record.head == await world.log.head(conversation_id)
    assert record.live == live
    assert record.manifest == MANIFEST
    assert record.private_texts == {"t.0.0": "all of it"}


async def test_a_private_text_never_shows_in_the_event_itself(log: EventLog) -> None:
    conversation_id = await new_log(log)
    new = NewEvent(id="t.0.0.completed", event=_result("t.0.0"), private_text="for the model only")
    await log.append(conversation_id, lambda head: Draft(events=(new,), head=head))
    events = await log.events_after(conversation_id, 0, 10)
    assert len(events) == 1
    assert "for the model only" not in events[0].model_dump_json()


async def test_a_record_starts_after_the_wanted_event_and_names_no_manifest_unasked(log: EventLog) -> None:
    conversation_id = await new_log(log)
    await log.pin(conversation_id, "manifest.1", MANIFEST)
    await log.append(conversation_id, adding("a", "b", "c"))
    record = await log.record(conversation_id, after=2)
    assert [event.seq for event in record.events] == [3]
    assert (record.manifest, record.live) == (None, None)


async def test_a_record_of_nothing_is_not_found(log: EventLog) -> None:
    with pytest.raises(CommandRefused):
        await log.record(new_id())


async def test_pages_of_events_continue_where_the_last_one_ended(log: EventLog) -> None:
    conversation_id = await new_log(log)
    await log.append(conversation_id, adding(*(f"e{n}" for n in range(7))))
    pages: list[list[int]] = []
    after = 0
    while page := await log.events_after(conversation_id, after, 3):
        pages.append([event.seq for event in page])
        after = page[-1].seq
    assert pages == [[1, 2, 3], [4, 5, 6], [7]]


async def test_pinning_the_same_manifest_again_changes_nothing(log: EventLog) -> None:
    conversation_id = await new_log(log)
    await log.pin(conversation_id, "manifest.1", MANIFEST)
    await log.pin(conversation_id, "manifest.1", MANIFEST.model_copy(update={"instructions": "Else."}))
    assert await log.manifest(conversation_id, "manifest.1") == MANIFEST
    assert await log.manifest(conversation_id, "manifest.2") is None


async def test_heads_of_several_conversations_leave_out_the_missing(log: EventLog) -> None:
    first, second = await new_log(log), await new_log(log)
    await log.append(second, adding("a"))
    heads = await log.heads([first, new_id(), second])
    assert {name: head.seq for name, head in heads.items()} == {first: 0, second: 1}
    assert await log.heads([]) == {}


async def test_only_conversations_whose_claim_is_due_are_found_in_both_containers(lonely_world: World) -> None:
    log = lonely_world.log
    for conversation_id, check_after in (("s_due", 100.0), ("s_later", 100.5), ("g_due", 1.0), ("s_free", None)):
        claim = None if check_after is None else Claim(check_after=check_after)
        await log.create(conversation_id, Head(owner="o", claim=claim, created_at=AT, updated_at=AT))
    assert sorted(await log.due(100.0)) == ["g_due", "s_due"]
    assert await log.due(0.5) == []


async def test_a_claim_taken_back_leaves_no_trace_for_the_sweeper(lonely_world: World) -> None:
    log = lonely_world.log
    await log.create("s_1", Head(owner="o", claim=Claim(check_after=1.0), created_at=AT, updated_at=AT))
    await log.append("s_1", lambda head: Draft(events=(), head=head.model_copy(update={"claim": None})))
    assert await log.due(1e12) == []


async def test_all_of_an_unused_session_has_a_time_to_live_until_it_is_asked_something(world: World) -> None:
    client = await world.client(world.person())
    session_id = await client.open()
    manifest_id = (await world.head(session_id)).manifest_id
    assert manifest_id is not None

    async def times_to_live() -> list[int | None]:
        found = [
            await world.cosmos.read("sessions", session_id, "head"),
            await world.cosmos.read("sessions", session_id, manifest_id),
            await world.cosmos.read("people", client.principal, session_id),
        ]
        return [document.get("ttl") for document in found if document is not None]

    assert await times_to_live() == [24 * 3600] * 3
    await client.ask()
    assert await times_to_live() == [None] * 3


async def test_live_text_has_a_time_to_live_of_an_hour(world: World) -> None:
    conversation_id = await new_log(world.log)
    await world.live.claim(conversation_id, "t", 0, None)
    stored = await world.cosmos.read("sessions", conversation_id, "live")
    assert stored is not None
    assert stored["ttl"] == 3600
