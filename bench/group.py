"""How fast, how orderly and how reliably a group hears what is said: `python -m bench.group [options]`.

Starts the whole stack with new state on free ports, lays groups down in its database, and connects people, each with a
socket of their own. Messages are said at a steady rate, one group after the other, and each is timed from being sent
until each member's connection has it. Printed are that time (fan-out), the time until the sender has it accepted, how
many appends lost the race for the head (412) and were made again, and whether anything was lost, came twice with
another text, or arrived out of order; exits 1 when anything was lost or read otherwise by anybody.

    python -m bench.group                                     # one group of 200, 20 messages/s, 20 s
    python -m bench.group --groups 1000 --members 3           # a thousand conversations
    python -m bench.group --members 20 --seconds 5            # a short look

`--direct N` appends from N processes' clients in this program instead of through the members' sockets.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from bench.counted_cosmos import Note
from bench.group_direct import Process, process_of
from bench.group_people import Person, connected, tickets
from bench.group_report import Outcome, Shape, percentiles, told
from bench.turn_stack import MeasuredStack, measured_stack

_OPENING_AT_ONCE = 16
_SETTLE_S = 20.0
_FAILED_BATCH = 207

type Say = Callable[[int, Person, str, str], Awaitable[None]]
"""Say something: the how-manieth message, who, in which group, what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A group and those of its members' connections that have it open."""

    group_id: str
    people: Sequence[Person]


async def _rooms(shape: Shape, process: Process, people: Sequence[Person]) -> list[Room]:
    """Lay the groups down and let every member open them."""
    rooms: list[Room] = []
    for number in range(shape.groups):
        first = number * shape.members
        inside = [people[(first + place) % len(people)] for place in range(shape.members)]
        group_id = await process.lay_down(f"bench {number}", [person.principal for person in inside])
        rooms.append(Room(group_id=group_id, people=inside))
    room_for = asyncio.Semaphore(_OPENING_AT_ONCE)

    async def enter(person: Person, group_id: str) -> None:
        async with room_for:
            await person.open(group_id)

    await asyncio.gather(*(enter(person, room.group_id) for room in rooms for person in room.people))
    return rooms


async def _talk(shape: Shape, rooms: Sequence[Room], say: Say) -> tuple[dict[str, float], list[float]]:
    """Say everything at its time; return when each was sent, and how long each took to be accepted."""
    sent: dict[str, float] = {}
    accepted: list[float] = []
    begun = perf_counter()

    async def one(number: int) -> None:
        room = rooms[number % len(rooms)]
        who = room.people[(number // len(rooms)) % len(room.people)]
        text = f"bench-{number}"
        sent[text] = at = perf_counter()
        await say(number, who, room.group_id, text)
        accepted.append(perf_counter() - at)

    async with asyncio.TaskGroup() as saying:
        for number in range(round(shape.rate * shape.seconds)):
            await asyncio.sleep(max(0.0, begun + number / shape.rate - perf_counter()))
            saying.create_task(one(number))
    return sent, accepted


async def _heard(rooms: Sequence[Room], said: int) -> int:
    """Wait until everybody has everything, or nothing comes any more; return how many deliveries never came."""
    ends = perf_counter() + _SETTLE_S
    while (lost := _missing(rooms, said)) and perf_counter() < ends:  # noqa: ASYNC110 - thousands of logs, no one event
        await asyncio.sleep(0.05)
    return lost


def _missing(rooms: Sequence[Room], said: int) -> int:
    each = [said // len(rooms) + (number < said % len(rooms)) for number in range(len(rooms))]
    return sum(
        wanted - len(person.logs[room.group_id].texts)
        for room, wanted in zip(rooms, each, strict=True)
        for person in room.people
    )


def _otherwise(rooms: Sequence[Room]) -> int:
    differing = 0
    for room in rooms:
        told = [person.logs[room.group_id].texts for person in room.people]
        numbers = {seq for texts in told for seq in texts}
        differing += sum(len({texts[seq] for texts in told if seq in texts}) > 1 for seq in numbers)
    return differing


async def measure(shape: Shape, measured: MeasuredStack) -> Outcome:
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(process_of(measured.stack)) for _ in range(max(1, shape.direct))]
        admitted = await tickets(measured.stack, shape.people)
        people = [await stack.enter_async_context(connected(ticket)) for ticket in admitted]
        rooms = await _rooms(shape, processes[0], people)

        async def say(number: int, who: Person, group_id: str, text: str) -> None:
            if shape.direct:
                await processes[number % shape.direct].say(group_id, who.principal, text)
            else:
                await who.say(group_id, text)

        measured.take_logs()
        begun = perf_counter()
        sent, accepted = await _talk(shape, rooms, say)
        lost = await _heard(rooms, len(sent))
        seconds = perf_counter() - begun
        notes = measured.take_logs().log_requests
        return _outcome(rooms, sent, accepted, notes, lost, seconds)


def _outcome(
    rooms: Sequence[Room],
    sent: dict[str, float],
    accepted: list[float],
    notes: Sequence[Note],
    lost: int,
    seconds: float,
) -> Outcome:
    everyone = {id(person): person for room in rooms for person in room.people}
    times = [at - sent[text] for person in everyone.values() for text, at in person.arrivals if text in sent]
    appends = [note for note in notes if note.kind == "append" and note.container == "groups"]
    return Outcome(
        said=len(sent),
        heard=len(times),
        seconds=round(seconds, 1),
        fan_out_ms=percentiles(times),
        accepted_ms=percentiles(accepted),
        appends=len(appends),
        retries=sum(note.status == _FAILED_BATCH for note in appends),
        lost=lost,
        late=sum(log.late for person in everyone.values() for log in person.logs.values()),
        otherwise=_otherwise(rooms),
    )


def _shape() -> tuple[Shape, Path | None]:
    flags = argparse.ArgumentParser(
        prog="python -m bench.group", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--groups", type=int, default=1, help="conversations; default 1")
    flags.add_argument("--members", type=int, default=200, help="of each group, all connected; default 200")
    flags.add_argument("--people", type=int, help="connections; default: members, or 200 for several groups")
    flags.add_argument("--rate", type=float, default=20.0, help="messages per second over all groups; default 20")
    flags.add_argument("--seconds", type=float, default=20.0, help="how long they talk; default 20")
    flags.add_argument("--direct", type=int, default=0, help="append from so many processes' clients instead")
    flags.add_argument("--json", type=Path, help="write the figures there too")
    chosen = flags.parse_args()
    people = chosen.people or max(chosen.members, min(200, chosen.groups * chosen.members))
    if people < chosen.members:
        flags.error("--people: a group needs that many different people")
    shape = Shape(
        groups=chosen.groups,
        members=chosen.members,
        people=people,
        rate=chosen.rate,
        seconds=chosen.seconds,
        direct=chosen.direct,
    )
    return shape, chosen.json


def main() -> None:
    shape, target = _shape()
    with ExitStack() as stack:
        outcome = asyncio.run(measure(shape, stack.enter_context(measured_stack())))
    for name, value in told(shape, outcome).items():
        print(f"  {name:20} {value}")
    if target is not None:
        target.write_text(json.dumps({"shape": asdict(shape), "outcome": asdict(outcome)}, indent=1), encoding="utf-8")
    sys.exit(1 if outcome.lost or outcome.otherwise else 0)


if __name__ == "__main__":
    main()
