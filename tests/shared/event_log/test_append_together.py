"""What one process appends to a conversation at the same time: in line, and in one transaction where it can be."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import pytest

from shared.cosmos import BatchFailed, Document, Operation
from shared.errors import CommandRefused, StoreUnavailable
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import AlreadyHappened, Appended, Declined, Draft
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import TitleUpdated
from shared.settings import ServiceAddress
from tests.conftest import DATABASE
from tests.shared.event_log.logs import HookedStore, adding, new_log, title


class CountingStore(HookedStore):
    """The real store; notes how many documents each batch had, and which failed."""

    def __init__(self, address: ServiceAddress) -> None:
        super().__init__(address, cast("Any", None), DATABASE)
        self.batches: list[int] = []
        self.lost = 0
        self.largest = 100

    async def batch(
        self, container: str, partition: str, operations: Sequence[Operation]
    ) -> list[Document] | BatchFailed:
        self.batches.append(len(operations))
        if len(operations) > self.largest:
            raise StoreUnavailable("too large")
        result = await super().batch(container, partition, operations)
        self.lost += isinstance(result, BatchFailed)
        return result


@pytest.fixture
async def store(cosmos_address: ServiceAddress) -> AsyncIterator[CountingStore]:
    store = CountingStore(cosmos_address)
    yield store
    await store.close()


@pytest.fixture
def log(store: CountingStore) -> EventLog:
    return EventLog(store)


async def _titles(log: EventLog, conversation_id: str) -> list[tuple[int, str]]:
    events = await log.events_after(conversation_id, 0, 1000)
    return [(event.seq, event.title) for event in events if isinstance(event, TitleUpdated)]


def _names(result: object) -> list[str]:
    assert isinstance(result, Appended)
    return [event.title for event in result.events if isinstance(event, TitleUpdated)]


async def test_eight_appends_at_once_are_two_transactions_and_none_of_them_races(
    log: EventLog, store: CountingStore
) -> None:
    conversation_id = await new_log(log)
    store.batches.clear()
    names = [f"call-{n}" for n in range(8)]
    results = await asyncio.gather(*(log.append(conversation_id, adding(name)) for name in names))
    assert [_names(result) for result in results] == [[name] for name in names]
    assert await _titles(log, conversation_id) == list(enumerate(names, start=1))
    assert (len(store.batches), store.lost) == (1, 0) or (len(store.batches), store.lost) == (2, 0)
    assert (await log.head(conversation_id)).seq == 8
    known = log.memory.record(conversation_id, 0, None)
    assert known is not None
    assert [event.seq for event in known.events] == list(range(1, 9))


async def test_each_is_decided_on_what_the_one_before_leaves(log: EventLog) -> None:
    conversation_id = await new_log(log)

    def counting(name: str) -> Any:
        def decide(head: Head) -> Draft:
            counted = head.model_copy(update={"countable": head.countable + 1})
            return Draft(events=(title(f"{name}.{head.countable}"),), head=counted)

        return decide

    await asyncio.gather(*(log.append(conversation_id, counting(name)) for name in "abc"))
    assert await _titles(log, conversation_id) == [(1, "a.0"), (2, "b.1"), (3, "c.2")]
    assert (await log.head(conversation_id)).head.countable == 3


async def test_one_that_happened_before_does_not_keep_the_others_from_happening(log: EventLog) -> None:
    conversation_id = await new_log(log)
    await log.append(conversation_id, adding("b"))
    a, b, c = await asyncio.gather(*(log.append(conversation_id, adding(name)) for name in "abc"))
    assert (_names(a), _names(c)) == (["a"], ["c"])
    assert isinstance(b, AlreadyHappened)
    assert b.event.seq == 1
    assert sorted(await _titles(log, conversation_id)) == [(1, "b"), (2, "a"), (3, "c")]


async def test_the_same_append_twice_at_once_happens_once(log: EventLog) -> None:
    conversation_id = await new_log(log)
    results = await asyncio.gather(*(log.append(conversation_id, adding("same", "more")) for _ in range(3)))
    assert [type(result) for result in results] == [Appended, AlreadyHappened, AlreadyHappened]
    assert await _titles(log, conversation_id) == [(1, "same"), (2, "more")]


async def test_one_that_declines_or_refuses_does_so_for_itself_on_a_head_just_read(log: EventLog) -> None:
    conversation_id = await new_log(log)

    def refusing(_: Head) -> Draft:
        raise CommandRefused("no", code=ErrorCode.FORBIDDEN)

    results = await asyncio.gather(
        log.append(conversation_id, adding("a")),
        log.append(conversation_id, lambda _: None),
        log.append(conversation_id, refusing),
        log.append(conversation_id, adding("b")),
        return_exceptions=True,
    )
    first, declined, refused, last = results
    assert (_names(first), _names(last)) == (["a"], ["b"])
    assert isinstance(declined, Declined)
    assert isinstance(refused, CommandRefused)


async def test_one_that_waits_for_what_another_appends_is_decided_after_it(log: EventLog) -> None:
    conversation_id = await new_log(log)

    def second(head: Head) -> Draft | None:
        return Draft(events=(title("second"),), head=head) if head.seq else None

    results = await asyncio.gather(
        log.append(conversation_id, adding("first")), log.append(conversation_id, second), return_exceptions=True
    )
    assert [_names(result) for result in results] == [["first"], ["second"]]


async def test_when_another_process_wrote_meanwhile_all_are_decided_again(
    log: EventLog, store: CountingStore, cosmos_address: ServiceAddress
) -> None:
    conversation_id = await new_log(log)
    elsewhere = CountingStore(cosmos_address)
    other = EventLog(elsewhere)

    async def write() -> None:
        await other.append(conversation_id, adding("theirs"))

    store.before_batch = write
    await asyncio.gather(*(log.append(conversation_id, adding(name)) for name in "abc"))
    await elsewhere.close()
    titles = await _titles(log, conversation_id)
    assert titles[0] == (1, "theirs")
    assert sorted(titles[1:]) == sorted((seq, name) for seq, name in titles[1:] if name in "abc")
    assert [seq for seq, _ in titles] == [1, 2, 3, 4]


async def test_what_is_too_much_for_one_transaction_is_appended_one_by_one(log: EventLog, store: CountingStore) -> None:
    conversation_id = await new_log(log)
    store.largest = 3
    results = await asyncio.gather(*(log.append(conversation_id, adding(name, f"{name}2")) for name in "abc"))
    assert [_names(result) for result in results] == [["a", "a2"], ["b", "b2"], ["c", "c2"]]


async def test_the_store_failing_fails_each_append_that_was_tried(log: EventLog, store: CountingStore) -> None:
    conversation_id = await new_log(log)
    store.largest = 0
    results = await asyncio.gather(
        *(log.append(conversation_id, adding(name)) for name in "abc"), return_exceptions=True
    )
    assert [type(result) for result in results] == [StoreUnavailable] * 3
    store.largest = 100
    assert isinstance(await log.append(conversation_id, adding("a")), Appended)
