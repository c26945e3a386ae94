import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from local.hold_door import at_the_door
from local.holds import HoldError, Holds, HoldSpec, Passage, RequestDroppedError, Words

READ_A: Words = {"operation": ["read"], "id": ["a"]}
BATCH: Words = {"operation": ["batch"], "id": ["a.end", "head"]}


@pytest.fixture
def holds() -> Holds:
    return Holds(frozenset({"operation", "id"}))


async def door(
    holds: Holds, method: str, number: str = "", query: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, Any]:
    return await at_the_door(holds, method, number, query or {}, body)


async def reached(holds: Holds, number: int) -> None:
    assert (await holds.look(number, 5)).state == "held"


async def test_a_request_that_nobody_waits_for_passes_without_being_described(holds: Holds) -> None:
    def describe() -> Words:
        raise AssertionError("nobody wants to know")

    await holds.take(describe).reach("before")


async def test_a_request_is_held_at_its_moment_until_it_is_carried_out(holds: Holds) -> None:
    hold = holds.arm(HoldSpec(match={"operation": "read"}, at="done"))
    passage = holds.take(lambda: READ_A)
    await passage.reach("before")

    stopped = asyncio.create_task(passage.reach("done"))
    await reached(holds, hold.number)
    assert not stopped.done()
    holds.decide(hold.number, "carry_out")

    await stopped
    assert hold.request == READ_A


async def test_a_held_request_can_be_dropped(holds: Holds) -> None:
    hold = holds.arm(HoldSpec())
    stopped = asyncio.create_task(holds.take(lambda: READ_A).reach("before"))
    await reached(holds, hold.number)

    holds.decide(hold.number, "drop")

    with pytest.raises(RequestDroppedError):
        await stopped


async def test_all_words_have_to_fit_in_full_and_any_text_of_a_word_may(holds: Holds) -> None:
    spec = HoldSpec(match={"operation": "batch", "id": r".*\.end"})
    assert spec.fits(BATCH)
    assert not spec.fits(READ_A)
    assert not HoldSpec(match={"id": "hea"}).fits(BATCH)
    assert HoldSpec().fits({})


async def test_only_the_nth_request_that_fits_is_held(holds: Holds) -> None:
    hold = holds.arm(HoldSpec(match={"operation": "read"}, nth=2))
    for words in (READ_A, BATCH):
        await holds.take(lambda words=words: words).reach("before")
    assert hold.state == "armed"

    stopped = asyncio.create_task(holds.take(lambda: READ_A).reach("before"))

    await reached(holds, hold.number)
    holds.clear()
    await stopped


async def test_two_holds_take_two_requests(holds: Holds) -> None:
    first, second = holds.arm(HoldSpec()), holds.arm(HoldSpec())
    stopped = [asyncio.create_task(holds.take(lambda: READ_A).reach("before")) for _ in range(2)]

    await reached(holds, first.number)
    await reached(holds, second.number)

    holds.clear()
    await asyncio.gather(*stopped)


async def test_a_hold_takes_one_request_only(holds: Holds) -> None:
    hold = holds.arm(HoldSpec())
    stopped = asyncio.create_task(holds.take(lambda: READ_A).reach("before"))
    await reached(holds, hold.number)

    await holds.take(lambda: READ_A).reach("before")

    holds.clear()
    await stopped


async def test_a_moment_can_wait_for_a_count(holds: Holds) -> None:
    counting = Holds(frozenset(), frozenset({"during"}))
    hold = counting.arm(HoldSpec(at="during", after=3))
    passage = counting.take(dict[str, list[str]])
    for count in range(3):
        await passage.reach("during", count)

    stopped = asyncio.create_task(passage.reach("during", 3))

    await reached(counting, hold.number)
    counting.clear()
    await stopped


async def test_a_request_whose_client_took_it_away_is_gone(holds: Holds) -> None:
    hold = holds.arm(HoldSpec())
    stopped = asyncio.create_task(holds.take(lambda: READ_A).reach("before"))
    await reached(holds, hold.number)

    stopped.cancel()
    await asyncio.wait({stopped})

    assert hold.state == "gone"


async def test_whoever_looks_stops_waiting_when_the_hold_is_forgotten(holds: Holds) -> None:
    hold = holds.arm(HoldSpec())
    looking = asyncio.create_task(holds.look(hold.number, 60))
    await asyncio.sleep(0)

    holds.clear()

    async with asyncio.timeout(5):
        assert (await looking).state == "armed"


async def test_looking_ends_after_the_time_given(holds: Holds) -> None:
    hold = holds.arm(HoldSpec())
    assert (await holds.look(hold.number, 0.01)).state == "armed"


async def test_an_empty_passage_stops_nowhere() -> None:
    await Passage().reach("before")


async def test_the_door_arms_shows_and_decides(holds: Holds) -> None:
    status, armed = await door(holds, "POST", body=b'{"match": {"operation": "read"}}')
    assert (status, armed["state"]) == (201, "armed")
    stopped = asyncio.create_task(holds.take(lambda: READ_A).reach("before"))

    status, seen = await door(holds, "GET", str(armed["hold"]), {"wait_s": "5"})
    assert (status, seen["state"], seen["request"]) == (200, "held", {"operation": ["read"], "id": ["a"]})
    assert [each["hold"] for each in (await door(holds, "GET"))[1]] == [armed["hold"]]
    assert await door(holds, "POST", str(armed["hold"]), {"do": "drop"}) == (200, [])

    with pytest.raises(RequestDroppedError):
        await stopped


async def test_the_door_forgets_all_holds_at_once(holds: Holds) -> None:
    await door(holds, "POST")
    await door(holds, "POST")
    assert await door(holds, "DELETE") == (200, [])
    assert holds.as_json() == []


@pytest.mark.parametrize(
    ("method", "number", "query", "body", "status"),
    [
        ("POST", "", {}, b"nonsense", 400),
        ("POST", "", {}, b'{"match": {"id": "("}}', 400),
        ("POST", "", {}, b'{"match": {"colour": "red"}}', 400),
        ("POST", "", {}, b'{"at": "noon"}', 400),
        ("POST", "", {}, b'{"nth": 0}', 400),
        ("GET", "7", {}, b"", 404),
        ("GET", "x", {}, b"", 404),
        ("POST", "7", {"do": "drop"}, b"", 404),
        ("POST", "7", {"do": "burn"}, b"", 400),
        ("GET", "7", {"wait_s": "soon"}, b"", 400),
        ("PATCH", "", {}, b"", 405),
    ],
)
async def test_the_door_refuses_what_it_does_not_understand(
    holds: Holds, method: str, number: str, query: dict[str, str], body: bytes, status: int
) -> None:
    answered, said = await door(holds, method, number, query, body)

    assert answered == status
    assert said["error"]


async def test_an_unknown_hold_cannot_be_decided_on(holds: Holds) -> None:
    with pytest.raises(HoldError, match="no hold 3"):
        holds.decide(3, "carry_out")
