import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from shared.cosmos import Cosmos
from shared.errors import CommandRefused, StoreUnavailable
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import AlreadyHappened, Appended, Declined, Draft
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import TitleUpdated
from shared.settings import ServiceAddress
from tests.conftest import DATABASE
from tests.shared.event_log.logs import HookedStore, adding, new_id, new_log, title


@pytest.fixture
def log(cosmos: Cosmos) -> EventLog:
    return EventLog(cosmos)


@pytest.fixture
async def hooked(cosmos_address: ServiceAddress) -> AsyncIterator[HookedStore]:
    store = HookedStore(cosmos_address, cast("Any", None), DATABASE)
    yield store
    await store.close()


async def _titles(log: EventLog, conversation_id: str) -> list[tuple[int, str]]:
    events = await log.events_after(conversation_id, 0, 1000)
    return [(event.seq, event.title) for event in events if isinstance(event, TitleUpdated)]


async def test_events_of_one_append_are_numbered_in_order_and_the_head_follows(log: EventLog) -> None:
    conversation_id = await new_log(log)
    first = await log.append(conversation_id, adding("a", "b"))
    second = await log.append(conversation_id, adding("c"))
    assert isinstance(first, Appended)
    assert isinstance(second, Appended)
    assert [(event.seq, event.conversation_id) for event in first.events] == [
        (1, conversation_id),
        (2, conversation_id),
    ]
    assert second.head == await log.head(conversation_id)
    assert second.head.seq == 3
    assert await _titles(log, conversation_id) == [(1, "a"), (2, "b"), (3, "c")]


async def test_a_stored_event_reads_back_as_it_was_returned(log: EventLog) -> None:
    conversation_id = await new_log(log)
    result = await log.append(conversation_id, adding("a"))
    assert isinstance(result, Appended)
    assert result.events == (await log.event(conversation_id, "a"),)


async def test_repeating_an_append_finds_the_first_and_writes_nothing(log: EventLog) -> None:
    conversation_id = await new_log(log)
    first = await log.append(conversation_id, adding("a", "b"))
    again = await log.append(conversation_id, lambda head: Draft(events=(title("a", "other"), title("z")), head=head))
    assert isinstance(first, Appended)
    assert isinstance(again, AlreadyHappened)
    assert again.event == first.events[0]
    assert again.head == first.head
    assert await _titles(log, conversation_id) == [(1, "a"), (2, "b")]


async def test_an_event_decided_elsewhere_is_dropped_and_the_rest_appended_without_a_gap(log: EventLog) -> None:
    conversation_id = await new_log(log)
    await log.append(conversation_id, adding("b"))
    result = await log.append(conversation_id, adding("a", "b", "c"))
    assert isinstance(result, Appended)
    assert [(event.seq, event.title) for event in result.events if isinstance(event, TitleUpdated)] == [
        (2, "a"),
        (3, "c"),
    ]
    assert await _titles(log, conversation_id) == [(1, "b"), (2, "a"), (3, "c")]
    assert (await log.head(conversation_id)).seq == 3


async def test_a_named_key_decides_wherever_it_stands(log: EventLog) -> None:
    conversation_id = await new_log(log)
    await log.append(conversation_id, adding("end"))
    result = await log.append(conversation_id, adding("closing", "end", key="end"))
    assert isinstance(result, AlreadyHappened)
    assert await _titles(log, conversation_id) == [(1, "end")]


async def test_declining_writes_nothing(log: EventLog) -> None:
    conversation_id = await new_log(log)
    before = await log.head(conversation_id)
    result = await log.append(conversation_id, lambda _: None)
    assert result == Declined(head=before)
    assert await log.head(conversation_id) == before


async def test_the_head_can_move_without_an_event(log: EventLog) -> None:
    conversation_id = await new_log(log)
    result = await log.append(
        conversation_id, lambda head: Draft(events=(), head=head.model_copy(update={"manifest_id": "m1"}))
    )
    assert isinstance(result, Appended)
    head = (await log.head(conversation_id)).head
    assert (result.events, head.manifest_id, head.seq) == ((), "m1", 0)


async def test_a_conversation_that_does_not_exist_is_refused_and_not_created(log: EventLog) -> None:
    missing = new_id()
    with pytest.raises(CommandRefused) as refused:
        await log.append(missing, adding("a"))
    assert refused.value.code is ErrorCode.CONVERSATION_NOT_FOUND
    assert await log.event(missing, "a") is None


async def test_a_refusal_of_the_decision_changes_nothing(log: EventLog) -> None:
    conversation_id = await new_log(log)

    def refuse(_: Head) -> Draft:
        raise CommandRefused("no", code=ErrorCode.QUEUE_FULL)

    with pytest.raises(CommandRefused, match="no"):
        await log.append(conversation_id, refuse)
    assert await _titles(log, conversation_id) == []


async def test_creating_twice_keeps_the_first_head(log: EventLog) -> None:
    conversation_id = await new_log(log)
    await log.append(conversation_id, adding("a"))
    assert not await log.create(conversation_id, Head(owner="tenant.eve", created_at="", updated_at=""))
    head = (await log.head(conversation_id)).head
    assert (head.owner, head.seq) == ("tenant.ada", 1)


async def test_a_decision_that_lost_the_race_is_made_again_on_the_new_head(log: EventLog, hooked: HookedStore) -> None:
    conversation_id = await new_log(log)
    seen: list[int] = []

    def decide(head: Head) -> Draft:
        seen.append(head.seq)
        return Draft(events=(title("late", f"saw {head.seq}"),), head=head)

    hooked.before_batch = lambda: log.append(conversation_id, adding("early"))
    result = await EventLog(hooked).append(conversation_id, decide)
    assert isinstance(result, Appended)
    assert seen == [0, 1]
    assert await _titles(log, conversation_id) == [(1, "early"), (2, "saw 1")]


async def test_a_right_lost_in_the_race_is_not_used(log: EventLog, hooked: HookedStore) -> None:
    conversation_id = await new_log(log)

    def only_while_empty(head: Head) -> Draft | None:
        return Draft(events=(title("mine"),), head=head) if head.seq == 0 else None

    hooked.before_batch = lambda: log.append(conversation_id, adding("theirs"))
    result = await EventLog(hooked).append(conversation_id, only_while_empty)
    assert isinstance(result, Declined)
    assert await _titles(log, conversation_id) == [(1, "theirs")]


async def test_a_head_known_from_before_is_only_a_guess(log: EventLog) -> None:
    conversation_id = await new_log(log)
    known = await log.head(conversation_id)
    await log.append(conversation_id, adding("a"))
    result = await log.append(conversation_id, adding("b"), known=known)
    assert isinstance(result, Appended)
    assert await _titles(log, conversation_id) == [(1, "a"), (2, "b")]


async def test_two_writers_side_by_side_lose_nothing_and_leave_no_gap(log: EventLog) -> None:
    conversation_id = await new_log(log)

    async def write(writer: str) -> None:
        for n in range(50):
            assert isinstance(await log.append(conversation_id, adding(f"{writer}{n}")), Appended)

    await asyncio.gather(write("a"), write("b"))
    titles = await _titles(log, conversation_id)
    assert [seq for seq, _ in titles] == list(range(1, 101))
    for writer in "ab":
        assert [text for _, text in titles if text[0] == writer] == [f"{writer}{n}" for n in range(50)]
    assert (await log.head(conversation_id)).seq == 100


async def test_a_writer_who_always_loses_gives_up_with_a_hint(log: EventLog, hooked: HookedStore) -> None:
    conversation_id = await new_log(log)
    races = 0

    async def outrun() -> None:
        nonlocal races
        races += 1
        await log.append(conversation_id, adding(f"theirs{races}"))
        hooked.before_batch = outrun

    hooked.before_batch = outrun
    with pytest.raises(StoreUnavailable, match="very busy") as busy:
        await EventLog(hooked).append(conversation_id, adding("mine"))
    assert busy.value.after_ms == 500
    assert await log.event(conversation_id, "mine") is None
    assert races == (await log.head(conversation_id)).seq


async def test_a_batch_that_arrived_but_whose_answer_was_lost_counts_once(log: EventLog) -> None:
    conversation_id = await new_log(log)
    known = await log.head(conversation_id)
    first = await log.append(conversation_id, adding("a", "b"), known=known)
    retried = await log.append(conversation_id, adding("a", "b"), known=known)
    assert isinstance(first, Appended)
    assert isinstance(retried, AlreadyHappened)
    assert retried.event == first.events[0]
    assert (await log.head(conversation_id)).seq == 2


async def test_text_of_every_script_survives_the_store(log: EventLog) -> None:
    conversation_id = await new_log(log)
    text = "na\u00efve \u6c49\u5b57 \U0001f600 \u202e a\r\nb \x00 </script> {{7*7}}"
    await log.append(conversation_id, lambda head: Draft(events=(title("a", text),), head=head))
    assert await _titles(log, conversation_id) == [(1, text)]


async def test_a_dictionary_that_looks_like_an_object_of_the_engine_stays_data(log: EventLog) -> None:
    conversation_id = await new_log(log)
    poison = '{"__class__":"Document","__module__":"azure.functions","__data__":"{}"}'
    await log.append(conversation_id, lambda head: Draft(events=(title("a", poison),), head=head))
    assert await _titles(log, conversation_id) == [(1, poison)]
