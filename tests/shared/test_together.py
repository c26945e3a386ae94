import asyncio
from dataclasses import dataclass

import pytest

from shared.together import Together


@dataclass(slots=True)
class Wish:
    name: str
    is_done: bool = False


class Place:
    """Does wishes when it is let; notes which came together."""

    def __init__(self, most: int = 10) -> None:
        self.together: list[list[str]] = []
        self.begun = asyncio.Semaphore(0)
        self.open = asyncio.Event()
        self.only_first = False
        self.failing: set[str] = set()
        self.lines = Together(self.do, most)

    async def do(self, _key: str, wishes: list[Wish]) -> None:
        self.together.append([wish.name for wish in wishes])
        self.begun.release()
        await self.open.wait()
        if wishes[0].name in self.failing:
            raise OSError(wishes[0].name)
        for wish in wishes[:1] if self.only_first else wishes:
            wish.is_done = True

    async def came(self, *names: str) -> list["asyncio.Task[None]"]:
        tasks = [asyncio.create_task(self.lines.done("here", Wish(name))) for name in names]
        await self.begun.acquire()
        return tasks


async def test_what_comes_meanwhile_is_done_together_in_the_order_it_came() -> None:
    place = Place()
    tasks = await place.came("a", "b", "c", "d")
    place.open.set()
    await asyncio.gather(*tasks)
    assert [name for names in place.together for name in names] == ["a", "b", "c", "d"]
    assert len(place.together) <= 2


async def test_no_more_than_the_most_are_done_at_once() -> None:
    place = Place(most=2)
    tasks = await place.came("a", "b", "c", "d", "e")
    place.open.set()
    await asyncio.gather(*tasks)
    assert max(len(names) for names in place.together) == 2
    assert sorted(name for names in place.together for name in names) == ["a", "b", "c", "d", "e"]


async def test_places_do_not_wait_for_each_other() -> None:
    place = Place()
    (held,) = await place.came("a")
    elsewhere = asyncio.create_task(place.lines.done("there", Wish("b")))
    await place.begun.acquire()
    place.open.set()
    await asyncio.gather(held, elsewhere)


async def test_whom_the_first_left_undone_has_a_turn_of_its_own() -> None:
    place = Place()
    place.only_first = True
    tasks = await place.came("a", "b", "c")
    place.open.set()
    await asyncio.gather(*tasks)
    assert [names[0] for names in place.together] == ["a", "b", "c"]


async def test_a_failure_is_only_the_firsts() -> None:
    place = Place()
    place.failing = {"a"}
    tasks = await place.came("a", "b", "c")
    place.open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [OSError, type(None), type(None)]


async def test_a_first_that_is_cancelled_takes_nobody_along() -> None:
    place = Place()
    tasks = await place.came("a", "b", "c")
    tasks[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    place.open.set()
    await asyncio.gather(*tasks[1:])
    assert place.together[-1][0] == "b"


async def test_who_gave_up_waiting_is_not_done() -> None:
    place = Place()
    place.only_first = True
    first, *_ = tasks = await place.came("a")
    gone = asyncio.create_task(place.lines.done("here", Wish("gone")))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    place.open.set()
    await first
    await place.lines.done("here", Wish("later"))
    assert "gone" not in [names[0] for names in place.together]
    assert len(tasks) == 1
