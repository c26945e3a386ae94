"""People who ask side by side for a while, each waiting for an answer before the next question."""

import asyncio
import itertools
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import aiohttp

from bench.blob_reads import BlobReads
from bench.counted_cosmos import Note
from bench.turn_account import Account, accounts
from bench.turn_client import PLAIN_CLIENT, Asked, Asker, Asking, Subject, Variant, connected
from bench.turn_cpu import Cpu
from bench.turn_stack import PROGRAMS, MeasuredStack

SPREAD_S = 1.3
"""The people begin spread over so long, about what a turn takes: else they would ask in step."""
AT_ONCE = 10
"""Connections opened at the same time."""
_blocks = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who is asked what, by how many, for how long (seconds, at least)."""

    subject: Subject
    variant: Variant
    people: int
    seconds: float
    shows: tuple[str, ...] = PLAIN_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured within a time of `seconds`.

    `turns` counts a turn that lies partly within it by that part; `accounts` are those of the turns begun within it.
    """

    plan: Plan
    accounts: list[Account]
    oddities: list[str]
    turns: float
    seconds: float
    cpu: Cpu
    notes: list[Note]
    blobs: BlobReads

    def rate(self) -> float:
        """Return the turns per second."""
        return self.turns / self.seconds

    def processor_ms(self) -> float:
        """Return the milliseconds of processor time a turn cost the measured programs themselves."""
        return self.cpu.of(PROGRAMS[self.plan.subject]) * 1000 / self.turns

    def __add__(self, other: "Measured") -> "Measured":
        """Return both measurements of one plan as one."""
        return Measured(
            plan=self.plan,
            accounts=self.accounts + other.accounts,
            oddities=self.oddities + other.oddities,
            turns=self.turns + other.turns,
            seconds=self.seconds + other.seconds,
            cpu=self.cpu + other.cpu,
            notes=self.notes + other.notes,
            blobs=self.blobs + other.blobs,
        )


@dataclass(slots=True, kw_only=True)
class _Window:
    """The time measured: it opens when everybody has had a first answer.

    It lasts for `seconds`, and longer if by then not everybody has begun another turn within it: on a machine that is
    overloaded, a window shorter than a turn would see but the quickest.
    """

    seconds: float
    people: int
    pids: Mapping[str, int]
    begin: float = math.inf
    end: float = math.inf
    before: Cpu | None = None
    _answered: int = 0
    _asked_again: int = 0
    _opened: asyncio.Event = field(default_factory=asyncio.Event)
    _complete: asyncio.Event = field(default_factory=asyncio.Event)

    def first_answer(self) -> None:
        """Note that one more person has been answered once."""
        self._answered += 1
        if self._answered == self.people:
            self.before = Cpu.now(self.pids)
            self.begin = time.monotonic()
            self._opened.set()

    def asked_again(self) -> None:
        """Note that one more person begins a first turn within it, or is gone."""
        self._asked_again += 1
        if self._asked_again == self.people:
            self._complete.set()

    async def used(self) -> Cpu:
        """Wait for its end; return the processor time used within it."""
        await self._opened.wait()
        await asyncio.sleep(self.seconds)
        await self._complete.wait()
        self.end = time.monotonic()
        assert self.before is not None
        return Cpu.now(self.pids).since(self.before)


async def measure(bench: MeasuredStack, http: aiohttp.ClientSession, plan: Plan) -> Measured:
    """Open a session for each person, let all ask, and account for the turns."""
    blobs = bench.blob_reads()
    block = next(_blocks)
    window = _Window(seconds=plan.seconds, people=plan.people, pids=bench.pids())
    async with AsyncExitStack() as stack:
        askers = await _askers(bench, stack, http, plan)
        people: list[asyncio.Task[list[Asked]]] = []
        async with asyncio.TaskGroup() as group:
            for number, asker in enumerate(askers):
                delay = SPREAD_S * number / plan.people
                asking = _ask(asker, window, f"bench-{plan.variant}-{block}x{number}", plan.variant, delay)
                people.append(group.create_task(asking))
            cpu = await window.used()
    asked = [each for person in people for each in person.result()]
    logs = bench.take_logs()
    found, oddities = accounts((each for each in asked if window.begin <= each.sent < window.end), logs)
    done = [each for each in asked if not each.failed]
    notes = (note for note in logs.log_requests if note.kind != "metadata")
    return Measured(
        plan=plan,
        accounts=found,
        oddities=[*oddities, *lost_outside(asked, window.begin, window.end)],
        turns=sum(each.share_within(window.begin, window.end) for each in done),
        seconds=window.end - window.begin,
        cpu=cpu,
        notes=[note for note in notes if window.begin <= note.start < window.end],
        blobs=bench.blob_reads().since(blobs),
    )


def lost_outside(asked: Iterable[Asked], begin: float, end: float) -> list[str]:
    """Tell of turns begun outside the time measured that failed: whoever lost one may not have asked within it."""
    outside = (each for each in asked if not begin <= each.sent < end)
    return [f"{each.name}: {each.status}, begun outside the time measured" for each in outside if each.failed]


async def _askers(
    bench: MeasuredStack, stack: AsyncExitStack, http: aiohttp.ClientSession, plan: Plan
) -> Sequence[Asking]:
    """Sign each person in and open their session, where there is something to sign in to."""
    if plan.subject == "null":
        return [await stack.enter_async_context(bench.null_peer())] * plan.people
    signing_in = (asyncio.to_thread(bench.client_url, plan.subject, person) for person in range(plan.people))
    return await opened(stack, await asyncio.gather(*signing_in), http, plan.shows)


async def ask_in_turn(
    bench: MeasuredStack, http: aiohttp.ClientSession, subject: Subject, variants: list[Variant]
) -> list[Account]:
    """Ask one question after the other in one session.

    Raises:
        RuntimeError: a turn did not go by the script.

    """
    url = await asyncio.to_thread(bench.client_url, subject)
    block = next(_blocks)
    async with connected(url, http) as asker:
        asked = [await asker.ask(f"bench-{variant}-{block}x{n}", variant) for n, variant in enumerate(variants)]
    found, oddities = accounts(asked, bench.take_logs())
    if oddities:
        raise RuntimeError("; ".join(oddities))
    return found


async def opened(
    stack: AsyncExitStack, urls: Sequence[str], http: aiohttp.ClientSession, shows: tuple[str, ...] = PLAIN_CLIENT
) -> list[Asker]:
    """Connect to each URL and open a session there, a few at a time."""
    askers: list[Asker] = []
    for start in range(0, len(urls), AT_ONCE):
        batch = urls[start : start + AT_ONCE]
        askers += await asyncio.gather(*(stack.enter_async_context(connected(url, http, shows)) for url in batch))
    return askers


async def _ask(asker: Asking, window: _Window, label: str, variant: Variant, delay: float) -> list[Asked]:
    """Ask once before the window opens and go on until it closes or the connection ends."""
    await asyncio.sleep(delay)
    found = [await asker.ask(f"{label}x0", variant)]
    window.first_answer()
    begun_within = False
    while (now := time.monotonic()) < window.end and not asker.gone:
        if not begun_within and now >= window.begin:
            begun_within = True
            window.asked_again()
        found.append(await asker.ask(f"{label}x{len(found)}", variant))
    if not begun_within:
        window.asked_again()
    return found
